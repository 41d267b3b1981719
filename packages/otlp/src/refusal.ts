import type { OtlpSpan } from "./span.ts";

const traceIdPattern = /^(?!0{32})[0-9a-f]{32}$/;
const spanIdPattern = /^(?!0{16})[0-9a-f]{16}$/;
const parentIdPattern = /^([0-9a-f]{16})?$/;
/** Beyond these a clock is broken, and a table that is ordered by time would suffer for it. */
const startMinMs = Date.UTC(1990, 0, 1);
const maxAheadMs = 365 * 24 * 3600 * 1000;

/** Why a span cannot become a row; empty when it can. A parent id of zeros means that there is no parent. */
export function refusalOf(span: OtlpSpan, nowMs: number): string {
  if (!traceIdPattern.test(span.traceId)) return "trace_id must be 16 bytes that are not all zero";
  if (!spanIdPattern.test(span.spanId)) return "span_id must be 8 bytes that are not all zero";
  if (span.parentSpanId === "0000000000000000") span.parentSpanId = "";
  if (!parentIdPattern.test(span.parentSpanId)) return "parent_span_id must be 8 bytes or absent";
  if (Number.isNaN(span.startMs)) return "start_time_unix_nano must be an unsigned 64-bit integer";
  if (Number.isNaN(span.endMs)) return "end_time_unix_nano must be an unsigned 64-bit integer";
  if (span.startMs === 0) return "start_time_unix_nano must be set";
  if (span.startMs < startMinMs)
    return "start_time_unix_nano must be nanoseconds since 1970, and lies before 1990";
  if (span.startMs > nowMs + maxAheadMs) return "start_time_unix_nano lies more than a year ahead";
  if (span.endMs === 0) return "end_time_unix_nano must be set; only ended spans are taken";
  if (span.endMs > nowMs + maxAheadMs) return "end_time_unix_nano lies more than a year ahead";
  if (span.endMs < span.startMs) return "end_time_unix_nano must not be before start_time_unix_nano";
  return "";
}
