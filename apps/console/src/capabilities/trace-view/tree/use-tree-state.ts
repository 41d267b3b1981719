import { useDeferredValue, useMemo, useState } from "react";
import { createSpanSearch } from "./span-search.ts";
import type { SpanNode, SpanTree } from "./span-tree.ts";
import { zoomWindow, type TimeWindow } from "./time-axis.ts";
import {
  collapseAll,
  matchingRows,
  revealSpan,
  visibleRows,
  type TreeFolding,
  type TreeRowItem,
} from "./visible-rows.ts";

const nothingFolded: TreeFolding = { collapsed: new Set(), openRuns: new Set() };

export type ZoomStep = "in" | "out" | "all" | "span";

/** What a reader has done to the tree: folded, searched, zoomed. None of it outlives the view. */
export interface TreeState {
  rows: TreeRowItem[];
  query: string;
  setQuery: (query: string) => void;
  errorsOnly: boolean;
  setErrorsOnly: (errorsOnly: boolean) => void;
  /** Spans that match; null while nothing is searched for. */
  matchCount: number | null;
  toggle: (item: TreeRowItem, open: boolean) => void;
  foldAll: () => void;
  unfoldAll: () => void;
  window: TimeWindow;
  zoomed: boolean;
  setWindow: (window: TimeWindow) => void;
  zoomBy: (step: ZoomStep) => void;
}

export function useTreeState(tree: SpanTree, selected: SpanNode | null): TreeState {
  const [folding, setFolding] = useState(() =>
    selected === null ? nothingFolded : revealSpan(nothingFolded, selected, tree),
  );
  const [query, setQuery] = useState("");
  const [errorsOnly, setErrorsOnly] = useState(false);
  const search = useMemo(() => createSpanSearch(tree), [tree]);
  const needle = useDeferredValue(query);
  const matches = useMemo(() => search.find(needle, errorsOnly), [search, needle, errorsOnly]);
  const rows = useMemo<TreeRowItem[]>(
    () => (matches === null ? visibleRows(tree, folding) : matchingRows(tree, matches)),
    [tree, folding, matches],
  );

  // A span chosen elsewhere (a link, the URL) may lie in a closed branch: it is opened before it is shown.
  const selectedKey = selected?.key ?? "";
  const [revealedKey, setRevealedKey] = useState(selectedKey);
  if (selectedKey !== revealedKey) {
    setRevealedKey(selectedKey);
    if (selected !== null) setFolding((now) => revealSpan(now, selected, tree));
  }

  const toggle = (item: TreeRowItem, open: boolean): void => {
    // While a search is on, the rows are what matched; folding them would hide what was asked for.
    if (matches !== null) return;
    if (item.type === "run") {
      setFolding((now) => ({ ...now, openRuns: new Set([...now.openRuns, item.key]) }));
      return;
    }
    setFolding((now) => {
      const collapsed = new Set(now.collapsed);
      if (open) collapsed.delete(item.node.key);
      else collapsed.add(item.node.key);
      return { ...now, collapsed };
    });
  };
  return {
    rows,
    query,
    setQuery,
    errorsOnly,
    setErrorsOnly,
    matchCount: matches === null ? null : matches.size,
    toggle,
    foldAll: () => setFolding({ collapsed: collapseAll(tree), openRuns: new Set() }),
    unfoldAll: () => setFolding((now) => ({ collapsed: new Set(), openRuns: now.openRuns })),
    ...useZoom(tree, selected),
  };
}

function useZoom(
  tree: SpanTree,
  selected: SpanNode | null,
): Pick<TreeState, "window" | "zoomed" | "setWindow" | "zoomBy"> {
  const [zoom, setWindow] = useState<TimeWindow | null>(null);
  const durationMs = Math.max(tree.durationMs, 0.001);
  const window = zoom ?? { fromMs: 0, toMs: durationMs };
  const zoomBy = (step: ZoomStep): void => {
    if (step === "all") {
      setWindow(null);
    } else if (step === "span") {
      if (selected === null) return;
      const marginMs = Math.max(selected.span.durationMs / 20, durationMs / 10_000);
      setWindow({
        fromMs: Math.max(0, selected.startMs - marginMs),
        toMs: Math.min(durationMs, selected.endMs + marginMs),
      });
    } else {
      const wished = selected === null ? (window.fromMs + window.toMs) / 2 : selected.startMs;
      const aroundMs = Math.min(window.toMs, Math.max(window.fromMs, wished));
      const next = zoomWindow({ window, aroundMs, factor: step === "in" ? 0.5 : 2, durationMs });
      setWindow(next.toMs - next.fromMs >= durationMs ? null : next);
    }
  };
  return { window, zoomed: zoom !== null, setWindow, zoomBy };
}
