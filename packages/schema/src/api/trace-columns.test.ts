import { describe, expect, test } from "vitest";
import { receivedTraceColumnsSchema, spansOfColumns, traceColumnsSchema } from "./trace-columns.ts";
import { spanSummarySchema } from "./trace.ts";

const span = {
  spanId: "a",
  parentSpanId: "",
  kind: "tool",
  name: "lookup",
  source: "otlp",
  serviceName: "",
  startedAt: "2026-11-21T12:00:00.000001Z",
  durationMs: 1.5,
  ttftMs: null,
  interTokenMs: null,
  status: "ok",
  httpStatus: 0,
  errorCode: "",
  errorMessage: "",
  provider: "",
  modelAsked: "",
  modelAnswered: "",
  streamed: false,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: null,
  counted: true,
  inputPreview: "",
  outputPreview: "",
} as const;
const spans = [span, { ...span, spanId: "b", kind: "generation", ttftMs: 12, costUsd: 0.5 }] as const;

function answer(change: Record<string, unknown[]> = {}): unknown {
  const names = Object.keys(spanSummarySchema.shape);
  const columns = Object.fromEntries(
    names.map((name) => [name, spans.map((each) => Object.entries(each).find(([key]) => key === name)?.[1])]),
  );
  return {
    traceId: "t",
    name: "t",
    startedAt: span.startedAt,
    durationMs: 1,
    status: "ok",
    errorCode: "",
    spanCount: 2,
    generationCount: 1,
    errorCount: 0,
    models: [],
    providers: [],
    ttftMs: null,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: null,
    userId: "",
    sessionId: "",
    environment: "",
    tags: [],
    inputPreview: "",
    outputPreview: "",
    complete: true,
    columns: { ...columns, ...change },
    spansOmitted: 0,
  };
}

describe("a trace whose spans are columns", () => {
  test("is its spans again", () => {
    const read = receivedTraceColumnsSchema.parse(answer());
    expect(spansOfColumns(read.columns)).toEqual(spans);
    expect(traceColumnsSchema.parse(answer())).toEqual(read);
  });

  test("has every field of a span", () => {
    expect(Object.keys(traceColumnsSchema.shape.columns.shape)).toEqual(Object.keys(spanSummarySchema.shape));
  });

  test.each([
    ["a word where a number belongs", { durationMs: [1, "2"] }],
    ["a number where a word belongs", { name: ["a", 2] }],
    ["null where nothing may be missing", { startedAt: [span.startedAt, null] }],
    ["a kind that there is not", { kind: ["tool", "hammer"] }],
    ["a status that is no whole number", { httpStatus: [200, 200.5] }],
    ["a hole", { spanId: ["a", undefined] }],
  ])("is refused with %s, as the documented schema refuses it", (_what, change) => {
    expect(receivedTraceColumnsSchema.safeParse(answer(change)).success).toBe(false);
    expect(traceColumnsSchema.safeParse(answer(change)).success).toBe(false);
  });

  test("is refused when its columns are not of one length", () => {
    expect(receivedTraceColumnsSchema.safeParse(answer({ name: ["a"] })).success).toBe(false);
  });
});
