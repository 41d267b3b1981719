import { ArrowUp, SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { describeFailure } from "../../api/failure.ts";
import type { Scope } from "../../api/queries.ts";
import { rangePresets, rangeLengthMs, readSpan } from "../../app/time-range.ts";
import { useSetRange } from "../../app/use-console-search.ts";
import { Button } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { exactCount } from "../../components/format.ts";
import { StatusMark } from "../../components/status-mark.tsx";
import type { TraceList } from "./use-trace-list.ts";

/** Rows that arrived while the reader looks elsewhere in the list. */
export function WaitingPill({
  count,
  more,
  onShow,
}: {
  count: number;
  more: boolean;
  onShow: () => void;
}): ReactNode {
  return (
    <div aria-live="polite" className="pointer-events-none absolute inset-x-0 top-9 z-20 flex justify-center">
      {count === 0 ? null : (
        <button
          type="button"
          onClick={onShow}
          className="enter-float pointer-events-auto flex h-7 items-center gap-1.5 rounded-full bg-accent-fill px-3 font-medium text-on-accent shadow-float hover:bg-accent-fill-hover"
        >
          <ArrowUp className="size-3.5" />
          {count}
          {more ? "+" : ""} new
        </button>
      )}
    </div>
  );
}

/** The list is there but no longer renewed. */
export function RefreshNotice({ error }: { error: unknown }): ReactNode {
  if (error === null || error === undefined) return null;
  const { detail, requestId } = describeFailure(error);
  return (
    <output className="flex shrink-0 items-center gap-2 border-b border-line bg-warn-soft px-3 py-1.5 text-table">
      <StatusMark state="degraded" label="New traces cannot be read at the moment." className="shrink-0" />
      <span className="min-w-0 truncate text-soft">{detail}</span>
      {requestId === "" ? null : <code className="ml-auto shrink-0">{requestId}</code>}
    </output>
  );
}

/** What stands under the last row. */
export function ListEnd({ list }: { list: TraceList }): ReactNode {
  if (!list.ready || list.rows.length === 0) return null;
  return (
    <output className="sticky left-0 flex h-8 w-fit items-center px-3 text-table text-muted">
      {list.hasMore
        ? list.loadingMore
          ? "Reading more…"
          : `${exactCount(list.rows.length)} read; more below`
        : `${exactCount(list.rows.length)} ${list.rows.length === 1 ? "trace" : "traces"}, no more in this range`}
    </output>
  );
}

/** Nothing matches although there are traces: take the filter away, or look further back. */
export function NoMatches({
  scope,
  onFilter,
}: {
  scope: Scope;
  onFilter: (filter: string) => void;
}): ReactNode {
  const setRange = useSetRange();
  const longer = rangePresets.find(({ last }) => (readSpan(last) ?? 0) > rangeLengthMs(scope.range));
  return (
    <div className="sticky left-0 w-fit max-w-full">
      <EmptyState
        icon={<SearchX />}
        title="No trace matches"
        action={
          <>
            {scope.filter === "" ? null : <Button onClick={() => onFilter("")}>Clear the query</Button>}
            {longer === undefined ? null : (
              <Button onClick={() => setRange({ kind: "relative", last: longer.last })}>
                {longer.label}
              </Button>
            )}
          </>
        }
      >
        {scope.filter === ""
          ? "Nothing was recorded in this range."
          : "There are traces in this project, but none that the query fits in this range."}
      </EmptyState>
    </div>
  );
}
