import type { SpanDetail, TraceDetail } from "@weir/schema";
import {
  exactCount,
  exactDuration,
  exactUsd,
  formatChange,
  formatCount,
  formatDuration,
  formatUsd,
  nothing,
} from "../../components/format.ts";
import { stateWords } from "../../components/status-mark.tsx";
import type { Sides } from "./diff/text-diff.ts";

/** One line of the table of figures. */
export interface FigureRow {
  label: string;
  definition: string;
  text: Sides<string>;
  exact: Sides<string>;
  /** `+120 ms`, `=`, or empty where there is nothing to subtract. */
  difference: string;
  /** `+14 %`; empty where it says nothing. */
  change: string;
  differs: boolean;
}

type Format = (value: number | null) => string;

/** `+120 ms`, `−3`. */
function signed(value: number, format: Format): string {
  return `${value > 0 ? "+" : "−"}${format(Math.abs(value))}`;
}

function numberRow(
  { label, definition }: Pick<FigureRow, "label" | "definition">,
  { left, right }: Sides<number | null>,
  { format, exact }: { format: Format; exact: Format },
): FigureRow {
  const known = left !== null && right !== null;
  const by = known ? right - left : 0;
  const change = known && by !== 0 ? (formatChange(right, left) ?? "") : "";
  return {
    label,
    definition,
    text: { left: format(left), right: format(right) },
    exact: { left: exact(left), right: exact(right) },
    difference: known ? (by === 0 ? "=" : signed(by, format)) : left === right ? "" : "≠",
    change: change === "±0 %" ? "" : change,
    differs: left !== right,
  };
}

function textRow(
  { label, definition }: Pick<FigureRow, "label" | "definition">,
  { left, right }: Sides<string>,
): FigureRow {
  const shown = (text: string): string => (text === "" ? nothing : text);
  return {
    label,
    definition,
    text: { left: shown(left), right: shown(right) },
    exact: { left, right },
    difference: left === right ? "=" : "≠",
    change: "",
    differs: left !== right,
  };
}

const duration = { format: formatDuration, exact: exactDuration };
const count = { format: formatCount, exact: exactCount };
const usd = { format: formatUsd, exact: exactUsd };

const statusText = (trace: TraceDetail): string =>
  trace.errorCode === "" ? stateWords[trace.status] : `${stateWords[trace.status]}: ${trace.errorCode}`;

/** The figures of two traces, with what the right one has more or less. */
export function traceFigures({ left, right }: Sides<TraceDetail>): FigureRow[] {
  const both = <Value>(read: (trace: TraceDetail) => Value): Sides<Value> => ({
    left: read(left),
    right: read(right),
  });
  const rows = [
    textRow(
      { label: "Status", definition: "How the trace ended: the code of its first error, if there was one." },
      both(statusText),
    ),
    textRow(
      { label: "Model", definition: "The models that answered in the trace." },
      both((trace) => trace.models.join(", ")),
    ),
    numberRow(
      { label: "Latency", definition: "From the first span's start to the last one's end." },
      both((trace) => trace.durationMs),
      duration,
    ),
    numberRow(
      { label: "TTFT", definition: "Time to first token; only a streamed answer has one." },
      both((trace) => trace.ttftMs),
      duration,
    ),
    numberRow(
      { label: "Input tokens", definition: "Each model call counted once." },
      both((trace) => trace.inputTokens),
      count,
    ),
    numberRow(
      { label: "Output tokens", definition: "Each model call counted once." },
      both((trace) => trace.outputTokens),
      count,
    ),
    numberRow(
      { label: "Cost", definition: "Each model call counted once; only what has a price." },
      both((trace) => trace.costUsd),
      usd,
    ),
    numberRow(
      { label: "Spans", definition: "Steps of the trace." },
      both((trace) => trace.spanCount),
      count,
    ),
    numberRow(
      { label: "Model calls", definition: "Generations among the spans." },
      both((trace) => trace.generationCount),
      count,
    ),
    numberRow(
      { label: "Failed spans", definition: "Spans that ended with an error." },
      both((trace) => trace.errorCount),
      count,
    ),
  ];
  // What is nothing on both sides, and counts that say the same as others, are no lines worth reading.
  const several = left.spanCount > 1 || right.spanCount > 1;
  return rows.filter((row) => {
    if (row.text.left === nothing && row.text.right === nothing) return false;
    if (row.label === "Failed spans") return several && (left.errorCount > 0 || right.errorCount > 0);
    return several || row.differs || (row.label !== "Spans" && row.label !== "Model calls");
  });
}

/** What else is known of the two calls and may explain a difference; only what differs is worth a line. */
export function callFigures({ left, right }: Sides<SpanDetail>): FigureRow[] {
  const row = (label: string, definition: string, read: (span: SpanDetail) => string): FigureRow =>
    textRow({ label, definition }, { left: read(left), right: read(right) });
  const versions = [...new Set([...Object.keys(left.versions), ...Object.keys(right.versions)])];
  return [
    row("HTTP status", "What the caller saw.", (span) =>
      span.httpStatus === 0 ? "" : String(span.httpStatus),
    ),
    row("Error", "What the caller was told.", (span) => span.errorMessage),
    row("Model asked", "What the caller asked for.", (span) => span.modelAsked),
    row("Stop reason", "Why the model stopped.", (span) => span.finishReasons.join(", ")),
    row("Provider build", "The provider's fingerprint of what ran.", (span) => span.providerFingerprint),
    row("Streamed", "Whether the answer came in parts.", (span) => (span.streamed ? "yes" : "no")),
    row("Environment", "As the application named it.", (span) => span.environment),
    row("Release", "As the application named it.", (span) => span.release),
    ...versions.map((name) =>
      row(`Version of ${name}`, "What produced the call.", (span) => span.versions[name] ?? ""),
    ),
  ].filter((each) => each.differs);
}
