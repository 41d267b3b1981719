import { Link } from "@tanstack/react-router";
import type { Changes, Overview } from "@weir/schema";
import { useState, type ReactNode } from "react";
import { tracesSearch } from "../../app/search-params.ts";
import { useConsoleSearch, useTimeZone } from "../../app/use-console-search.ts";
import { Button } from "../../components/button.tsx";
import { formatInstantExact } from "../../components/format.ts";
import { RelativeTime } from "../../components/relative-time.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { changeRows, changeText } from "./changes.ts";
import { joinTerms } from "./chart-series.ts";

const shownAtFirst = 5;

/** The shape that marks a change, in charts and beside its words. */
export function ChangeMark(): ReactNode {
  return (
    <svg viewBox="0 0 8 8" className="size-2 shrink-0" aria-hidden="true">
      <path d="M4 0l4 4-4 4-4-4z" style={{ fill: "var(--text-soft)" }} />
    </svg>
  );
}

/** What changed under the calls of the range, newest first; nothing where nothing did. */
export function ChangesList({
  changes,
  failed,
  overview,
}: {
  changes: Changes | undefined;
  failed: boolean;
  overview: Overview | undefined;
}): ReactNode {
  const { search } = useConsoleSearch();
  const zone = useTimeZone();
  const [all, setAll] = useState(false);
  if (failed) {
    return (
      <section aria-label="Changes" className="border-t border-line bg-surface px-4 py-3">
        <StatusMark state="degraded" label="What changed could not be read, so the charts do not mark it." />
      </section>
    );
  }
  if (changes === undefined || overview === undefined || changes.data.length === 0) return null;
  const shown = all ? changes.data : changes.data.slice(0, shownAtFirst);
  return (
    <section aria-label="Changes" className="border-t border-line bg-surface px-4 pt-3 pb-6">
      <h2
        className="mb-1 font-medium"
        title={`New is what no call had since ${formatInstantExact(changes.comparedSince, zone)}.`}
      >
        Changes
      </h2>
      <ul className="text-table">
        {shown.map((change) => {
          const { filter, range } = changeRows(change, overview);
          return (
            <li
              key={`${change.at}\n${change.kind}\n${change.provider}\n${change.model}\n${change.after}`}
              className="border-t border-line hover:bg-hover"
            >
              <Link
                to="/traces"
                search={tracesSearch(search, { filter: joinTerms(search.filter ?? "", filter), range })}
                className="flex min-h-8 min-w-0 items-center gap-2 py-1 hover:underline"
              >
                <ChangeMark />
                <span className="min-w-0 [overflow-wrap:anywhere]">{changeText(change)}</span>
                <span className="shrink-0 text-muted">{change.provider}</span>
                <RelativeTime at={change.at} zone={zone} className="ml-auto shrink-0 text-muted" />
              </Link>
            </li>
          );
        })}
      </ul>
      {changes.data.length > shownAtFirst ? (
        <Button size="small" variant="ghost" onClick={() => setAll(!all)}>
          {all ? "Show the newest" : `Show all ${changes.data.length}`}
        </Button>
      ) : null}
      {all && changes.omitted > 0 ? (
        <p className="pt-1 text-table text-muted">
          {changes.omitted} older are left out; choose a shorter range to see them.
        </p>
      ) : null}
    </section>
  );
}
