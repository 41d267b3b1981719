import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { traceRow } from "./fixtures/trace-row.ts";
import { toggleRow } from "./selected-rows.ts";
import { keepSelected, selectedIn } from "./use-selection.ts";

afterEach(() => void vi.useRealTimers());

const selected = toggleRow(new Map(), traceRow(1));

test("a selection lasts while other pages are open, and is its project's only", () => {
  vi.useFakeTimers();
  const queryClient = new QueryClient();
  keepSelected(queryClient, { project: "one", selected });
  vi.advanceTimersByTime(24 * 3_600_000);
  expect(selectedIn(queryClient, "one")).toBe(selected);
  expect(selectedIn(queryClient, "two").size).toBe(0);
});

test("signing out, which empties the cache, forgets the rows", () => {
  const queryClient = new QueryClient();
  keepSelected(queryClient, { project: "one", selected });
  queryClient.clear();
  expect(selectedIn(queryClient, "one").size).toBe(0);
});
