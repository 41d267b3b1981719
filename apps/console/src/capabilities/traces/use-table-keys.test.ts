import type { TraceSummary } from "@weir/schema";
import { expect, it } from "vitest";
import { moveCursor } from "./use-table-keys.ts";

const rows = ["a", "b", "c"].map((traceId): Pick<TraceSummary, "traceId"> => ({ traceId }));

it("starts at the first row, stops at both ends and keeps the column", () => {
  expect(moveCursor(rows, null, 1)).toEqual({ traceId: "a", column: 0 });
  expect(moveCursor(rows, { traceId: "a", column: 3 }, 1)).toEqual({ traceId: "b", column: 3 });
  expect(moveCursor(rows, { traceId: "a", column: 3 }, -1)?.traceId).toBe("a");
  expect(moveCursor(rows, { traceId: "c", column: 0 }, 10)?.traceId).toBe("c");
  expect(moveCursor([], null, 1)).toBeNull();
});

it("starts anew when its row has gone", () => {
  expect(moveCursor(rows, { traceId: "gone", column: 2 }, 1)).toEqual({ traceId: "a", column: 2 });
});
