import type { SpanSummary, TraceDetail } from "@weir/schema";
import type { Sides } from "./diff/text-diff.ts";

/** Why two spans are compared, as the page says it. */
export type SpanChoice = "chosen" | "roots" | "generations" | "first";

export interface ChosenSpans {
  spans: Sides<SpanSummary | undefined>;
  why: SpanChoice;
}

const says = (span: SpanSummary): boolean => span.inputPreview !== "" || span.outputPreview !== "";

/** The span that stands at the top of a trace: one without a parent, or the earliest. */
function rootOf(trace: TraceDetail): SpanSummary | undefined {
  return trace.spans.find((span) => span.parentSpanId === "") ?? trace.spans[0];
}

const generationOf = (trace: TraceDetail): SpanSummary | undefined =>
  trace.spans.find((span) => span.kind === "generation" && says(span)) ??
  trace.spans.find((span) => span.kind === "generation");

/** The spans whose conversations can be compared, in the order in which they began. */
export function comparableSpans(trace: TraceDetail): SpanSummary[] {
  const worthIt = trace.spans.filter((span) => says(span) || span.kind === "generation");
  return worthIt.length === 0 ? trace.spans.slice(0, 1) : worthIt;
}

/**
 * Like with like: the roots' conversations when both roots have one, otherwise the first model calls. What the URL
 * names goes before both.
 */
export function chooseSpans(traces: Sides<TraceDetail>, wished: Sides<string | undefined>): ChosenSpans {
  const find = (side: "left" | "right"): SpanSummary | undefined =>
    traces[side].spans.find((span) => span.spanId === wished[side]);
  const asked = { left: find("left"), right: find("right") };
  const usual = usualSpans(traces);
  if (asked.left === undefined && asked.right === undefined) return usual;
  return {
    spans: { left: asked.left ?? usual.spans.left, right: asked.right ?? usual.spans.right },
    why: "chosen",
  };
}

function usualSpans(traces: Sides<TraceDetail>): ChosenSpans {
  const roots = { left: rootOf(traces.left), right: rootOf(traces.right) };
  if (roots.left !== undefined && roots.right !== undefined && says(roots.left) && says(roots.right)) {
    return { spans: roots, why: "roots" };
  }
  const calls = { left: generationOf(traces.left), right: generationOf(traces.right) };
  if (calls.left !== undefined && calls.right !== undefined) return { spans: calls, why: "generations" };
  const first = (trace: TraceDetail): SpanSummary | undefined => comparableSpans(trace)[0];
  return { spans: { left: first(traces.left), right: first(traces.right) }, why: "first" };
}
