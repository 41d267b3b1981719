import type { SpanNode } from "./span-tree.ts";

export interface Gap {
  startMs: number;
  endMs: number;
}

/**
 * The stretches of a span in which none of its children ran: where an application waited on something that
 * nobody traced. Only what is at least `minMs` long counts. A span without children has no gaps, since its own
 * work is all there is to see.
 */
export function gapsOf(node: SpanNode, minMs: number): Gap[] {
  if (node.children.length === 0) return [];
  const gaps: Gap[] = [];
  let coveredUntilMs = node.startMs;
  for (const child of node.children) {
    const startMs = Math.min(child.startMs, node.endMs);
    if (startMs - coveredUntilMs >= minMs) gaps.push({ startMs: coveredUntilMs, endMs: startMs });
    coveredUntilMs = Math.max(coveredUntilMs, child.endMs);
  }
  if (node.endMs - coveredUntilMs >= minMs) gaps.push({ startMs: coveredUntilMs, endMs: node.endMs });
  return gaps;
}

/** A gap is worth showing from a twentieth of the trace on, and never below a millisecond. */
export function gapThresholdMs(traceDurationMs: number): number {
  return Math.max(1, traceDurationMs / 20);
}
