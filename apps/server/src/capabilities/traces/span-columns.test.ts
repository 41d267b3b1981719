import { expect, test } from "vitest";
import { columnsRowSchema, type ColumnsRow } from "./queries/column-queries.ts";
import { edgesOf, inOrderOfStart, markCounted } from "./span-columns.ts";

/** Columns of spans that are like each other but for what is given. */
function columnsOf(given: Partial<ColumnsRow> & Pick<ColumnsRow, "spanId">): ColumnsRow {
  const count = given.spanId.length;
  const texts = "parentSpanId name serviceName errorCode errorMessage provider modelAsked modelAnswered";
  const filled = Object.fromEntries(
    `${texts} inputPreview outputPreview modelName`.split(" ").map((name) => [name, all(count, "")]),
  );
  const figures = { durationMs: all(count, 1), httpStatus: all(count, 0), streamed: all(count, false) };
  const none = { ttftMs: all(count, null), interTokenMs: all(count, null), costUsd: all(count, null) };
  return columnsRowSchema.parse({
    ...filled,
    ...figures,
    ...none,
    kind: all(count, "span"),
    source: all(count, "otlp"),
    status: all(count, "ok"),
    startedAt: all(count, "2026-11-21T12:00:00.000000Z"),
    inputTokens: all(count, 0),
    outputTokens: all(count, 0),
    ...given,
  });
}

function all<Item>(count: number, item: Item): Item[] {
  return Array.from({ length: count }, () => item);
}

const second = (number: number): string => `2026-11-21T12:00:0${number}.000000Z`;

test("columns that come in order stay as they are", () => {
  const columns = columnsOf({ spanId: ["b", "a", "c"], startedAt: [second(1), second(2), second(2)] });
  expect(inOrderOfStart(columns)).toBe(columns);
});

test("columns that come in another order are put in order together", () => {
  const columns = columnsOf({
    spanId: ["c", "b", "a"],
    startedAt: [second(3), second(1), second(1)],
    name: ["third", "second", "first"],
    costUsd: [0.5, null, null],
  });
  expect(inOrderOfStart(columns)).toMatchObject({
    spanId: ["a", "b", "c"],
    name: ["first", "second", "third"],
    startedAt: [second(1), second(1), second(3)],
    costUsd: [null, null, 0.5],
  });
});

test("a span counts when it is among those that do, or has nothing to count", () => {
  const columns = columnsOf({
    spanId: ["a", "b", "c"],
    inputTokens: [5, 5, 0],
    costUsd: [null, 0.25, null],
  });
  expect(markCounted(columns, new Set(["b"])).counted).toEqual([false, true, true]);
});

test("the edges are the spans as counting needs them", () => {
  const columns = columnsOf({
    spanId: ["a", "b"],
    parentSpanId: ["", "a"],
    kind: ["generation", "tool"],
    source: ["gateway", "otlp"],
    modelName: ["gpt-5", ""],
  });
  expect(edgesOf(columns)).toMatchObject([
    { spanId: "a", parentSpanId: "", gateway: true, call: true, model: "gpt-5" },
    { spanId: "b", parentSpanId: "a", gateway: false, call: false, model: "" },
  ]);
});
