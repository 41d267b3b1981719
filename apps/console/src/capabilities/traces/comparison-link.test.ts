import { expect, test } from "vitest";
import { comparisonHint, comparisonSearch } from "./comparison-link.ts";

const row = (traceId: string, startedAt: string) => ({ traceId, startedAt });

const rows = [row("newer", "2026-11-21T10:00:01Z"), row("older", "2026-11-21T10:00:00Z")];

test("the earlier trace stands on the left, whichever was selected first", () => {
  for (const ids of [
    ["newer", "older"],
    ["older", "newer"],
  ]) {
    const search = comparisonSearch({}, { rows, selected: new Set(ids) });
    expect(search).toMatchObject({ left: "older", right: "newer" });
  }
});

test("rows that are no longer in the list keep the order of selecting", () => {
  const search = comparisonSearch({}, { rows: [], selected: new Set(["b", "a"]) });
  expect(search).toMatchObject({ left: "b", right: "a" });
});

test("the list's own filter and range go along, its open row does not", () => {
  const search = comparisonSearch(
    { filter: "status:error", range: "1h", trace: "newer", tab: "cost" },
    { rows, selected: new Set(["newer", "older"]) },
  );
  expect(search).toMatchObject({ filter: "status:error", range: "1h", trace: undefined, tab: undefined });
});

test("another number than two is no comparison but a sentence that says what to do", () => {
  for (const ids of [[], ["a"], ["a", "b", "c"]]) {
    expect(comparisonSearch({}, { rows, selected: new Set(ids) })).toBeNull();
    expect(comparisonHint(ids.length)).toMatch(/select/);
  }
  expect(comparisonHint(2)).toBeNull();
  expect(comparisonHint(5)).toContain("3 too many");
});
