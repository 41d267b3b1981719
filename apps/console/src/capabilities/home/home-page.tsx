import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Changes, Overview } from "@weir/schema";
import { clsx } from "clsx";
import { X } from "lucide-react";
import { useMemo, type ReactNode } from "react";
import { answerOf, failureOf } from "../../api/persistence.ts";
import { anyTraceQuery, changesQuery, keepWithinProject, overviewQuery } from "../../api/queries.ts";
import { tracesSearch } from "../../app/search-params.ts";
import { rangeBetween } from "../../app/time-range.ts";
import { useConsoleSearch, useScope, useSetRange, useTimeZone } from "../../app/use-console-search.ts";
import { Button } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { FirstCall } from "../quickstart/first-call.tsx";
import { ChangesList } from "./changes-list.tsx";
import { chartMarks } from "./changes.ts";
import { ChartPanel, ChartSkeleton } from "./chart-panel.tsx";
import { callsTerm, countedRange, homeCharts, joinTerms } from "./chart-series.ts";
import { FiguresStrip } from "./figures-strip.tsx";
import { ModelTable } from "./model-table.tsx";

/** How the project's calls are doing: figures, charts, models; each of them leads to its rows. */
export function HomePage(): ReactNode {
  const scope = useScope();
  const any = useQuery(anyTraceQuery(scope.project));
  if (any.data === false) return <FirstCall project={scope.project} />;
  return <Dashboard />;
}

function Dashboard(): ReactNode {
  const scope = useScope();
  const { search, changeSearch } = useConsoleSearch();
  const live = search.live === "on" && scope.range.kind === "relative";
  const query = useQuery({
    ...overviewQuery(scope),
    refetchInterval: live ? 5000 : false,
    placeholderData: keepWithinProject(scope),
  });
  const changesAnswer = useQuery({
    ...changesQuery(scope),
    refetchInterval: live ? 60_000 : false,
    placeholderData: keepWithinProject(scope),
  });
  const changes = answerOf(changesAnswer);
  const { isPlaceholderData, refetch } = query;
  const data = answerOf(query);
  const error = failureOf(query);
  if (error !== null && data === undefined) {
    return (
      <div className="min-h-0 flex-1 overflow-auto">
        <ErrorState
          title="The figures could not be read"
          error={error}
          stillWorks="Calls are served and recorded; nothing is lost while this page cannot show them."
          onRetry={() => void refetch()}
        />
      </div>
    );
  }
  return (
    <div
      aria-busy={data === undefined || isPlaceholderData}
      // Figures of the range or filter before are seen to be old when the new ones take their time.
      className={clsx(
        "min-h-0 flex-1 overflow-auto transition-opacity",
        isPlaceholderData && "opacity-60 delay-300",
      )}
    >
      {error === null ? null : (
        <output className="block border-b border-line bg-warn-soft px-4 py-1.5 text-table">
          <StatusMark
            state="degraded"
            label="These figures are no longer renewed: the last attempt failed."
          />
        </output>
      )}
      {search.filter === undefined ? null : (
        <p className="flex items-center gap-2 border-b border-line px-4 py-1.5">
          <span className="text-muted">Only</span> <code className="truncate">{search.filter}</code>
          <Button size="small" variant="ghost" onClick={() => changeSearch({ filter: undefined })}>
            <X /> Show all
          </Button>
        </p>
      )}
      <div className="border-b border-line">
        <FiguresStrip overview={data} />
      </div>
      <Charts overview={data} changes={changes} />
      <ModelTable overview={data} />
      <ChangesList
        changes={changes}
        failed={changes === undefined && failureOf(changesAnswer) !== null}
        overview={data}
      />
    </div>
  );
}

function Charts({
  overview,
  changes,
}: {
  overview: Overview | undefined;
  changes: Changes | undefined;
}): ReactNode {
  const { search, changeSearch } = useConsoleSearch();
  const zone = useTimeZone();
  const setRange = useSetRange();
  const navigate = useNavigate();
  const split = search.tab === "models";
  const charts = useMemo(
    () => (overview === undefined ? [] : homeCharts(overview, { split })),
    [overview, split],
  );
  const marks = useMemo(() => chartMarks(changes?.data ?? []), [changes]);
  return (
    <div className="relative grid grid-cols-1 gap-px border-b border-line bg-line medium:grid-cols-2">
      {overview === undefined
        ? ["Calls", "Errors", "Latency", "Time to first token", "Cost", "Tokens"].map((title) => (
            <ChartSkeleton key={title} title={title} />
          ))
        : charts.map((content) => (
            <ChartPanel
              key={content.id}
              content={content}
              from={Date.parse(overview.from)}
              to={Date.parse(overview.to)}
              zone={zone}
              marks={marks}
              {...(content.kind === "lines"
                ? {
                    split,
                    onSplit: () => changeSearch({ tab: split ? undefined : "models" }, { replace: true }),
                  }
                : {})}
              onZoom={(bounds) => setRange(rangeBetween(bounds))}
              onOpen={({ filter, bucket }) => {
                const start = bucket === null ? undefined : content.times[bucket];
                const range = countedRange(overview, start);
                const terms = joinTerms(search.filter ?? "", callsTerm, filter);
                void navigate({ to: "/traces", search: tracesSearch(search, { filter: terms, range }) });
              }}
            />
          ))}
    </div>
  );
}
