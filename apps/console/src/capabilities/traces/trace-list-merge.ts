import type { TraceSummary } from "@weir/schema";

/** One page of the list as it was asked for: the range is fixed when the first page is read. */
export interface ListPage {
  rows: TraceSummary[];
  nextCursor: string | null;
  from: string;
  to: string | undefined;
}

/** All rows in the order of the list, each trace once: a trace that grew between two pages can be in both. */
export function flattenPages(pages: readonly ListPage[]): TraceSummary[] {
  const seen = new Set<string>();
  const rows: TraceSummary[] = [];
  for (const page of pages) {
    for (const row of page.rows) {
      if (seen.has(row.traceId)) continue;
      seen.add(row.traceId);
      rows.push(row);
    }
  }
  return rows;
}

/** How many rows of the newest page the list does not have yet. */
export function countNew(pages: readonly ListPage[], head: ListPage): number {
  const known = new Set(flattenPages(pages).map((row) => row.traceId));
  return head.rows.filter((row) => !known.has(row.traceId)).length;
}

function newestFirst(left: TraceSummary, right: TraceSummary): number {
  if (left.startedAt !== right.startedAt) return left.startedAt < right.startedAt ? 1 : -1;
  return left.traceId < right.traceId ? 1 : -1;
}

function sameRow(left: TraceSummary, right: TraceSummary): boolean {
  return (
    left.spanCount === right.spanCount &&
    left.durationMs === right.durationMs &&
    left.status === right.status &&
    left.complete === right.complete &&
    left.costUsd === right.costUsd
  );
}

/**
 * Brings the newest page into the list. Rows that are known are replaced where they stand (a trace grows while
 * its spans arrive); new ones go to their place by time when `addNew`, else they wait. When more has arrived
 * than one page holds, the rows between are unknown, so the list starts anew with the newest page.
 */
export function mergeHead(
  pages: readonly ListPage[],
  head: ListPage,
  { addNew }: { addNew: boolean },
): ListPage[] {
  const first = pages[0];
  if (first === undefined) return [head];
  const fresh = new Map(head.rows.map((row) => [row.traceId, row]));
  const known = new Set(flattenPages(pages).map((row) => row.traceId));
  const added = head.rows.filter((row) => !known.has(row.traceId));
  const unknownBetween = added.length === head.rows.length && head.nextCursor !== null && known.size > 0;
  if (addNew && unknownBetween) return [head];
  let changed = false;
  const updated = pages.map((page) => {
    let touched = false;
    const rows = page.rows.map((row) => {
      const newer = fresh.get(row.traceId);
      if (newer === undefined || sameRow(row, newer)) return row;
      touched = true;
      return newer;
    });
    changed ||= touched;
    return touched ? { ...page, rows } : page;
  });
  const top = updated[0];
  if (addNew && added.length > 0 && top !== undefined) {
    changed = true;
    updated[0] = { ...top, rows: [...added, ...top.rows].toSorted(newestFirst) };
  }
  return changed ? updated : [...pages];
}
