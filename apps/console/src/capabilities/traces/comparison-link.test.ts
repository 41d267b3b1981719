import { expect, test } from "vitest";
import { comparisonHint, comparisonSearch } from "./comparison-link.ts";
import { traceRow } from "./fixtures/trace-row.ts";

const older = traceRow(1);
const newer = traceRow(2);

test("the earlier trace stands on the left, whichever was selected first", () => {
  for (const selected of [
    [newer, older],
    [older, newer],
  ]) {
    const search = comparisonSearch({}, selected);
    expect(search).toMatchObject({ left: older.traceId, right: newer.traceId });
  }
});

test("rows that began at the same time keep the order of selecting", () => {
  const { startedAt } = older;
  const search = comparisonSearch({}, [
    { traceId: "b", startedAt },
    { traceId: "a", startedAt },
  ]);
  expect(search).toMatchObject({ left: "b", right: "a" });
});

test("the list's own filter and range go along, its open row does not", () => {
  const search = comparisonSearch(
    { filter: "status:error", range: "1h", trace: newer.traceId, tab: "cost" },
    [newer, older],
  );
  expect(search).toMatchObject({ filter: "status:error", range: "1h", trace: undefined, tab: undefined });
});

test("another number than two is no comparison but a sentence that says what to do", () => {
  for (const selected of [[], [older], [older, newer, traceRow(3)]]) {
    expect(comparisonSearch({}, selected)).toBeNull();
    expect(comparisonHint(selected.length)).toMatch(/select/);
  }
  expect(comparisonHint(2)).toBeNull();
  expect(comparisonHint(5)).toContain("3 too many");
});
