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
 * Puts the head's new rows where the head has them: each before the row that follows it there. The server's order
 * (by the newest span that matched) cannot be told from the rows themselves.
 */
function insertInOrder({
  rows,
  head,
  added,
}: {
  rows: readonly TraceSummary[];
  head: readonly TraceSummary[];
  added: ReadonlySet<string>;
}): TraceSummary[] {
  const before = new Map<string, TraceSummary[]>();
  let run: TraceSummary[] = [];
  let lastKnown: string | undefined;
  for (const row of head) {
    if (added.has(row.traceId)) run.push(row);
    else {
      before.set(row.traceId, run);
      run = [];
      lastKnown = row.traceId;
    }
  }
  if (lastKnown === undefined) return [...run, ...rows];
  const merged: TraceSummary[] = [];
  for (const row of rows) {
    merged.push(...(before.get(row.traceId) ?? []), row);
    if (row.traceId === lastKnown) merged.push(...run);
  }
  return merged;
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
  const added = new Set(head.rows.map((row) => row.traceId).filter((traceId) => !known.has(traceId)));
  const unknownBetween = added.size === head.rows.length && head.nextCursor !== null && known.size > 0;
  if (addNew && unknownBetween) return [head];
  const fresh = new Map(head.rows.map((row) => [row.traceId, row]));
  let changed = false;
  const updated = rows.map((row) => {
    const newer = fresh.get(row.traceId);
    if (newer === undefined || sameRow(row, newer)) return row;
    changed = true;
    return newer;
  });
  if (addNew && added.size > 0) {
    return [{ ...last, rows: insertInOrder({ rows: updated, head: head.rows, added }) }];
  }
  return changed ? [{ ...last, rows: updated }] : pages;
}
