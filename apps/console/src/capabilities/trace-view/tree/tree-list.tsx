import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import {
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from "react";
import { AxisBar, AxisLines } from "./axis-bar.tsx";
import type { SpanNode, SpanTree } from "./span-tree.ts";
import { treeCommand } from "./tree-keys.ts";
import { rowHeightPx, TreeRow, type TreeRowActions } from "./tree-row.tsx";
import { useElementSize } from "./use-element-size.ts";
import type { TreeState } from "./use-tree-state.ts";

const axisHeightPx = 28;
const durationColumnPx = 68;
const trackMarginPx = 16;
/** Rows drawn beyond what is seen, so that a turn of the wheel never shows a gap. */
const overscanRows = 6;

interface TreeLayout {
  wide: boolean;
  nameWidth: string;
  trackPx: number;
}

function layoutFor(widthPx: number, wide: boolean): TreeLayout {
  const share = widthPx >= 900 ? 0.4 : 0.5;
  return {
    wide,
    nameWidth: `${share * 100}%`,
    trackPx: Math.max(0, widthPx * (1 - share) - durationColumnPx - trackMarginPx),
  };
}

/** The rows of the tree under their time axis; only those in view are drawn. */
export function TreeList({
  tree,
  state,
  selected,
  onSelect,
  onSearch,
  wide,
}: {
  tree: SpanTree;
  state: TreeState;
  selected: SpanNode | null;
  onSelect: (node: SpanNode) => void;
  onSearch: () => void;
  wide: boolean;
}): ReactNode {
  const { rows } = state;
  const [{ widthPx }, attachSize] = useElementSize();
  const layout = layoutFor(widthPx, wide);
  const box = useRef<HTMLDivElement>(null);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const axisPx = layout.wide ? axisHeightPx : 0;
  // A new function would make the virtualiser measure all rows again, at every scroll.
  const getItemKey = useCallback((at: number) => rows[at]?.key ?? at, [rows]);
  // The virtualiser's functions change with every scroll by design; the React Compiler is not in use here.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeightPx,
    overscan: overscanRows,
    scrollMargin: axisPx,
    scrollPaddingStart: axisPx,
    getItemKey,
  });
  const selectedAt = useMemo(
    () => (selected === null ? -1 : rows.findIndex((row) => row.type === "span" && row.node === selected)),
    [rows, selected],
  );
  const activeAt = useMemo(() => {
    const found = activeKey === null ? -1 : rows.findIndex((row) => row.key === activeKey);
    return found >= 0 ? found : selectedAt;
  }, [rows, activeKey, selectedAt]);
  const chosenKey = selected?.key;
  const searching = state.matchCount !== null;
  useLayoutEffect(() => {
    if (selectedAt >= 0) virtualizer.scrollToIndex(selectedAt, { align: "auto" });
    // Another choice scrolls, and so does the end of a search, which shows the choice among all rows again. Rows that
    // arrive or are folded leave the reader where they are.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [chosenKey, searching]);

  const activate = (at: number): void => {
    const item = rows[at];
    if (item === undefined) return;
    setActiveKey(item.key);
    virtualizer.scrollToIndex(at, { align: "auto" });
    if (item.type === "span") onSelect(item.node);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const pageRows = Math.max(1, Math.floor((box.current?.clientHeight ?? 320) / rowHeightPx) - 2);
    const command = treeCommand({ key: event.key, rows, at: activeAt, pageRows });
    if (command === null) return;
    event.preventDefault();
    event.stopPropagation();
    const item = rows[command.type === "toggle" ? command.at : -1];
    if (command.type === "move") activate(command.to);
    else if (command.type === "zoom") state.zoomBy(command.by);
    else if (command.type === "search") onSearch();
    else if (item !== undefined) state.toggle(item, command.open);
  };
  const actions = useStableActions({
    select: (item) => {
      setActiveKey(item.key);
      onSelect(item.node);
    },
    toggle: (item) => state.toggle(item, !item.expanded),
    openRun: (item) => state.toggle(item, true),
  });
  return (
    <div ref={box} className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto">
      {layout.wide ? <AxisHeader tree={tree} state={state} layout={layout} /> : null}
      <div ref={attachSize}>
        <TreeRows
          {...{ tree, state, layout, virtualizer, selectedAt, activeAt, actions, onKeyDown, axisPx }}
        />
      </div>
      {rows.length === 0 ? <p className="px-4 py-6 text-soft">No span of this trace matches.</p> : null}
    </div>
  );
}

/** Actions whose identity never changes, so that rows are drawn again only when they themselves change. */
function useStableActions(actions: TreeRowActions): TreeRowActions {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  return useMemo(
    () => ({
      select: (item) => latest.current.select(item),
      toggle: (item) => latest.current.toggle(item),
      openRun: (item) => latest.current.openRun(item),
    }),
    [],
  );
}

function AxisHeader({
  tree,
  state,
  layout,
}: {
  tree: SpanTree;
  state: TreeState;
  layout: TreeLayout;
}): ReactNode {
  return (
    <div
      className="sticky top-0 z-10 flex items-stretch border-b border-line bg-surface"
      style={{ height: axisHeightPx }}
    >
      <span
        className="flex shrink-0 items-center pl-3 text-label text-muted"
        style={{ flex: `0 0 ${layout.nameWidth}` }}
      >
        {tree.nodes.length.toLocaleString("en-US")} spans
      </span>
      <AxisBar
        window={state.window}
        durationMs={tree.durationMs}
        widthPx={layout.trackPx}
        onWindow={state.setWindow}
      />
      <span className="flex w-[68px] shrink-0 items-center justify-end pr-3 text-label text-muted">
        duration
      </span>
    </div>
  );
}

function TreeRows({
  tree,
  state,
  layout,
  virtualizer,
  selectedAt,
  activeAt,
  actions,
  onKeyDown,
  axisPx,
}: {
  tree: SpanTree;
  state: TreeState;
  layout: TreeLayout;
  virtualizer: Virtualizer<HTMLDivElement, Element>;
  selectedAt: number;
  activeAt: number;
  actions: TreeRowActions;
  onKeyDown: (event: KeyboardEvent) => void;
  axisPx: number;
}): ReactNode {
  const baseId = useId();
  const [focused, setFocused] = useState(false);
  const activeRow = state.rows[activeAt];
  const items = virtualizer.getVirtualItems();
  // At least as many places as rows on the screen; it never shrinks, since another number would move all rows.
  const [pool, setPool] = useState(1);
  if (items.length > pool) setPool(items.length);
  return (
    <div
      role="tree"
      aria-label="Spans of the trace"
      tabIndex={0}
      onFocus={(event) => {
        setFocused(true);
        // A click would leave the focus on a row, and the row goes when it is scrolled away.
        if (event.target !== event.currentTarget) event.currentTarget.focus({ preventScroll: true });
      }}
      onBlur={() => setFocused(false)}
      {...(activeRow === undefined ? {} : { "aria-activedescendant": `${baseId}-${activeRow.key}` })}
      onKeyDown={onKeyDown}
      className="relative outline-none"
      style={{ height: virtualizer.getTotalSize() }}
    >
      {layout.wide ? (
        <div
          role="presentation"
          className="pointer-events-none absolute inset-y-0"
          style={{ width: layout.trackPx, right: durationColumnPx + trackMarginPx / 2 }}
        >
          <AxisLines window={state.window} widthPx={layout.trackPx} />
        </div>
      ) : null}
      {items.map((item) => {
        const row = state.rows[item.index];
        return row === undefined ? null : (
          <TreeRow
            // By its place and not by its row: elements that scroll out at one end are written anew at the other.
            key={item.index % pool}
            item={row}
            topPx={item.start - axisPx}
            rowId={`${baseId}-${row.key}`}
            selected={item.index === selectedAt}
            active={focused && item.index === activeAt}
            wide={layout.wide}
            nameWidth={layout.nameWidth}
            trackPx={layout.trackPx}
            window={state.window}
            traceDurationMs={tree.durationMs}
            actions={actions}
          />
        );
      })}
    </div>
  );
}
