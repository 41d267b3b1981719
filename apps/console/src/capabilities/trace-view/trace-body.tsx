import { clsx } from "clsx";
import type { ReactNode } from "react";
import { useStoredShare } from "../../app/stored.ts";
import { Splitter } from "../../components/splitter.tsx";
import type { SpanNode, SpanTree } from "./tree/span-tree.ts";
import { TraceTree } from "./tree/trace-tree.tsx";
import { rowHeightPx } from "./tree/tree-row.tsx";
import type { ElementSize } from "./tree/use-element-size.ts";

/** From this width on, tree and span stand side by side; below it the tree lies on top. */
const besideFromPx = 1080;
/** Below this width, and below this height where they are stacked, header and tree leave the span too little room. */
const narrowBelowPx = 640;
const lowBelowPx = 520;

/** Whether header and tree scroll away, so that the span can have the whole height. */
export function scrollsAsOne({ widthPx, heightPx }: ElementSize): boolean {
  return widthPx < narrowBelowPx || (widthPx < besideFromPx && heightPx < lowBelowPx);
}

/** Below this width the tree's bars move under the names. */
const barsFromPx = 540;

/** A tree up to this height is not worth a splitter; no tree is higher where all of the view scrolls. */
const treeSmallPx = 280;
/** Search field and axis above the rows. */
const treeFramePx = 70;

/** Tree and span, side by side or stacked, with a splitter between them. A trace of one span is only that span. */
export function TraceBody({
  tree,
  selected,
  onSelect,
  panel,
  size,
}: {
  tree: SpanTree;
  selected: SpanNode | null;
  onSelect: (node: SpanNode) => void;
  panel: ReactNode;
  size: ElementSize;
}): ReactNode {
  const { widthPx } = size;
  const scrolling = scrollsAsOne(size);
  const treeWidth = useStoredShare("treeWidth", { min: 25, max: 70, usual: 46 });
  const treeHeight = useStoredShare("treeHeight", { min: 15, max: 75, usual: 42 });
  const panelBox = <div className={scrolling ? "h-full shrink-0" : "min-h-0 min-w-0 flex-1"}>{panel}</div>;
  if (tree.nodes.length < 2) return panelBox;
  const beside = widthPx >= besideFromPx;
  // A small tree takes only the room that it needs; a large one what the reader gives it.
  const treePx = tree.nodes.length * rowHeightPx + treeFramePx;
  const small = treePx <= treeSmallPx;
  const heightLimit = scrolling ? `${treeSmallPx}px` : `${small ? treeHeight.usual : treeHeight.value}%`;
  const treeBox = (
    <div
      className={clsx("relative shrink-0 border-line", beside ? "min-h-0 min-w-0 border-r" : "border-b")}
      style={beside ? { width: `${treeWidth.value}%` } : { height: `min(${heightLimit}, ${treePx}px)` }}
    >
      <TraceTree tree={tree} selected={selected} onSelect={onSelect} wide={widthPx >= barsFromPx} />
      {beside ? <Splitter label="Width of the tree" share={treeWidth} from="left" /> : null}
      {beside || scrolling || small ? null : (
        <Splitter label="Height of the tree" share={treeHeight} from="top" />
      )}
    </div>
  );
  if (scrolling) {
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
