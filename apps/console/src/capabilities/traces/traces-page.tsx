import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState, type ReactNode, type RefObject } from "react";
import { anyTraceQuery } from "../../api/queries.ts";
import { useScope, useTimeZone } from "../../app/use-console-search.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { FirstCall } from "../quickstart/first-call.tsx";
import { ConnectedTraceView } from "./connected-trace-view.tsx";
import { FacetPanel } from "./facet-panel.tsx";
import { ListEnd, NoMatches, RefreshNotice, WaitingPill } from "./list-notices.tsx";
import { Peek, usePeekWidth } from "./peek.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import { focusTraceGrid, TraceTable } from "./trace-table.tsx";
import { TraceToolbar } from "./trace-toolbar.tsx";
import { useListView, type ListView } from "./use-list-view.ts";
import { useComparison, type Comparison } from "./use-comparison.ts";
import { moveCursor, useTableKeys } from "./use-table-keys.ts";
import { useTraceList, type TraceList } from "./use-trace-list.ts";

/** How far each list was scrolled, so that Back leads to where one was. */
const offsets = new Map<string, number>();

/** The trace list with its query, facets and peek; the first call's three lines while there is no trace at all. */
export function TracesPage(): ReactNode {
  const scope = useScope();
  const any = useQuery(anyTraceQuery(scope.project));
  if (any.data === false) return <FirstCall project={scope.project} />;
  return <ListPage />;
}

function ListPage(): ReactNode {
  const view = useListView();
  const { scope, cursor, open } = view;
  const queryRef = useRef<HTMLInputElement>(null);
  const listKey = JSON.stringify(scope);
  const [scrolledList, setScrolledList] = useState<string | null>(null);
  // While the reader is somewhere in the list, nothing may move it.
  const hold = scrolledList === listKey || cursor !== null;
  const list = useTraceList({ scope, live: view.live, hold });
  const comparison = useComparison(view, list);
  useTableKeys({
    rows: list.rows,
    columns: view.columns,
    cursor,
    filter: scope.filter,
    setCursor: (next) => {
      view.placeCursor(next);
      focusTraceGrid();
    },
    open: view.openTrace,
    close: () => {
      if (open !== undefined) view.closePeek();
      else if (view.selected.size > 0) view.clearSelection();
      else view.clearCursor();
    },
    select: view.toggleSelected,
    compare: comparison.start,
    filterByCell: view.filterByCell,
    focusQuery: () => queryRef.current?.focus(),
  });
  return (
    <>
      <TraceToolbar
        scope={scope}
        live={view.live}
        queryRef={queryRef}
        columns={view.columns}
        facetsShown={view.facetsShown}
        onFilter={view.setFilter}
        onFacets={view.toggleFacets}
        onColumns={view.setColumns}
      />
      <div className="relative flex min-h-0 flex-1">
        {view.facetsShown ? (
          <div className="hidden w-52 shrink-0 border-r border-line medium:block">
            <FacetPanel scope={scope} live={view.live} onFilter={view.setFilter} />
          </div>
        ) : null}
        <div className="relative flex min-w-0 flex-1 flex-col">
          {list.error === null ? (
            <ListBody
              view={view}
              list={list}
              comparison={comparison}
              hold={hold}
              listKey={listKey}
              onScrolled={(scrolled) => setScrolledList(scrolled ? listKey : null)}
            />
          ) : (
            <ErrorState
              title="The trace list could not be read"
              error={list.error}
              stillWorks="Calls are served and recorded; they will be here when the list is back."
              onRetry={list.retry}
            />
          )}
        </div>
        {open === undefined ? null : <OpenTrace traceId={open} view={view} list={list} />}
      </div>
    </>
  );
}

function ListBody({
  view,
  list,
  comparison,
  hold,
  listKey,
  onScrolled,
}: {
  view: ListView;
  list: TraceList;
  comparison: Comparison;
  hold: boolean;
  listKey: string;
  onScrolled: (scrolled: boolean) => void;
}): ReactNode {
  const { scope, cursor, open } = view;
  const scrollRef: RefObject<HTMLDivElement | null> = useRef(null);
  const zone = useTimeZone();
  const peekWidth = usePeekWidth();
  const shownKey = useRef(listKey);
  useEffect(() => {
    if (shownKey.current === listKey) return;
    shownKey.current = listKey;
    // Another query's list is another grid: the focus that went with the old one goes to it.
    if (document.activeElement === document.body) focusTraceGrid();
  }, [listKey]);
  const coveredWidth = open === undefined ? "0px" : `${peekWidth.value}%`;
  const showWaiting = (): void => {
    list.showWaiting();
    view.clearCursor();
    scrollRef.current?.scrollTo({ top: 0 });
  };
  return (
    <>
      <RefreshNotice error={list.refreshError} />
      <WaitingPill count={hold ? list.waiting : 0} more={list.waitingMore} onShow={showWaiting} />
      <TraceTable
        key={listKey}
        rows={list.rows}
        ready={list.ready}
        columns={view.columns}
        zone={zone}
        cursor={cursor}
        openTraceId={open}
        selected={view.selected}
        hasMore={list.hasMore}
        loadingMore={list.loadingMore}
        coveredWidth={coveredWidth}
        scrollRef={scrollRef}
        initialOffset={offsets.get(listKey) ?? 0}
        onLoadMore={list.loadMore}
        onScroll={(offset) => {
          offsets.set(listKey, offset);
          onScrolled(offset > 4);
        }}
        onCell={view.onCell}
        onSelect={view.toggleSelected}
        end={
          list.ready && list.rows.length === 0 ? (
            <NoMatches scope={scope} onFilter={view.setFilter} />
          ) : (
            <ListEnd list={list} />
          )
        }
      />
      <SelectionBar
        rows={list.rows}
        selected={view.selected}
        asked={comparison.asked}
        coveredWidth={coveredWidth}
        onCompare={comparison.start}
        onFilter={(filter) => {
          view.clearSelection();
          view.setFilter(filter);
        }}
        onClear={view.clearSelection}
      />
    </>
  );
}

function OpenTrace({ traceId, view, list }: { traceId: string; view: ListView; list: TraceList }): ReactNode {
  const at = list.rows.findIndex((row) => row.traceId === traceId);
  return (
    <Peek
      traceId={traceId}
      position={at < 0 ? undefined : { above: at > 0, below: at < list.rows.length - 1 }}
      onMove={(step) => {
        const next = moveCursor(list.rows, { traceId, column: view.cursor?.column ?? 0 }, step);
        if (next !== null) view.placeCursor(next);
      }}
      onClose={view.closePeek}
    >
      <ConnectedTraceView traceId={traceId} inPeek />
    </Peek>
  );
}
