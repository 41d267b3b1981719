import type { ReactNode } from "react";
import { Dialog } from "../components/dialog.tsx";
import { ErrorState } from "../components/error-state.tsx";
import { Skeleton } from "../components/skeleton.tsx";
import { lazyCode } from "./lazy-code.ts";

const { useCode } = lazyCode(() => import("./command-palette.tsx"), "CommandPalette");

/** The palette, or what stands in its place until its code has been read. */
export function LazyPalette(actions: { onClose: () => void; onHelp: () => void }): ReactNode {
  const { code: CommandPalette, error, retry } = useCode();
  if (CommandPalette !== undefined) return <CommandPalette {...actions} />;
  if (error === null) return <PaletteOpening onClose={actions.onClose} />;
  return (
    <Dialog open onOpenChange={actions.onClose} title="Commands">
      <ErrorState title="The commands could not be read" error={error} onRetry={retry} compact="flush" />
    </Dialog>
  );
}

/** Takes the focus until the palette has been read: what is typed already must not act as the page's shortcuts. */
function PaletteOpening({ onClose }: { onClose: () => void }): ReactNode {
  return (
    // Esc closes it as it closes the palette, which has a dialog of Radix around it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      // As the dialogs of Radix carry it, and as the shortcuts look for it.
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
      role="dialog"
      aria-label="Commands"
      aria-busy="true"
      tabIndex={-1}
      ref={(element) => element?.focus()}
      onKeyDown={(event) => (event.key === "Escape" ? onClose() : undefined)}
      className="fixed top-[12vh] left-1/2 z-50 flex h-11 w-[min(600px,calc(100vw-24px))] -translate-x-1/2 items-center rounded-md bg-raised px-4 shadow-float outline-none"
    >
      <Skeleton className="w-48" />
    </div>
  );
}
