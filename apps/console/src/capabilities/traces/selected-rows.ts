import type { TraceSummary } from "@weir/schema";

/**
 * The selected rows by their trace, in the order of selecting, each as it was when it was selected: with another
 * query the list may no longer have it, and it stays selected.
 */
export type SelectedRows = ReadonlyMap<string, TraceSummary>;

/** Selects a row, or takes it out when it is selected. */
export function toggleRow(selected: SelectedRows, row: TraceSummary): SelectedRows {
  const next = new Map(selected);
  if (!next.delete(row.traceId)) next.set(row.traceId, row);
  return next;
}

/** All selected rows as the list has them now; those that it no longer has as they were when they were selected. */
export function currentRows(selected: SelectedRows, rows: readonly TraceSummary[]): TraceSummary[] {
  const current = new Map(selected);
  for (const row of rows) if (current.has(row.traceId)) current.set(row.traceId, row);
  return [...current.values()];
}
