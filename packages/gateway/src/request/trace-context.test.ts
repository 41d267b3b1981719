import { expect, test } from "vitest";
import { startTrace } from "./trace-context.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const parent = "b7ad6b7169203331";

test("a call without traceparent begins a trace, each its own", () => {
  const many = Array.from({ length: 1000 }, () => startTrace(undefined));
  expect(new Set(many.map((trace) => trace.traceId)).size).toBe(1000);
  expect(new Set(many.map((trace) => trace.spanId)).size).toBe(1000);
  expect(many[0]).toMatchObject({ parentSpanId: "", receipt: null });
  expect(many[0]?.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(many[0]?.spanId).toMatch(/^[0-9a-f]{16}$/);
});

test("a valid traceparent is continued, a later version's too", () => {
  for (const header of [`00-${traceId}-${parent}-01`, `01-${traceId}-${parent}-00-more`]) {
    expect(startTrace(header)).toMatchObject({ traceId, parentSpanId: parent, receipt: null });
  }
});

test.each([
  "",
  "garbage",
  `00-${traceId}-${parent}`,
  `00-${traceId.toUpperCase()}-${parent}-01`,
  `00-${"0".repeat(32)}-${parent}-01`,
  `00-${traceId}-${"0".repeat(16)}-01`,
  `ff-${traceId}-${parent}-01`,
  `00-${traceId}-${parent}-01-more`,
])("%s is left out with a receipt", (header) => {
  const trace = startTrace(header);
  expect(trace.parentSpanId).toBe("");
  expect(trace.traceId).not.toBe(traceId);
  expect(trace.receipt).toMatchObject({ action: "dropped", parameter: "traceparent" });
});
