import { traceLimits } from "./limits.ts";

/** What is needed of a span to see which calls of its trace were recorded twice. */
interface CountableSpan {
  spanId: string;
  parentSpanId: string;
  gateway: boolean;
  /** A call of a model: a generation or an embedding. */
  call: boolean;
}

/** A span that has nothing to count is not marked as left out: the mark says that its figures are another's. */
export function hasNoFigures(span: {
  inputTokens: number;
  outputTokens: number;
  costUsd: number | null;
}): boolean {
  return span.inputTokens + span.outputTokens === 0 && span.costUsd === null;
}

/**
 * The spans of a trace whose tokens and cost count. An application that traces itself records a call that also
 * passes the gateway, which records it again below the application's own span; the gateway's record is the one
 * that counts. Spans that are no calls repeat the sums of the calls below them, so they never count.
 */
export function countedSpanIds(spans: readonly CountableSpan[]): Set<string> {
  const below = spans.filter((span) => span.gateway && span.call && span.parentSpanId !== "");
  // Most traces have no such call, and need no map of all their spans.
  const parents = new Map(
    below.length === 0 ? [] : spans.map((span) => [span.spanId, span.parentSpanId] as const),
  );
  const aboveGateway = new Set<string>();
  for (const span of below) {
    let ancestor = span.parentSpanId;
    // The depth is bounded because the parents are what callers sent: they may even form a circle.
    for (let depth = 0; depth < traceLimits.callAncestorsMax && ancestor !== ""; depth += 1) {
      aboveGateway.add(ancestor);
      ancestor = parents.get(ancestor) ?? "";
    }
  }
  return new Set(
    spans
      .filter((span) => span.call && (span.gateway || !aboveGateway.has(span.spanId)))
      .map((span) => span.spanId),
  );
}
