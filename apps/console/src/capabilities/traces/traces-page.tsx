import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState, type MouseEvent, type ReactNode } from "react";
import { anyTraceQuery } from "../../api/queries.ts";
import { useStored } from "../../app/stored.ts";
import { useConsoleSearch, useScope, useTimeZone } from "../../app/use-console-search.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { FirstCall } from "../quickstart/first-call.tsx";
import { ConnectedTraceView } from "./connected-trace-view.tsx";
import { FacetPanel } from "./facet-panel.tsx";
import { ListEnd, NoMatches, RefreshNotice, WaitingPill } from "./list-notices.tsx";
import { Peek, usePeekWidth } from "./peek.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import { readColumns } from "./trace-columns.tsx";
import { TraceTable, type TableCursor } from "./trace-table.tsx";
import { TraceToolbar } from "./trace-toolbar.tsx";
import { moveCursor, useTableKeys } from "./use-table-keys.ts";
import { useTraceList } from "./use-trace-list.ts";

/** How far each list was scrolled, so that Back leads to where one was. */
const offsets = new Map<string, number>();

/** The trace list with its query, facets and peek; the first call's three lines while there is no trace at all. */
export function TracesPage(): ReactNode {
  const scope = useScope();
  const any = useQuery(anyTraceQuery(scope.project));
  if (any.data === false) return <FirstCall project={scope.project} />;
  return <TraceList />;
}

function TraceList(): ReactNode {
  const scope = useScope();
  const zone = useTimeZone();
  const { search, changeSearch } = useConsoleSearch();
  const navigate = useNavigate();
  const scrollRef = useRef<HTMLDivElement>(null);
  const queryRef = useRef<HTMLInputElement>(null);
  const [scrolled, setScrolled] = useState(false);
  const [cursor, setCursor] = useState<TableCursor | null>(
    search.trace === undefined ? null : { traceId: search.trace, column: 0 },
  );
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [storedColumns, storeColumns] = useStored("columns");
  const [facetsHidden, hideFacets] = useStored("facetsHidden");
  const [peekWidth] = usePeekWidth();
  const columnText = search.columns ?? storedColumns;
  const columns = useMemo(() => readColumns(columnText), [columnText]);
  const live = search.live === "on" && scope.range.kind === "relative";
  const hold = scrolled || cursor !== null;
  const list = useTraceList({ scope, live, hold });
  const listKey = JSON.stringify([scope, columnText]);
  const open = search.trace;

  const setFilter = useCallback(
    (filter: string) => changeSearch({ filter: filter === "" ? undefined : filter }),
    [changeSearch],
  );
  const openTrace = useCallback(
    (traceId: string): void => {
      if (open === traceId) {
        void navigate({
          to: "/traces/$traceId",
          params: { traceId },
          search: (previous) => ({ ...previous, trace: undefined }),
        });
        return;
      }
      // A peek that moves to another row is one step of the history, not one per row.
      changeSearch({ trace: traceId, span: undefined }, { replace: open !== undefined });
    },
    [changeSearch, navigate, open],
  );
  const placeCursor = (next: TableCursor): void => {
    setCursor(next);
    if (open !== undefined && open !== next.traceId) {
      changeSearch({ trace: next.traceId, span: undefined }, { replace: true });
    }
  };
  const onCell = useCallback(
    (cell: TableCursor, event: MouseEvent): void => {
      setCursor(cell);
      if (event.metaKey || event.ctrlKey) window.open(`/traces/${cell.traceId}`, "_blank", "noopener");
      else openTrace(cell.traceId);
    },
    [openTrace],
  );
  const toggleSelected = useCallback((traceId: string): void => {
    setSelected((old) => {
      const next = new Set(old);
      if (!next.delete(traceId)) next.add(traceId);
      return next;
    });
  }, []);
  const closePeek = (): void => changeSearch({ trace: undefined, span: undefined, tab: undefined });
  const move = (step: 1 | -1): void => {
    const next = moveCursor(list.rows, cursor, step);
    if (next !== null) placeCursor(next);
  };
  useTableKeys({
    rows: list.rows,
    columns,
    cursor,
    filter: scope.filter,
    openTraceId: open,
    setCursor: placeCursor,
    open: openTrace,
    close: () => {
      if (open !== undefined) closePeek();
      else if (selected.size > 0) setSelected(new Set());
      else setCursor(null);
    },
    select: toggleSelected,
    setFilter,
    focusQuery: () => queryRef.current?.focus(),
  });
  const at = open === undefined ? -1 : list.rows.findIndex((row) => row.traceId === open);
  return (
    <>
      <TraceToolbar
        scope={scope}
        queryRef={queryRef}
        columns={columns}
        facetsShown={facetsHidden === null}
        onFilter={setFilter}
        onFacets={() => hideFacets(facetsHidden === null ? "yes" : null)}
        onColumns={(ids) => {
          storeColumns(ids.join(","));
          changeSearch({ columns: ids.join(",") }, { replace: true });
        }}
      />
      <div className="relative flex min-h-0 flex-1">
        {facetsHidden === null ? (
          <div className="hidden w-52 shrink-0 border-r border-line medium:block">
            <FacetPanel scope={scope} live={live} onFilter={setFilter} />
          </div>
        ) : null}
        <div className="relative flex min-w-0 flex-1 flex-col">
          {list.error !== null ? (
            <ErrorState
              title="The trace list could not be read"
              error={list.error}
              since={list.errorSince}
              stillWorks="Calls are served and recorded; they will be here when the list is back."
              onRetry={list.retry}
              retrying={list.retrying}
            />
          ) : (
            <>
              <RefreshNotice error={list.refreshError} />
              <WaitingPill
                count={hold ? list.waiting : 0}
                more={list.waitingMore}
                onShow={() => {
                  list.showWaiting();
                  setCursor(null);
                  scrollRef.current?.scrollTo({ top: 0 });
                }}
              />
              <TraceTable
                key={listKey}
                rows={list.rows}
                ready={list.ready}
                columns={columns}
                zone={zone}
                cursor={cursor}
                openTraceId={open}
                selected={selected}
                hasMore={list.hasMore}
                loadingMore={list.loadingMore}
                coveredWidth={open === undefined ? "0px" : `${peekWidth * 0.9}%`}
                scrollRef={scrollRef}
                initialOffset={offsets.get(listKey) ?? 0}
                onLoadMore={list.loadMore}
                onScroll={(offset) => {
                  offsets.set(listKey, offset);
                  setScrolled(offset > 4);
                }}
                onCell={onCell}
                onSelect={toggleSelected}
                end={
                  list.ready && list.rows.length === 0 ? (
                    <NoMatches scope={scope} onFilter={setFilter} />
                  ) : (
                    <ListEnd list={list} />
                  )
                }
              />
            </>
          )}
          <SelectionBar
            rows={list.rows}
            selected={selected}
            onFilter={(filter) => {
              setSelected(new Set());
              setFilter(filter);
            }}
            onClear={() => setSelected(new Set())}
          />
        </div>
        {open === undefined ? null : (
          <Peek
            traceId={open}
            position={at < 0 ? undefined : { above: at > 0, below: at < list.rows.length - 1 }}
            onMove={move}
            onClose={closePeek}
          >
            <ConnectedTraceView traceId={open} inPeek />
          </Peek>
        )}
      </div>
    </>
  );
}
