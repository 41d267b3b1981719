import { expect, test } from "vitest";
import { appSpan, hexId, spanDetail, spanOf, traceOf } from "../trace-view/fixtures/build.ts";
import { chooseSpans, comparableSpans } from "./choose-spans.ts";
import { callFigures, traceFigures } from "./figures.ts";

const said = { inputPreview: "a question", outputPreview: "an answer" };
const call = traceOf(hexId(1, 32), [spanDetail(1, { ...said, durationMs: 100, costUsd: 0.001 })]);
const agent = traceOf(hexId(2, 32), [
  appSpan(10, { kind: "workflow", durationMs: 250 }),
  appSpan(11, { parent: 10, kind: "retrieval" }),
  spanDetail(12, { parent: 10, ...said, costUsd: 0.003 }),
  spanDetail(13, { parent: 10, ...said }),
]);
const told = traceOf(hexId(3, 32), [
  appSpan(20, { kind: "agent", ...said }),
  spanDetail(21, { parent: 20, ...said }),
]);
const noWish = { left: undefined, right: undefined };

const chosen = (...[left, right, wished]: Parameters<typeof pair>): unknown => {
  const { spans, why } = pair(left, right, wished);
  return [spans.left?.spanId, spans.right?.spanId, why];
};
const pair = (
  left: typeof call,
  right: typeof call,
  wished = noWish as Record<"left" | "right", string | undefined>,
) => chooseSpans({ left: left.trace, right: right.trace }, wished);

test("roots that both say something are compared", () => {
  expect(chosen(call, told)).toEqual([spanOf(1), spanOf(20), "roots"]);
});

test("a root without messages is no conversation: the first model calls are compared then", () => {
  expect(chosen(call, agent)).toEqual([spanOf(1), spanOf(12), "generations"]);
  expect(chosen(told, agent)).toEqual([spanOf(21), spanOf(12), "generations"]);
});

test("the URL's spans go before; one that is not in the trace counts for nothing", () => {
  expect(chosen(call, agent, { left: undefined, right: spanOf(13) })).toEqual([
    spanOf(1),
    spanOf(13),
    "chosen",
  ]);
  expect(chosen(call, agent, { left: undefined, right: spanOf(99) })).toEqual([
    spanOf(1),
    spanOf(12),
    "generations",
  ]);
});

test("what can be chosen says something or is a model call", () => {
  expect(comparableSpans(agent.trace).map((span) => span.spanId)).toEqual([spanOf(12), spanOf(13)]);
  const silent = traceOf(hexId(4, 32), [appSpan(30, {}), appSpan(31, { parent: 30 })]);
  expect(comparableSpans(silent.trace).map((span) => span.spanId)).toEqual([spanOf(30)]);
});

test("figures say what the right trace has more or less, and leave out what neither has", () => {
  const rows = new Map(traceFigures({ left: call.trace, right: agent.trace }).map((row) => [row.label, row]));
  expect(rows.get("Latency")).toMatchObject({ differs: true });
  expect(rows.get("Cost")).toMatchObject({ difference: "+$0.002", change: "+200 %" });
  expect(rows.get("Spans")).toMatchObject({ text: { left: "1", right: "4" }, difference: "+3" });
  expect(rows.get("Status")).toMatchObject({ difference: "=", differs: false });
  expect(rows.has("TTFT")).toBe(false);
});

test("of the calls only what differs is told", () => {
  const left = spanDetail(1, { finishReasons: ["stop"], versions: { prompt: "support@1" } });
  const right = spanDetail(2, { finishReasons: ["length"], versions: { prompt: "support@2" } });
  expect(callFigures({ left, right }).map((row) => row.label)).toEqual(["Stop reason", "Version of prompt"]);
  const failed = spanDetail(3, { status: "error", httpStatus: 429, errorMessage: "Too many requests" });
  expect(callFigures({ left: spanDetail(1), right: failed }).map((row) => row.text.right)).toEqual([
    "429",
    "Too many requests",
  ]);
});
