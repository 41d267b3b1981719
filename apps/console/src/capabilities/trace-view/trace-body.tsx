import type { ReactNode } from "react";
import type { SpanNode, SpanTree } from "./tree/span-tree.ts";
import { TraceTree } from "./tree/trace-tree.tsx";
import { rowHeightPx } from "./tree/tree-row.tsx";
import { useElementWidth } from "./tree/use-element-width.ts";

/** From this width on, tree and span stand side by side; below it the tree lies on top. */
const besideFromPx = 960;

/** Tree and span, side by side or stacked. A trace of one span is only that span. */
export function TraceBody({
  tree,
  selected,
  onSelect,
  panel,
}: {
  tree: SpanTree;
  selected: SpanNode | null;
  onSelect: (node: SpanNode) => void;
  panel: ReactNode;
}): ReactNode {
  const [width, attach] = useElementWidth();
  if (tree.nodes.length < 2) return <div className="min-h-0 flex-1">{panel}</div>;
  const beside = width >= besideFromPx;
  // A small tree takes the room it needs; a large one at most two fifths of the height.
  const treeHeight = `min(42%, ${tree.nodes.length * rowHeightPx + 70}px)`;
  return (
    <div ref={attach} className={beside ? "flex min-h-0 flex-1" : "flex min-h-0 flex-1 flex-col"}>
      {width === 0 ? null : (
        <>
          <div
            className={
              beside ? "min-h-0 w-[46%] min-w-0 border-r border-line" : "shrink-0 border-b border-line"
            }
            style={beside ? {} : { height: treeHeight }}
          >
            <TraceTree tree={tree} selected={selected} onSelect={onSelect} />
          </div>
          <div className="min-h-0 min-w-0 flex-1">{panel}</div>
        </>
      )}
    </div>
  );
}
