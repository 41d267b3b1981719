import type { SpanSummary } from "@weir/schema";

/** A span in its place. Times are milliseconds since the trace began. */
export interface SpanNode {
  span: SpanSummary;
  /** The span's id; where a trace holds one id twice, the later ones get a suffix. */
  key: string;
  /** Position in the order of reading. */
  index: number;
  startMs: number;
  endMs: number;
  depth: number;
  parent: SpanNode | null;
  children: SpanNode[];
  /** Spans below this one. */
  descendantCount: number;
  /** Spans below this one that failed. */
  descendantErrorCount: number;
  /** `orphan`: it names a parent that has not arrived. `cycle`: its ancestors lead back to itself. */
  misplaced: "" | "orphan" | "cycle";
}

export interface SpanTree {
  roots: SpanNode[];
  /** Every node in the order of reading, parents before children. */
  nodes: SpanNode[];
  bySpanId: ReadonlyMap<string, SpanNode>;
  /** Milliseconds since 1970 UTC of the earliest start. */
  startedAtMs: number;
  durationMs: number;
  errorCount: number;
  orphanCount: number;
  cycleCount: number;
}

/** Reads an ISO 8601 instant, keeping the microseconds that `Date` would drop. NaN when it is none. */
export function parseIsoMs(text: string): number {
  const wholeMs = Date.parse(text);
  const fraction = /\.(\d{4,9})/.exec(text)?.[1];
  if (fraction === undefined) return wholeMs;
  return wholeMs + Number(`0.${fraction.slice(3)}`);
}

function createNodes(spans: readonly SpanSummary[]): { all: SpanNode[]; startedAtMs: number } {
  // Each instant is read once: of tens of thousands of spans that is a good part of the work.
  const instants = spans.map((span) => parseIsoMs(span.startedAt));
  let startedAtMs = Infinity;
  for (const instant of instants) startedAtMs = Math.min(startedAtMs, instant || Infinity);
  if (startedAtMs === Infinity) startedAtMs = 0;
  const all = spans.map((span, at): SpanNode => {
    const startMs = (instants[at] || startedAtMs) - startedAtMs;
    return {
      span,
      key: span.spanId,
      index: 0,
      startMs,
      endMs: startMs + span.durationMs,
      depth: 0,
      parent: null,
      children: [],
      descendantCount: 0,
      descendantErrorCount: 0,
      misplaced: "",
    };
  });
  return { all, startedAtMs };
}

const byStart = (a: SpanNode, b: SpanNode): number =>
  a.startMs - b.startMs || b.endMs - a.endMs || (a.span.spanId < b.span.spanId ? -1 : 1);

/** Numbers nodes from the given roots down, without recursion: a trace may be 30,000 spans deep. */
function number(roots: readonly SpanNode[], nodes: SpanNode[], seen: Set<SpanNode>): void {
  const stack = roots.toReversed();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    seen.add(node);
    node.index = nodes.length;
    node.depth = node.parent === null ? 0 : node.parent.depth + 1;
    nodes.push(node);
    node.children.sort(byStart);
    for (let at = node.children.length - 1; at >= 0; at -= 1) {
      const child = node.children[at];
      if (child !== undefined) stack.push(child);
    }
  }
}

/** Cuts each loop at its earliest span, which then stands as a root and says so. */
function cutCycles(
  all: readonly SpanNode[],
  roots: SpanNode[],
  nodes: SpanNode[],
  seen: Set<SpanNode>,
): number {
  if (seen.size === all.length) return 0;
  let cut = 0;
  for (const candidate of all.toSorted(byStart)) {
    if (seen.has(candidate)) continue;
    const { parent } = candidate;
    if (parent !== null) parent.children = parent.children.filter((child) => child !== candidate);
    candidate.parent = null;
    candidate.misplaced = "cycle";
    roots.push(candidate);
    number([candidate], nodes, seen);
    cut += 1;
  }
  return cut;
}

/**
 * Builds the tree of a trace in time that grows linearly with its spans. Nothing is left out: a span whose parent
 * never arrived, or whose ancestors form a loop, stands at the top and is marked.
 */
export function buildSpanTree(spans: readonly SpanSummary[]): SpanTree {
  const { all, startedAtMs } = createNodes(spans);
  const bySpanId = new Map<string, SpanNode>();
  for (const [at, node] of all.entries()) {
    if (bySpanId.has(node.key)) node.key = `${node.key}#${at}`;
    else bySpanId.set(node.key, node);
  }

  const roots: SpanNode[] = [];
  let orphanCount = 0;
  for (const node of all) {
    const parent = bySpanId.get(node.span.parentSpanId);
    if (node.span.parentSpanId !== "" && parent !== undefined) {
      node.parent = parent;
      parent.children.push(node);
      continue;
    }
    if (node.span.parentSpanId !== "") {
      node.misplaced = "orphan";
      orphanCount += 1;
    }
    roots.push(node);
  }

  const nodes: SpanNode[] = [];
  const seen = new Set<SpanNode>();
  roots.sort(byStart);
  number(roots, nodes, seen);
  const cycleCount = cutCycles(all, roots, nodes, seen);
  const totals = sumUp(nodes);
  return { roots, nodes, bySpanId, startedAtMs, orphanCount, cycleCount, ...totals };
}

function sumUp(nodes: readonly SpanNode[]): { durationMs: number; errorCount: number } {
  let durationMs = 0;
  let errorCount = 0;
  for (let at = nodes.length - 1; at >= 0; at -= 1) {
    const node = nodes[at];
    if (node === undefined) continue;
    const failed = node.span.status === "error" ? 1 : 0;
    durationMs = Math.max(durationMs, node.endMs);
    errorCount += failed;
    if (node.parent === null) continue;
    node.parent.descendantCount += node.descendantCount + 1;
    node.parent.descendantErrorCount += node.descendantErrorCount + failed;
  }
  return { durationMs, errorCount };
}

/** The ancestors of a node, nearest first. */
export function ancestorsOf(node: SpanNode): SpanNode[] {
  const ancestors: SpanNode[] = [];
  for (let at = node.parent; at !== null; at = at.parent) ancestors.push(at);
  return ancestors;
}
