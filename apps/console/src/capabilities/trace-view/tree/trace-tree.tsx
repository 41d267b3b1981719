import { useRef, type ReactNode } from "react";
import type { SpanNode, SpanTree } from "./span-tree.ts";
import { TreeList } from "./tree-list.tsx";
import { TreeToolbar } from "./tree-toolbar.tsx";
import { useTreeState } from "./use-tree-state.ts";

/** A trace as tree and waterfall in one list of any length, with what finds, folds and zooms. */
export function TraceTree({
  tree,
  selected,
  onSelect,
  wide,
}: {
  tree: SpanTree;
  selected: SpanNode | null;
  onSelect: (node: SpanNode) => void;
  /** Whether there is room for the bars beside the names. */
  wide: boolean;
}): ReactNode {
  const state = useTreeState(tree, selected);
  const searchInput = useRef<HTMLInputElement>(null);
  return (
    <div className="flex h-full min-h-0 flex-col bg-surface">
      <TreeToolbar state={state} inputRef={searchInput} errorCount={tree.errorCount} wide={wide} />
      <TreeList
        tree={tree}
        state={state}
        selected={selected}
        onSelect={onSelect}
        onSearch={() => searchInput.current?.focus()}
        wide={wide}
      />
    </div>
  );
}
