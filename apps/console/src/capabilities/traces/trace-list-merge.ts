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

/**
 * Whether traces may have arrived below the newest page that the list does not have either. The list is reached when
 * it has the page's last row, and the page has all that stands above that row in the list: a row that moved up while
 * it grew still stands at its old place there, and alone it proves nothing.
 */
export function leavesGap(pages: readonly ListPage[], head: ListPage): boolean {
  if (head.nextCursor === null) return false;
  const rows = flattenPages(pages);
  const last = rows.findIndex((row) => row.traceId === head.rows.at(-1)?.traceId);
  const inHead = new Set(head.rows.map((row) => row.traceId));
  return last < 0 || rows.slice(0, last).some((row) => !inHead.has(row.traceId));
}

/**
 * Puts the head's new rows where the head has them: each above all rows that follow it there. The server's order (by
 * the newest span that matched) cannot be told from the rows themselves, and a known row that moved up in it still
 * stands at its old place, so that the topmost of those that follow is the one that counts.
 */
function insertInOrder(rows: readonly TraceSummary[], head: readonly TraceSummary[]): TraceSummary[] {
  const places = new Map(rows.map((row, place) => [row.traceId, place]));
  const arrived = new Map<number, TraceSummary[]>();
  let place = Math.max(-1, ...head.map((row) => places.get(row.traceId) ?? -1)) + 1;
  for (const row of head.toReversed()) {
    const known = places.get(row.traceId);
    if (known === undefined) arrived.set(place, [row, ...(arrived.get(place) ?? [])]);
    else place = Math.min(place, known);
  }
  const merged = rows.flatMap((row, at) => [...(arrived.get(at) ?? []), row]);
  return [...merged, ...(arrived.get(rows.length) ?? [])];
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
 * its spans arrive); new ones go where the newest page has them when `addNew`, else they wait. When more has
 * arrived than one page holds, the rows between are unknown, so the list starts anew with the newest page.
 * Returns the same pages when nothing changed, else one page that goes on where the last one did.
 */
export function mergeHead(
  pages: readonly ListPage[],
  head: ListPage,
  { addNew }: { addNew: boolean },
): readonly ListPage[] {
  const last = pages.at(-1);
  if (last === undefined) return [head];
  const rows = flattenPages(pages);
  const known = new Set(rows.map((row) => row.traceId));
  const adds = addNew && head.rows.some((row) => !known.has(row.traceId));
  if (adds && leavesGap(pages, head)) return [head];
  const fresh = new Map(head.rows.map((row) => [row.traceId, row]));
  let changed = false;
  const updated = rows.map((row) => {
    const newer = fresh.get(row.traceId);
    if (newer === undefined || sameRow(row, newer)) return row;
    changed = true;
    return newer;
  });
  if (adds) return [{ ...last, rows: insertInOrder(updated, head.rows) }];
  return changed ? [{ ...last, rows: updated }] : pages;
}
