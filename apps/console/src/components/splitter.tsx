import { clsx } from "clsx";
import { useEffect, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import type { StoredShare } from "../app/stored.ts";

const keyStep = 2;

/** How far a pointer is into the element that holds the splitter, in percent from the side that the share counts from. */
function shareAt(event: PointerEvent, from: "left" | "right" | "top"): number | null {
  const page = event.currentTarget.parentElement?.parentElement?.getBoundingClientRect();
  if (page === undefined || page.width === 0 || page.height === 0) return null;
  if (from === "top") return ((event.clientY - page.top) / page.height) * 100;
  const right = ((page.right - event.clientX) / page.width) * 100;
  return from === "right" ? right : 100 - right;
}

/** What a key does to the share; null for keys that do nothing here. */
export function shareForKey(
  key: string,
  { share, from }: { share: StoredShare; from: "left" | "right" | "top" },
): number | null {
  const [less, more] = {
    left: ["ArrowLeft", "ArrowRight"],
    right: ["ArrowRight", "ArrowLeft"],
    top: ["ArrowUp", "ArrowDown"],
  }[from];
  if (key === less) return share.value - keyStep;
  if (key === more) return share.value + keyStep;
  if (key === "Home") return share.min;
  if (key === "End") return share.max;
  return key === "Enter" ? share.usual : null;
}

/**
 * The edge of a panel, for its parent to hold: drags with the pointer, moves with the arrow keys, goes to its ends
 * with Home and End, and back to the usual place with Enter or a double click. The share is of the box around the
 * panel, counted from one of its sides.
 */
export function Splitter({
  label,
  share,
  from,
  className,
}: {
  label: string;
  share: StoredShare;
  from: "left" | "right" | "top";
  className?: string;
}): ReactNode {
  const [dragging, setDragging] = useState(false);
  const upright = from !== "top";
  const cursor = upright ? "col-resize" : "row-resize";
  useEffect(() => {
    document.body.style.cursor = dragging ? cursor : "";
    return () => {
      document.body.style.cursor = "";
    };
  }, [dragging, cursor]);
  const drag = (event: PointerEvent): void => {
    const value = dragging ? shareAt(event, from) : null;
    if (value !== null) share.set(value);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const value = shareForKey(event.key, { share, from });
    if (value === null) return;
    event.preventDefault();
    event.stopPropagation();
    share.set(value);
  };
  return (
    <div
      // A separator that can be moved is no <hr>.
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
      role="separator"
      aria-label={label}
      aria-orientation={upright ? "vertical" : "horizontal"}
      aria-valuemin={share.min}
      aria-valuemax={share.max}
      aria-valuenow={Math.round(share.value)}
      // A separator that can be moved takes the focus.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      title="Drag, or use the arrow keys; a double click puts it back"
      onKeyDown={press}
      onDoubleClick={() => share.set(share.usual)}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragging(true);
      }}
      onPointerMove={drag}
      onPointerUp={() => setDragging(false)}
      onPointerCancel={() => setDragging(false)}
      className={clsx(
        "absolute z-20 touch-none",
        { left: "inset-y-0 -right-1 w-2", right: "inset-y-0 -left-1 w-2", top: "inset-x-0 -bottom-1 h-2" }[
          from
        ],
        upright ? "cursor-col-resize" : "cursor-row-resize",
        dragging ? "bg-accent/30" : "hover:bg-accent/20",
        className,
      )}
    />
  );
}
