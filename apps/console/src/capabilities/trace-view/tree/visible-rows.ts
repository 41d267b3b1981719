import { ancestorsOf, type SpanNode, type SpanTree } from "./span-tree.ts";

export interface SpanRowItem {
  type: "span";
  key: string;
  node: SpanNode;
  expanded: boolean;
  /** True when the row is there only because something below it matched a search. */
  context: boolean;
}

/** A run of like siblings that is folded to one row. */
export interface RunRowItem {
  type: "run";
  key: string;
  depth: number;
  nodes: SpanNode[];
  errorCount: number;
}

export type TreeRowItem = SpanRowItem | RunRowItem;

export interface TreeFolding {
  /** Keys of nodes whose children are hidden. */
  collapsed: ReadonlySet<string>;
  /** Keys of sibling runs that were unfolded. */
  openRuns: ReadonlySet<string>;
}

/** From this many like siblings in a row on, all but the first `runShownCount` fold to one row. */
const runMinCount = 12;
const runShownCount = 3;

const alike = (a: SpanNode, b: SpanNode): boolean =>
  a.span.kind === b.span.kind &&
  a.span.name === b.span.name &&
  a.children.length === 0 &&
  b.children.length === 0;

/** The key of the run that begins with this node. */
const runKey = (first: SpanNode): string => `run:${first.key}`;

/** Splits siblings into what stands alone and what folds. */
function groupSiblings(
  siblings: readonly SpanNode[],
  openRuns: ReadonlySet<string>,
): (SpanNode | RunRowItem)[] {
  if (siblings.length < runMinCount) return [...siblings];
  const items: (SpanNode | RunRowItem)[] = [];
  let from = 0;
  while (from < siblings.length) {
    const first = siblings[from];
    if (first === undefined) break;
    let to = from + 1;
    for (let next = siblings[to]; next !== undefined && alike(first, next); next = siblings[to]) to += 1;
    const run = siblings.slice(from, to);
    from = to;
    const key = runKey(first);
    if (run.length < runMinCount || openRuns.has(key)) {
      for (const node of run) items.push(node);
      continue;
    }
    const nodes = run.slice(runShownCount);
    for (const node of run.slice(0, runShownCount)) items.push(node);
    const errorCount = nodes.filter((node) => node.span.status === "error").length;
    items.push({ type: "run", key, depth: first.depth, nodes, errorCount });
  }
  return items;
}

/** The rows to draw, top to bottom, for what is collapsed and folded now. */
export function visibleRows(tree: SpanTree, folding: TreeFolding): TreeRowItem[] {
  const rows: TreeRowItem[] = [];
  const stack: (SpanNode | RunRowItem)[] = groupSiblings(tree.roots, folding.openRuns).toReversed();
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    if ("type" in item) {
      rows.push(item);
      continue;
    }
    const expanded = item.children.length > 0 && !folding.collapsed.has(item.key);
    rows.push({ type: "span", key: `span:${item.key}`, node: item, expanded, context: false });
    if (!expanded) continue;
    const children = groupSiblings(item.children, folding.openRuns);
    for (let at = children.length - 1; at >= 0; at -= 1) {
      const child = children[at];
      if (child !== undefined) stack.push(child);
    }
  }
  return rows;
}

/** The rows of a search: what matched, and its ancestors for context. Nothing is folded. */
export function matchingRows(tree: SpanTree, matches: ReadonlySet<number>): SpanRowItem[] {
  const shown = new Set<number>(matches);
  for (const index of matches) {
    for (let at = tree.nodes[index]?.parent ?? null; at !== null && !shown.has(at.index); at = at.parent) {
      shown.add(at.index);
    }
  }
  return tree.nodes
    .filter((node) => shown.has(node.index))
    .map((node) => ({
      type: "span",
      key: `span:${node.key}`,
      node,
      expanded: node.children.some((child) => shown.has(child.index)),
      context: !matches.has(node.index),
    }));
}

/** What must open so that a span can be seen. Returns the same object when it can be seen already. */
export function revealSpan(folding: TreeFolding, node: SpanNode, tree: SpanTree): TreeFolding {
  const hiddenBy = ancestorsOf(node).filter((ancestor) => folding.collapsed.has(ancestor.key));
  const siblings = node.parent === null ? tree.roots : node.parent.children;
  const run = groupSiblings(siblings, folding.openRuns).find(
    (item): item is RunRowItem => "type" in item && item.nodes.includes(node),
  );
  if (hiddenBy.length === 0 && run === undefined) return folding;
  const collapsed = new Set(folding.collapsed);
  for (const ancestor of hiddenBy) collapsed.delete(ancestor.key);
  const openRuns = new Set(folding.openRuns);
  if (run !== undefined) openRuns.add(run.key);
  return { collapsed, openRuns };
}

/** The keys of all nodes below the roots that have children, to collapse everything but the first two levels. */
export function collapseAll(tree: SpanTree): ReadonlySet<string> {
  return new Set(
    tree.nodes.filter((node) => node.parent !== null && node.children.length > 0).map((node) => node.key),
  );
}
