import type { TraceSummary } from "@weir/schema";
import { expect, it } from "vitest";
import { countNew, flattenPages, mergeHead, type ListPage } from "./trace-list-merge.ts";

function row(second: number, patch: Partial<TraceSummary> = {}): TraceSummary {
  return {
    traceId: second.toString(16).padStart(32, "0"),
    name: "chat",
    startedAt: new Date(second * 1000).toISOString(),
    durationMs: 10,
    status: "ok",
    errorCode: "",
    spanCount: 1,
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
    ...patch,
  };
}

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

it("keeps an old list that nothing new touched", () => {
  const pages = [page([50, 40])];
  expect(mergeHead(pages, page([50, 40]), { addNew: true })).toBe(pages);
});

it("shows a trace once even when two pages have it", () => {
  expect(seconds([page([50, 40]), page([40, 30])])).toEqual([50, 40, 30]);
});
