import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useConsoleSearch } from "../../app/use-console-search.ts";
import { comparisonSearch } from "./comparison-link.ts";
import { currentRows, type SelectedRows } from "./selected-rows.ts";
import type { ListView } from "./use-list-view.ts";
import type { TraceList } from "./use-trace-list.ts";

/** The way from a selection to its comparison. */
export interface Comparison {
  /** Opens the comparison of exactly two selected traces; otherwise `asked` turns true. */
  start: () => void;
  /** A comparison was just asked for that cannot be made: the selection bar says what is missing. */
  asked: boolean;
}

/** How long the sentence about what is missing stands. */
const hintMs = 6000;

/** What `D` and the selection bar's button do. */
export function useComparison(view: ListView, list: TraceList): Comparison {
  const { search } = useConsoleSearch();
  const navigate = useNavigate();
  // With another selection the sentence is no longer true.
  const [askedFor, setAskedFor] = useState<SelectedRows | null>(null);
  useEffect(() => {
    if (askedFor === null) return;
    const timer = setTimeout(() => setAskedFor(null), hintMs);
    return () => clearTimeout(timer);
  }, [askedFor]);
  const { selected } = view;
  const start = (): void => {
    const target = comparisonSearch(search, currentRows(selected, list.rows));
    if (target === null) setAskedFor(selected);
    else void navigate({ to: "/traces/compare", search: target });
  };
  return { start, asked: askedFor === selected };
}
