import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { TimeZone } from "../components/format.ts";
import type { Scope } from "../api/queries.ts";
import { readSearch, scopeOf, type ConsoleSearch } from "./search-params.ts";
import { writeRange, type TimeRange } from "./time-range.ts";
import { readTimeZone } from "./zoned-time.ts";

/** Changes some search parameters of the page that is open; `undefined` takes one out. */
export type ChangeSearch = (patch: ConsoleSearch, options?: { replace?: boolean }) => void;

/** The search parameters of the page that is open, and how to change them. */
export function useConsoleSearch(): { search: ConsoleSearch; changeSearch: ChangeSearch } {
  const raw = useSearch({ strict: false });
  const navigate = useNavigate();
  const search = useMemo(() => readSearch(raw), [raw]);
  const changeSearch = useCallback<ChangeSearch>(
    (patch, options) => {
      void navigate({
        to: ".",
        search: (previous: ConsoleSearch) => ({ ...previous, ...patch }),
        replace: options?.replace ?? false,
      });
    },
    [navigate],
  );
  return { search, changeSearch };
}

/** The rows that the open page is about; the same object as long as they are the same rows. */
export function useScope(): Scope {
  const { search } = useConsoleSearch();
  const { project, range, from, to, filter } = search;
  return useMemo(() => scopeOf({ project, range, from, to, filter }), [project, range, from, to, filter]);
}

/** The zone in which the open page writes times. */
export function useTimeZone(): TimeZone {
  const { zone } = useConsoleSearch().search;
  return useMemo(() => readTimeZone(zone), [zone]);
}

/** Sets the range of the open page, as the picker and a drag on any chart do. */
export function useSetRange(): (range: TimeRange) => void {
  const { changeSearch } = useConsoleSearch();
  return useCallback((range) => changeSearch(writeRange(range)), [changeSearch]);
}
