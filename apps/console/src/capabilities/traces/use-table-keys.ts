import { editFilter, toggleValue, type TraceSummary } from "@weir/schema";
import { useShortcuts } from "../../app/shortcuts.ts";
import type { TraceColumn } from "./trace-columns.tsx";
import type { TableCursor } from "./trace-table.tsx";

/** What the keys of the list act on. */
export interface TableKeys {
  rows: readonly TraceSummary[];
  columns: readonly TraceColumn[];
  cursor: TableCursor | null;
  filter: string;
  setCursor: (cursor: TableCursor) => void;
  /** Opens the peek, or the page when the peek is open on this trace already. */
  open: (traceId: string) => void;
  /** Closes what is open; then gives up the selection. */
  close: () => void;
  select: (row: TraceSummary) => void;
  /** Compares the two that are selected, or says what is missing for that. */
  compare: () => void;
  filterByCell: (filter: string) => void;
  focusQuery: () => void;
}

/** The row `step` rows away from the cursor; the first one when there is no cursor yet. */
export function moveCursor(
  rows: readonly Pick<TraceSummary, "traceId">[],
  cursor: TableCursor | null,
  step: number,
): TableCursor | null {
  const at = cursor === null ? -1 : rows.findIndex((row) => row.traceId === cursor.traceId);
  const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step));
  const row = rows[next];
  return row === undefined ? null : { traceId: row.traceId, column: cursor?.column ?? 0 };
}

/** J/K, arrows, Enter, Esc, X, D, F and / for the list. */
export function useTableKeys(keys: TableKeys): void {
  const { rows, columns, cursor, filter, setCursor } = keys;
  const move = (step: number) => (): void => {
    const next = moveCursor(rows, cursor, step);
    if (next !== null) setCursor(next);
  };
  const turn = (step: number) => (): void => {
    if (cursor === null) move(0)();
    else setCursor({ ...cursor, column: Math.min(columns.length - 1, Math.max(0, cursor.column + step)) });
  };
  const withCursor = (run: (at: TableCursor) => void) => (): void => {
    if (cursor !== null) run(cursor);
  };
  const rowAtCursor = (): TraceSummary | undefined => rows.find((row) => row.traceId === cursor?.traceId);
  const select = (): void => {
    const row = rowAtCursor();
    // Without a cursor it first says where it would select.
    if (row === undefined) move(0)();
    else keys.select(row);
  };
  const filterByCell = (negated: boolean) =>
    withCursor((at) => {
      const row = rowAtCursor();
      const term = row === undefined ? null : (columns[at.column]?.filter(row) ?? null);
      if (term !== null) {
        keys.filterByCell(editFilter(filter, (old) => toggleValue(old, { ...term, negated })));
      }
    });
  useShortcuts("Traces", [
    { keys: "j", label: "Next trace", run: move(1) },
    { keys: "arrowdown", label: "Next trace", run: move(1) },
    { keys: "k", label: "Previous trace", run: move(-1) },
    { keys: "arrowup", label: "Previous trace", run: move(-1) },
    { keys: "arrowright", label: "Next cell", run: turn(1) },
    { keys: "arrowleft", label: "Previous cell", run: turn(-1) },
    { keys: "pagedown", label: "Ten rows down", run: move(10) },
    { keys: "pageup", label: "Ten rows up", run: move(-10) },
    { keys: "home", label: "Newest trace", run: move(-rows.length) },
    { keys: "end", label: "Last loaded trace", run: move(rows.length) },
    {
      keys: "enter",
      label: "Open; again for the whole page",
      run: withCursor((at) => keys.open(at.traceId)),
    },
    { keys: "escape", label: "Close, then clear the selection", run: keys.close },
    { keys: "x", label: "Select", run: select },
    { keys: "d", label: "Compare the two selected", run: keys.compare },
    { keys: "f", label: "Filter by the cell; again to undo", run: filterByCell(false) },
    { keys: "shift+f", label: "Leave out what the cell says", run: filterByCell(true) },
    { keys: "/", label: "Query", run: keys.focusQuery },
  ]);
}
