import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

/** Stands for what both sides have; a press brings it, another folds it again. */
export function FoldLine({
  open,
  onToggle,
  children,
  brief,
}: {
  open: boolean;
  onToggle: () => void;
  /** "12 equal messages". */
  children: ReactNode;
  /** What they are about, in a few words. */
  brief?: ReactNode;
}): ReactNode {
  return (
    <button
      type="button"
      aria-expanded={open}
      onClick={onToggle}
      className="flex min-h-7 w-full items-center gap-2 bg-sunken px-4 text-left text-table text-muted -outline-offset-2 hover:bg-hover hover:text-text"
    >
      <ChevronRight aria-hidden="true" className={`size-3.5 shrink-0 ${open ? "rotate-90" : ""}`} />
      <span className="shrink-0">{children}</span>
      {brief === undefined ? null : <span className="min-w-0 truncate">{brief}</span>}
    </button>
  );
}
