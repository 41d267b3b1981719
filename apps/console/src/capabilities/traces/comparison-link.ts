import type { TraceSummary } from "@weir/schema";
import type { ConsoleSearch } from "../../app/search-params.ts";

/** What stands between a selection and its comparison, as a sentence; null when it can be compared. */
export function comparisonHint(count: number): string | null {
  if (count === 2) return null;
  if (count === 0) return "To compare, select two traces with X or their boxes.";
  if (count === 1) return "To compare, select one more.";
  return `To compare, select two: ${count - 2} too many.`;
}

/**
 * The comparison of the two selected rows as search parameters: the earlier one on the left, so that what the right
 * one has more is what was gained since. Null unless there are exactly two.
 */
export function comparisonSearch(
  search: ConsoleSearch,
  selected: readonly Pick<TraceSummary, "traceId" | "startedAt">[],
): ConsoleSearch | null {
  const [first, second, ...more] = selected;
  if (first === undefined || second === undefined || more.length > 0) return null;
  const [left, right] = second.startedAt < first.startedAt ? [second, first] : [first, second];
  return {
    ...search,
    trace: undefined,
    span: undefined,
    tab: undefined,
    left: left.traceId,
    right: right.traceId,
  };
}
