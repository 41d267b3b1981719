import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronUp, Link2, Maximize2, X } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import { useStored } from "../../app/stored.ts";
import { Button, IconButton } from "../../components/button.tsx";
import { CopyButton } from "../../components/code-block.tsx";
import { Tooltip } from "../../components/tooltip.tsx";

const narrowest = 40;
const widest = 70;

/** The peek's width in percent of the page, 40 to 70, remembered. */
export function usePeekWidth(): [number, (width: number) => void] {
  const [stored, store] = useStored("peekWidth");
  const parsed = Number(stored ?? "52");
  const width = Number.isFinite(parsed) ? Math.min(widest, Math.max(narrowest, parsed)) : 52;
  return [width, (next) => store(String(Math.round(Math.min(widest, Math.max(narrowest, next)) * 10) / 10))];
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
  const [width, setWidth] = usePeekWidth();
  return (
    <aside
      aria-label="Trace"
      className="enter-peek absolute inset-y-0 right-0 z-20 flex w-full flex-col border-l border-line bg-surface medium:w-(--peek-width) medium:shadow-float"
      style={{ "--peek-width": `${width}%` }}
    >
      <ResizeHandle width={width} onResize={setWidth} />
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

/** Drags with the pointer, moves with the arrow keys, and goes back to the usual width with a double click. */
function ResizeHandle({ width, onResize }: { width: number; onResize: (width: number) => void }): ReactNode {
  const handle = useRef<HTMLDivElement>(null);
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    document.body.style.cursor = dragging ? "col-resize" : "";
    return () => {
      document.body.style.cursor = "";
    };
  }, [dragging]);
  const drag = (event: PointerEvent): void => {
    const page = handle.current?.parentElement?.parentElement?.getBoundingClientRect();
    if (!dragging || page === undefined) return;
    onResize(((page.right - event.clientX) / page.width) * 100);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    onResize(width + (event.key === "ArrowLeft" ? 2 : -2));
  };
  return (
    <div
      ref={handle}
      // A separator that can be moved is no <hr>.
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
      role="separator"
      aria-label="Width of the trace panel"
      aria-orientation="vertical"
      aria-valuemin={narrowest}
      aria-valuemax={widest}
      aria-valuenow={Math.round(width)}
      // A separator that can be moved takes the focus.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onKeyDown={press}
      onDoubleClick={() => onResize(52)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragging(true);
      }}
      onPointerMove={drag}
      onPointerUp={() => setDragging(false)}
      onPointerCancel={() => setDragging(false)}
      className={`absolute inset-y-0 -left-1 z-10 hidden w-2 cursor-col-resize touch-none medium:block ${dragging ? "bg-accent/30" : "hover:bg-accent/20"}`}
    />
  );
}
