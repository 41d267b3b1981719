import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronUp, Link2, Maximize2, X } from "lucide-react";
import type { ReactNode } from "react";
import { useStoredShare, type StoredShare } from "../../app/stored.ts";
import { Button, IconButton } from "../../components/button.tsx";
import { CopyButton } from "../../components/code-block.tsx";
import { Splitter } from "../../components/splitter.tsx";
import { Tooltip } from "../../components/tooltip.tsx";

/** The peek's width in percent of the page, remembered. */
export function usePeekWidth(): StoredShare {
  return useStoredShare("peekWidth", { min: 40, max: 70, usual: 52 });
}

/** A panel over the right of the page; the list beside it stays usable, so it is no dialog. */
export function Peek({
  traceId,
  position,
  onMove,
  onClose,
  children,
}: {
  traceId: string;
  /** Whether there is a row above and below; undefined when the trace is not in the list. */
  position: { above: boolean; below: boolean } | undefined;
  onMove: (step: 1 | -1) => void;
  onClose: () => void;
  children: ReactNode;
}): ReactNode {
  const width = usePeekWidth();
  return (
    <aside
      aria-label="Trace"
      className="enter-peek absolute inset-y-0 right-0 z-20 flex w-full flex-col border-l border-line bg-surface medium:w-(--peek-width) medium:shadow-float"
      style={{ "--peek-width": `${width.value}%` }}
    >
      <Splitter label="Width of the trace panel" share={width} from="right" className="hidden medium:block" />
      <header className="flex h-10 shrink-0 items-center gap-1 border-b border-line pr-2 pl-3">
        <span className="flex min-w-0 items-center gap-1 text-muted">
          Trace
          <CopyButton text={() => window.location.href} label="Copy a link to this view" icon={<Link2 />} />
        </span>
        <span className="ml-auto flex shrink-0 items-center gap-0.5">
          <IconButton
            label="Trace above"
            keys="K"
            disabled={position?.above !== true}
            onClick={() => onMove(-1)}
          >
            <ChevronUp />
          </IconButton>
          <IconButton
            label="Trace below"
            keys="J"
            disabled={position?.below !== true}
            onClick={() => onMove(1)}
          >
            <ChevronDown />
          </IconButton>
          <Tooltip content="Open as a page (Enter)" side="bottom">
            <Button asChild variant="ghost">
              <Link
                to="/traces/$traceId"
                params={{ traceId }}
                search={(previous) => ({ ...previous, trace: undefined })}
              >
                <Maximize2 />
                <span className="sr-only">Open as a page</span>
              </Link>
            </Button>
          </Tooltip>
          <IconButton label="Close" keys="Esc" onClick={onClose}>
            <X />
          </IconButton>
        </span>
      </header>
      <div className="flex min-h-0 flex-1 flex-col">{children}</div>
    </aside>
  );
}
