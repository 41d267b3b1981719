import { expect, it } from "vitest";
import { traceRow as row } from "./fixtures/trace-row.ts";
import { countNew, flattenPages, leavesGap, mergeHead, type ListPage } from "./trace-list-merge.ts";

function page(seconds: number[], nextCursor: string | null = null): ListPage {
  return { rows: seconds.map((second) => row(second)), nextCursor, from: "", to: undefined };
}

const seconds = (pages: readonly ListPage[]): number[] =>
  flattenPages(pages).map((each) => Date.parse(each.startedAt) / 1000);

it("puts new rows on top and late ones where they belong", () => {
  const pages = [page([50, 40], "c"), page([30])];
  expect(seconds(mergeHead(pages, page([60, 50, 45, 40], "x"), { addNew: true }))).toEqual([
    60, 50, 45, 40, 30,
  ]);
});

it("follows the server's order, which is not that of the traces' starts", () => {
  const head = { ...page([]), rows: [row(60), row(10), row(50)] };
  expect(seconds(mergeHead([page([50, 40], "c")], head, { addNew: true }))).toEqual([60, 10, 50, 40]);
});

it("puts new rows on top although a known one below them has grown and moved up", () => {
  const head = { ...page([]), nextCursor: "x", rows: [row(95), row(20, { spanCount: 9 }), row(90), row(80)] };
  const merged = mergeHead([page([90, 80, 70, 20, 10], "c")], head, { addNew: true });
  expect(seconds(merged)).toEqual([95, 90, 80, 70, 20, 10]);
});

it("puts what is new at the end of a whole list below all that stands above it there", () => {
  const merged = mergeHead([page([90, 80, 20])], page([20, 90, 80, 15]), { addNew: true });
  expect(seconds(merged)).toEqual([90, 80, 20, 15]);
});

it("goes on after the last page that was read", () => {
  const merged = mergeHead([page([50], "a"), page([40], "b")], page([60, 50]), { addNew: true });
  expect(merged.at(-1)?.nextCursor).toBe("b");
});

it("lets new rows wait but refreshes known ones", () => {
  const pages = [page([50, 40])];
  const head = { ...page([60, 50]), rows: [row(60), row(50, { spanCount: 7 })] };
  const merged = mergeHead(pages, head, { addNew: false });
  expect(seconds(merged)).toEqual([50, 40]);
  expect(merged[0]?.rows[0]?.spanCount).toBe(7);
  expect(countNew(pages, head)).toBe(1);
});

it("starts anew when more arrived than the newest page holds", () => {
  const merged = mergeHead([page([50, 40])], page([99, 98], "more"), { addNew: true });
  expect(seconds(merged)).toEqual([99, 98]);
});

it.each([
  ["a known row among them has only grown", [99, 40, 98]],
  ["the last of them is a known row that has only grown", [99, 98, 40]],
])("starts anew when more arrived than the newest page holds and %s", (_, newest) => {
  const pages = [page([50, 40, 30], "c")];
  const head = page(newest, "more");
  expect(leavesGap(pages, head)).toBe(true);
  expect(mergeHead(pages, head, { addNew: true })).toEqual([head]);
  expect(seconds(mergeHead(pages, head, { addNew: false }))).toEqual([50, 40, 30]);
});

it("has no gap where the newest page reaches the list, or is all there is", () => {
  expect(leavesGap([page([50, 40, 30], "c")], page([99, 40, 50], "more"))).toBe(false);
  expect(leavesGap([page([50, 40])], page([99, 98]))).toBe(false);
});

it("goes on below the newest page when a list that was empty fills up", () => {
  const head = page([99, 98], "more");
  expect(mergeHead([page([])], head, { addNew: true })).toEqual([head]);
});

it("keeps an old list that nothing new touched", () => {
  const pages = [page([50, 40])];
  expect(mergeHead(pages, page([50, 40]), { addNew: true })).toBe(pages);
});

it("shows a trace once even when two pages have it", () => {
  expect(seconds([page([50, 40]), page([40, 30])])).toEqual([50, 40, 30]);
});
