import { SlidersHorizontal, X } from "lucide-react";
import { parseFilter } from "@weir/schema";
import { Dialog as Radix } from "radix-ui";
import { useEffect, useState, type ReactNode } from "react";
import { Button, IconButton } from "../../components/button.tsx";
import { focusField } from "../../components/dialog.tsx";
import { FacetPanel, type FacetsProps } from "./facet-panel.tsx";

/** From this width on (`--breakpoint-medium`) the facets stand beside the list. */
const besideQuery = "(min-width: 900px)";

/** The facets of a narrow window: a button that counts what is filtered by, and the panel over the page. */
export function FacetDrawer({ scope, live, onFilter }: FacetsProps): ReactNode {
  const [open, setOpen] = useState(false);
  const active = parseFilter(scope.filter).clauses.length;
  useEffect(() => {
    // A window made wide shows the facets beside the list; an invisible dialog would keep the page locked.
    const wide = window.matchMedia(besideQuery);
    const close = (): void => {
      if (wide.matches) setOpen(false);
    };
    wide.addEventListener("change", close);
    return () => wide.removeEventListener("change", close);
  }, []);
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Trigger asChild>
        <Button
          variant="ghost"
          className="mt-0.5 px-2 medium:hidden"
          aria-label={active === 0 ? "Filters" : `Filters, ${active} active`}
        >
          <SlidersHorizontal />
          <span className="max-narrow:sr-only">Filters</span>
          {active === 0 ? null : (
            <span className="min-w-4 rounded-full bg-accent-fill px-1 text-center text-label text-on-accent">
              {active}
            </span>
          )}
        </Button>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          onOpenAutoFocus={focusField}
          className="enter-drawer fixed inset-y-0 left-0 z-40 flex w-[min(320px,calc(100vw-48px))] flex-col bg-surface shadow-float outline-none"
        >
          <header className="flex h-(--topbar-height) shrink-0 items-center gap-2 border-b border-line pr-2 pl-3">
            <Radix.Title className="text-heading">Filters</Radix.Title>
            <Radix.Close asChild>
              <IconButton label="Close" keys="Esc" size="small" className="ml-auto">
                <X />
              </IconButton>
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1">
            <FacetPanel scope={scope} live={live} onFilter={onFilter} />
          </div>
          <footer className="flex shrink-0 justify-between gap-2 border-t border-line px-3 py-2">
            <Button variant="ghost" disabled={active === 0} onClick={() => onFilter("")}>
              Clear all
            </Button>
            <Radix.Close asChild>
              <Button variant="primary">Show the traces</Button>
            </Radix.Close>
          </footer>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
