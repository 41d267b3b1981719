// Only the rows on the screen exist and each is placed by itself, which no <table> does: the grid is made of
// roles instead.
/* oxlint-disable jsx-a11y/prefer-tag-over-role */
import { useVirtualizer } from "@tanstack/react-virtual";
import type { TraceSummary } from "@weir/schema";
import { clsx } from "clsx";
import { Check } from "lucide-react";
import {
  memo,
  useCallback,
  useEffect,
  useLayoutEffect,
  useState,
  type MouseEvent,
  type ReactNode,
  type RefObject,
} from "react";
import { Skeleton, skeletonWidth } from "../../components/skeleton.tsx";
import type { SelectedRows } from "./selected-rows.ts";
import type { TraceColumn } from "./trace-columns.tsx";
import { hasJustArrived } from "./use-trace-list.ts";

const rowHeight = 32;
const headerHeight = 28;
const traceGridId = "trace-grid";
/** Rows drawn beyond what is seen, so that a turn of the wheel never shows a gap. */
const overscanRows = 6;

/** Where the keys are: a trace, by its id so that arriving rows do not move it, and a column. */
export interface TableCursor {
  traceId: string;
  column: number;
}

export interface TraceTableProps {
  rows: readonly TraceSummary[];
  ready: boolean;
  columns: readonly TraceColumn[];
  zone: string;
  cursor: TableCursor | null;
  openTraceId: string | undefined;
  selected: SelectedRows;
  hasMore: boolean;
  loadingMore: boolean;
  /** Space that the peek covers, so that every column can be scrolled out from under it. */
  coveredWidth: string;
  scrollRef: RefObject<HTMLDivElement | null>;
  initialOffset: number;
  onLoadMore: () => void;
  onScroll: (offset: number) => void;
  onCell: (cell: TableCursor, event: MouseEvent) => void;
  onSelect: (row: TraceSummary) => void;
  /** Stands after the last row. */
  end: ReactNode;
}

/** Gives the list the keys; it shows then which cell they are about. */
export function focusTraceGrid(): void {
  document.getElementById(traceGridId)?.focus({ preventScroll: true });
}

/** The tracks of a row's grid and the width in pixels below which the list scrolls sideways. */
export function gridLayout(columns: readonly TraceColumn[]): { template: string; minWidth: number } {
  return {
    template: `28px ${columns.map((column) => column.width).join(" ")}`,
    minWidth: columns.reduce((sum, column) => sum + column.minWidth, 28) + 16,
  };
}

/** The list itself: 32 px rows, only those on the screen rendered, the next page asked for before its end. */
export function TraceTable(props: TraceTableProps): ReactNode {
  const { rows, ready, columns, cursor, scrollRef, hasMore, loadingMore, onLoadMore } = props;
  const { template: grid, minWidth } = gridLayout(columns);
  // A new function would make the virtualiser measure all rows again, at every scroll.
  const getItemKey = useCallback((index: number) => rows[index]?.traceId ?? index, [rows]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeight,
    overscan: overscanRows,
    initialOffset: props.initialOffset,
    scrollMargin: headerHeight,
    scrollPaddingStart: headerHeight,
    scrollPaddingEnd: rowHeight,
    getItemKey,
  });
  const items = virtualizer.getVirtualItems();
  // At least as many places as rows on the screen; it never shrinks, since another number would move all rows.
  const [pool, setPool] = useState(1);
  if (items.length > pool) setPool(items.length);
  const lastIndex = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (ready && hasMore && !loadingMore && lastIndex >= rows.length - 40) onLoadMore();
  }, [ready, hasMore, loadingMore, lastIndex, rows.length, onLoadMore]);
  const cursorIndex = cursor === null ? -1 : rows.findIndex((row) => row.traceId === cursor.traceId);
  const cursorKey = cursor === null ? "" : `${cursor.traceId}:${cursor.column}`;
  useLayoutEffect(() => {
    if (cursorIndex >= 0) virtualizer.scrollToIndex(cursorIndex, { align: "auto" });
    // Only a move of the cursor scrolls, and the first page of a list that opens with one; rows that arrive do not.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [cursorKey, ready]);
  const cursorDrawn = cursor !== null && items.some((item) => item.index === cursorIndex);
  return (
    <div
      ref={scrollRef}
      onScroll={(event) => props.onScroll(event.currentTarget.scrollTop)}
      className="min-h-0 flex-1 overflow-auto [overflow-anchor:none] has-[[role=grid]:not([aria-activedescendant]):focus-visible]:outline-2 has-[[role=grid]:focus-visible]:-outline-offset-2 has-[[role=grid]:focus-visible]:outline-accent"
      style={{ paddingRight: props.coveredWidth }}
    >
      <div
        id={traceGridId}
        role="grid"
        aria-label="Traces"
        aria-rowcount={hasMore ? -1 : rows.length + 1}
        aria-colcount={columns.length + 1}
        aria-busy={!ready}
        tabIndex={0}
        {...(cursorDrawn ? { "aria-activedescendant": `cell-${cursor.traceId}-${cursor.column}` } : {})}
        className="group/grid outline-none"
        style={{ minWidth }}
      >
        <HeaderRow columns={columns} grid={grid} />
        {ready ? (
          <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index];
              if (row === undefined) return null;
              const arrived = hasJustArrived(row.traceId);
              return (
                <TraceRow
                  // By its place and not by its row: elements that scroll out at one end are written anew at the
                  // other. Only a row that comes in is an element of its own, so that it can be seen to.
                  key={arrived ? row.traceId : item.index % pool}
                  arrived={arrived}
                  row={row}
                  index={item.index}
                  top={item.start - headerHeight}
                  grid={grid}
                  columns={columns}
                  zone={props.zone}
                  cursorColumn={cursor?.traceId === row.traceId ? cursor.column : -1}
                  open={props.openTraceId === row.traceId}
                  selected={props.selected.has(row.traceId)}
                  selecting={props.selected.size > 0}
                  onCell={props.onCell}
                  onSelect={props.onSelect}
                />
              );
            })}
          </div>
        ) : (
          <SkeletonRows columns={columns} grid={grid} />
        )}
      </div>
      {props.end}
    </div>
  );
}

function HeaderRow({ columns, grid }: { columns: readonly TraceColumn[]; grid: string }): ReactNode {
  return (
    <div role="rowgroup" className="sticky top-0 z-10">
      <div
        role="row"
        aria-rowindex={1}
        className="grid h-7 items-center border-b border-line bg-surface pr-4 text-label text-muted"
        style={{ gridTemplateColumns: grid }}
      >
        <span role="columnheader">
          <span className="sr-only">Selected</span>
        </span>
        {columns.map((column) => (
          <span
            key={column.id}
            role="columnheader"
            title={column.definition}
            {...(column.id === "time" ? { "aria-sort": "descending" as const } : {})}
            className={clsx("truncate px-2", column.numeric && "text-right")}
          >
            {column.title}
            {column.id === "time" ? <span aria-hidden="true"> ↓</span> : null}
          </span>
        ))}
      </div>
    </div>
  );
}

interface TraceRowProps {
  row: TraceSummary;
  arrived: boolean;
  index: number;
  top: number;
  grid: string;
  columns: readonly TraceColumn[];
  zone: string;
  cursorColumn: number;
  open: boolean;
  selected: boolean;
  /** Some row is selected, so that every row shows its box. */
  selecting: boolean;
  onCell: (cell: TableCursor, event: MouseEvent) => void;
  onSelect: (row: TraceSummary) => void;
}

const TraceRow = memo(function TraceRow({
  row,
  arrived,
  index,
  top,
  grid,
  columns,
  zone,
  cursorColumn,
  open,
  selected,
  selecting,
  onCell,
  onSelect,
}: TraceRowProps): ReactNode {
  const current = cursorColumn >= 0;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-trace={row.traceId}
      className={clsx(
        "group/row absolute inset-x-0 grid h-8 contain-strict cursor-default items-center border-b border-line pr-4 text-table",
        open || current || selected ? "bg-selected" : "hover:bg-hover",
        arrived && "enter-row",
      )}
      style={{ gridTemplateColumns: grid, top }}
    >
      {open || current ? (
        <span
          aria-hidden="true"
          className="absolute inset-y-0 left-0 w-0.5 bg-accent forced-color-adjust-none"
        />
      ) : null}
      <span role="gridcell" className="flex h-full items-center justify-center">
        <button
          type="button"
          role="checkbox"
          aria-checked={selected}
          aria-label={`Select the trace ${row.name}`}
          tabIndex={-1}
          onClick={() => onSelect(row)}
          // The whole cell takes the press, for fingers.
          className="flex size-full items-center justify-center"
        >
          <span
            className={clsx(
              "flex size-3.5 items-center justify-center rounded-sm border",
              selected
                ? "border-accent-fill bg-accent-fill text-on-accent"
                : "border-line-strong bg-surface group-hover/row:opacity-100 group-focus-visible/grid:opacity-100 [@media(hover:none)]:opacity-100",
              selected || selecting || "opacity-0",
            )}
          >
            {selected ? <Check className="size-3" /> : null}
          </span>
        </button>
      </span>
      {columns.map((column, at) => (
        // The grid has the focus and its keys; a cell only takes the mouse.
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
        <span
          key={column.id}
          id={`cell-${row.traceId}-${at}`}
          role="gridcell"
          onClick={(event) => onCell({ traceId: row.traceId, column: at }, event)}
          className={clsx(
            "flex h-full items-center px-2",
            column.numeric ? "justify-end" : "min-w-0",
            at === cursorColumn && "group-focus-visible/grid:shadow-[inset_0_0_0_2px_var(--accent)]",
          )}
        >
          <span className="block min-w-0 truncate">{column.cell(row, zone)}</span>
        </span>
      ))}
    </div>
  );
});

function SkeletonRows({ columns, grid }: { columns: readonly TraceColumn[]; grid: string }): ReactNode {
  return (
    <div role="presentation">
      {Array.from({ length: 24 }, (_, row) => (
        <div
          // Rows of a skeleton have no identity but their place.
          // oxlint-disable-next-line react/no-array-index-key
          key={row}
          className="grid h-8 items-center border-b border-line pr-4"
          style={{ gridTemplateColumns: grid }}
        >
          <span />
          {columns.map((column, at) => (
            <span key={column.id} className={clsx("flex px-2", column.numeric && "justify-end")}>
              <Skeleton width={skeletonWidth(row, at)} />
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}
