import { expect, test } from "vitest";
import { comparisonSearch } from "./comparison-link.ts";
import { traceRow } from "./fixtures/trace-row.ts";
import { currentRows, toggleRow, type SelectedRows } from "./selected-rows.ts";

const none: SelectedRows = new Map();
const selectAll = (...seconds: number[]): SelectedRows =>
  seconds.map((second) => traceRow(second)).reduce(toggleRow, none);

test("a row that is selected twice is not selected", () => {
  expect([...selectAll(1, 2, 1).values()]).toEqual([traceRow(2)]);
});

test("rows that the list no longer has are still there, and the others as the list has them now", () => {
  const grown = traceRow(2, { spanCount: 7 });
  expect(currentRows(selectAll(1, 2), [traceRow(3), grown])).toEqual([traceRow(1), grown]);
  expect(currentRows(selectAll(1, 2), [])).toEqual([traceRow(1), traceRow(2)]);
});

test("two rows that the list no longer has are compared with the earlier one on the left", () => {
  const search = comparisonSearch({}, currentRows(selectAll(2, 1), []));
  expect(search).toMatchObject({ left: traceRow(1).traceId, right: traceRow(2).traceId });
});
