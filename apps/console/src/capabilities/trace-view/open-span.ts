import type { SpanNode, SpanTree } from "./tree/span-tree.ts";

/** Without a wish, the span that is worth reading first: the root if it says anything, else the first that does. */
function firstSpanToRead(tree: SpanTree): SpanNode | null {
  const says = (node: SpanNode): boolean => node.span.inputPreview !== "" || node.span.outputPreview !== "";
  const [root] = tree.roots;
  if (root === undefined) return null;
  if (says(root) || root.span.status !== "ok") return root;
  return tree.nodes.find(says) ?? root;
}

/**
 * The span to show: the one that is wished for, else the one that the view chose before, else its first choice. A
 * root comes last while a trace is written, and must not take its reader away from where they are.
 */
export function openSpan(
  tree: SpanTree,
  { wishedId, chosenId }: { wishedId: string | undefined; chosenId: string | undefined },
): SpanNode | null {
  const known = (id: string | undefined): SpanNode | undefined =>
    id === undefined ? undefined : tree.bySpanId.get(id);
  return known(wishedId) ?? known(chosenId) ?? firstSpanToRead(tree);
}
