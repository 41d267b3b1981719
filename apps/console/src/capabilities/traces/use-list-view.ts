import { useNavigate, useRouter } from "@tanstack/react-router";
import { useCallback, useMemo, useState, type MouseEvent } from "react";
import type { Scope } from "../../api/queries.ts";
import { readSearch } from "../../app/search-params.ts";
import { useStored } from "../../app/stored.ts";
import { useConsoleSearch, useScope } from "../../app/use-console-search.ts";
import { readColumns, type TraceColumn } from "./trace-columns.tsx";
import { traceLink } from "./trace-link.ts";
import { focusTraceGrid, type TableCursor } from "./trace-table.tsx";
import { useSelection, type Selection } from "./use-selection.ts";

/** What the list looks like at the moment and how that changes: the URL's part and the reader's own. */
export interface ListView extends Selection {
  scope: Scope;
  live: boolean;
  columns: readonly TraceColumn[];
  setColumns: (ids: readonly string[]) => void;
  facetsShown: boolean;
  toggleFacets: () => void;
  setFilter: (filter: string) => void;
  /** Sets a filter that the row at the cursor made, and leaves the cursor there. */
  filterByCell: (filter: string) => void;
  /** The trace in the peek. */
  open: string | undefined;
  /** Opens the peek on a trace, or its page when the peek shows it already. */
  openTrace: (traceId: string) => void;
  closePeek: () => void;
  cursor: TableCursor | null;
  /** Moves the cursor, and an open peek with it. */
  placeCursor: (cursor: TableCursor) => void;
  clearCursor: () => void;
  onCell: (cell: TableCursor, event: MouseEvent) => void;
}

/** Columns and facets: remembered for the next visit; columns also in the URL, so that a link shows the same. */
function useLayout(): Pick<ListView, "columns" | "setColumns" | "facetsShown" | "toggleFacets"> {
  const { search, changeSearch } = useConsoleSearch();
  const [storedColumns, storeColumns] = useStored("columns");
  const [facetsHidden, hideFacets] = useStored("facetsHidden");
  const columnText = search.columns ?? storedColumns;
  return {
    columns: useMemo(() => readColumns(columnText), [columnText]),
    setColumns: (ids) => {
      storeColumns(ids.join(","));
      changeSearch({ columns: ids.join(",") }, { replace: true });
    },
    facetsShown: facetsHidden === null,
    toggleFacets: () => hideFacets(facetsHidden === null ? "yes" : null),
  };
}

/** The cursor, at first on the open trace. It belongs to the rows it was set in: with others it is gone. */
function useCursor(
  scope: Scope,
  open: string | undefined,
): {
  cursor: TableCursor | null;
  setCursor: (cursor: TableCursor | null) => void;
  /** Leaves it where it is among the rows of another scope. */
  takeCursorTo: (scope: Scope) => void;
} {
  const rows = JSON.stringify(scope);
  const [placed, setPlaced] = useState<{ rows: string; cursor: TableCursor } | null>(
    open === undefined ? null : { rows, cursor: { traceId: open, column: 0 } },
  );
  const setCursor = useCallback(
    (next: TableCursor | null): void => setPlaced(next === null ? null : { rows, cursor: next }),
    [rows],
  );
  const takeCursorTo = (next: Scope): void =>
    setPlaced((old) => (old === null ? null : { ...old, rows: JSON.stringify(next) }));
  return { cursor: placed?.rows === rows ? placed.cursor : null, setCursor, takeCursorTo };
}

/** The list's view, with the URL as its truth. */
export function useListView(): ListView {
  const scope = useScope();
  const { search, changeSearch } = useConsoleSearch();
  const navigate = useNavigate();
  const router = useRouter();
  const open = search.trace;
  const { cursor, setCursor, takeCursorTo } = useCursor(scope, open);
  const setFilter = useCallback(
    (filter: string) => changeSearch({ filter: filter === "" ? undefined : filter }),
    [changeSearch],
  );
  // What the URL says is asked for when it is needed: a row is drawn again for each function that has changed.
  const openTrace = useCallback(
    (traceId: string): void => {
      const shown = readSearch(router.latestLocation.search).trace;
      if (shown === traceId) {
        void navigate({
          to: "/traces/$traceId",
          params: { traceId },
          search: (previous) => ({ ...previous, trace: undefined }),
        });
        return;
      }
      // A peek that moves to another row is one step of the history, not one per row.
      changeSearch({ trace: traceId, span: undefined }, { replace: shown !== undefined });
    },
    [changeSearch, navigate, router],
  );
  const onCell = useCallback(
    (cell: TableCursor, event: MouseEvent): void => {
      setCursor(cell);
      if (event.metaKey || event.ctrlKey) {
        const search = readSearch(router.latestLocation.search);
        const { href } = router.buildLocation(traceLink(search, { traceId: cell.traceId }));
        window.open(href, "_blank", "noopener");
      } else openTrace(cell.traceId);
    },
    [openTrace, router, setCursor],
  );
  return {
    scope,
    live: search.live === "on" && scope.range.kind === "relative",
    ...useLayout(),
    ...useSelection(scope.project),
    setFilter,
    filterByCell: (filter) => {
      takeCursorTo({ ...scope, filter });
      setFilter(filter);
    },
    open,
    openTrace,
    closePeek: () => {
      changeSearch({ trace: undefined, span: undefined, tab: undefined });
      focusTraceGrid();
    },
    cursor,
    placeCursor: (next) => {
      setCursor(next);
      if (open !== undefined && open !== next.traceId) {
        changeSearch({ trace: next.traceId, span: undefined }, { replace: true });
      }
    },
    clearCursor: () => setCursor(null),
    onCell,
  };
}
