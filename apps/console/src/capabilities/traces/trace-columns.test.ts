import { expect, it } from "vitest";
import { defaultColumnIds, readColumns } from "./trace-columns.tsx";
import { gridLayout } from "./trace-table.tsx";

const ids = (text: string | null): string[] => readColumns(text).map(({ id }) => id);

it("reads chosen columns in their own order and ignores what it does not know", () => {
  expect(ids("cost,time,nonsense")).toEqual(["time", "cost"]);
  expect(ids(null)).toEqual([...defaultColumnIds]);
  expect(ids("nonsense")).toEqual([...defaultColumnIds]);
});

it("shows the usual columns beside rail, facets and a scroll bar in a window of 1440 pixels", () => {
  expect(gridLayout(readColumns(null)).minWidth).toBeLessThanOrEqual(1440 - 208 - 208 - 15);
});
