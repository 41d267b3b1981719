import type { ReactNode } from "react";
import type { SpanNode, SpanTree } from "./tree/span-tree.ts";
import { TraceTree } from "./tree/trace-tree.tsx";
import { rowHeightPx } from "./tree/tree-row.tsx";

/** From this width on, tree and span stand side by side; below it the tree lies on top. */
const besideFromPx = 1080;
/** Below this width header and tree scroll away, so that the span can have the whole height. */
export const narrowBelowPx = 640;

/** Below this width the tree's bars move under the names. */
const barsFromPx = 540;

/** Tree and span, side by side or stacked. A trace of one span is only that span. */
export function TraceBody({
  tree,
  selected,
  onSelect,
  panel,
  widthPx,
}: {
  tree: SpanTree;
  selected: SpanNode | null;
  onSelect: (node: SpanNode) => void;
  panel: ReactNode;
  widthPx: number;
}): ReactNode {
  const narrow = widthPx < narrowBelowPx;
  const panelBox = <div className={narrow ? "h-full shrink-0" : "min-h-0 min-w-0 flex-1"}>{panel}</div>;
  if (tree.nodes.length < 2) return panelBox;
  const beside = widthPx >= besideFromPx;
  // A small tree takes the room that it needs; a large one at most two fifths of the height.
  const treePx = tree.nodes.length * rowHeightPx + 70;
  const treeBox = (
    <div
      className={beside ? "min-h-0 w-[46%] min-w-0 border-r border-line" : "shrink-0 border-b border-line"}
      style={beside ? {} : { height: `min(${narrow ? "280px" : "42%"}, ${treePx}px)` }}
    >
      <TraceTree tree={tree} selected={selected} onSelect={onSelect} wide={widthPx >= barsFromPx} />
    </div>
  );
  if (narrow) {
    return (
      <>
        {treeBox}
        {panelBox}
      </>
    );
  }
  return (
    <div className={beside ? "flex min-h-0 flex-1" : "flex min-h-0 flex-1 flex-col"}>
      {treeBox}
      {panelBox}
    </div>
  );
}
