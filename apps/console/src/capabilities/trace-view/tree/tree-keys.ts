import type { ZoomStep } from "./use-tree-state.ts";
import type { TreeRowItem } from "./visible-rows.ts";

export type TreeCommand =
  | { type: "move"; to: number }
  | { type: "toggle"; at: number; open: boolean }
  | { type: "zoom"; by: ZoomStep }
  | { type: "search" };

function parentPosition(rows: readonly TreeRowItem[], at: number): number {
  const item = rows[at];
  const depth = item === undefined ? 0 : depthOf(item);
  for (let above = at - 1; above >= 0; above -= 1) {
    const candidate = rows[above];
    if (candidate !== undefined && depthOf(candidate) < depth) return above;
  }
  return at;
}

const depthOf = (item: TreeRowItem): number => (item.type === "span" ? item.node.depth : item.depth);

function nextError(rows: readonly TreeRowItem[], at: number, by: 1 | -1): number {
  for (let next = at + by; next >= 0 && next < rows.length; next += by) {
    const item = rows[next];
    if (item === undefined) continue;
    const failed = item.type === "span" ? item.node.span.status === "error" : item.errorCount > 0;
    if (failed) return next;
  }
  return at;
}

/**
 * What a key means in the tree, as the ARIA tree pattern has it, with the console's own J and K. Null for keys that
 * mean nothing here.
 */
export function treeCommand(options: {
  key: string;
  rows: readonly TreeRowItem[];
  /** The row that has the focus; −1 for none. */
  at: number;
  pageRows: number;
}): TreeCommand | null {
  const { key, rows, at, pageRows } = options;
  const last = rows.length - 1;
  const item = rows[at];
  const moveTo = (to: number): TreeCommand => ({ type: "move", to: Math.max(0, Math.min(last, to)) });
  switch (key) {
    case "ArrowDown":
    case "j":
      return moveTo(at + 1);
    case "ArrowUp":
    case "k":
      return moveTo(at - 1);
    case "PageDown":
      return moveTo(at + pageRows);
    case "PageUp":
      return moveTo(at - pageRows);
    case "Home":
      return moveTo(0);
    case "End":
      return moveTo(last);
    case "e":
      return moveTo(nextError(rows, at, 1));
    case "E":
      return moveTo(nextError(rows, at, -1));
    case "ArrowRight":
      if (item === undefined) return null;
      if (item.type === "run" || (item.node.children.length > 0 && !item.expanded))
        return { type: "toggle", at, open: true };
      return item.expanded ? moveTo(at + 1) : null;
    case "ArrowLeft":
      if (item === undefined) return null;
      if (item.type === "span" && item.expanded) return { type: "toggle", at, open: false };
      return moveTo(parentPosition(rows, at));
    case "Enter":
    case " ":
      if (item === undefined) return null;
      return { type: "toggle", at, open: item.type === "run" || !item.expanded };
    case "+":
    case "=":
      return { type: "zoom", by: "in" };
    case "-":
      return { type: "zoom", by: "out" };
    case "0":
      return { type: "zoom", by: "all" };
    case "z":
      return { type: "zoom", by: "span" };
    case "/":
      return { type: "search" };
    default:
      return null;
  }
}
