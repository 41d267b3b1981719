import { Link } from "@tanstack/react-router";
import type { Overview, OverviewFigures } from "@weir/schema";
import type { ReactNode } from "react";
import { tracesSearch } from "../../app/search-params.ts";
import { rangeLengthMs, readRange } from "../../app/time-range.ts";
import { useConsoleSearch } from "../../app/use-console-search.ts";
import {
  exactCount,
  exactDuration,
  exactUsd,
  formatChange,
  formatCount,
  formatDuration,
  formatShare,
  formatUsd,
} from "../../components/format.ts";
import { Skeleton } from "../../components/skeleton.tsx";
import { Tooltip } from "../../components/tooltip.tsx";
import { atLeast, callsTerm, countedRange, joinTerms } from "./chart-series.ts";

/** One large figure of the home page. */
interface HeadlineFigure {
  label: string;
  definition: string;
  value: (figures: OverviewFigures) => number | null;
  format: (value: number | null) => string;
  exact: (value: number | null) => string;
  /** Whether more of it is worse, better, or neither: that decides the colour of the change. */
  more: "worse" | "neutral";
  filter: (figures: OverviewFigures) => string;
  /** A second, smaller figure beside it. */
  aside?: (figures: OverviewFigures) => string;
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

const figures: readonly HeadlineFigure[] = [
  {
    label: "Calls",
    definition: "Model calls in the range.",
    value: ({ calls }) => calls,
    format: formatCount,
    exact: exactCount,
    more: "neutral",
    filter: () => "",
  },
  {
    label: "Errors",
    definition: "Calls that ended in an error, and their share of all calls.",
    value: ({ errors }) => errors,
    format: formatCount,
    exact: exactCount,
    more: "worse",
    filter: () => "status:error",
    aside: ({ errors, calls }) => formatShare(share(errors, calls)),
  },
  {
    label: "Cost",
    definition: "US dollars by the price list; calls whose model has no price are left out.",
    value: ({ costUsd }) => costUsd,
    format: formatUsd,
    exact: exactUsd,
    more: "neutral",
    filter: () => "cost:>0",
    aside: ({ unpricedCalls }) => (unpricedCalls === 0 ? "" : `${formatCount(unpricedCalls)} unpriced`),
  },
  {
    label: "Tokens",
    definition: "Tokens read and written by models.",
    value: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
    format: formatCount,
    exact: exactCount,
    more: "neutral",
    filter: () => "tokens:>0",
    aside: ({ outputTokens }) => `${formatCount(outputTokens)} out`,
  },
  {
    label: "Latency p95",
    definition: "95 of 100 calls took no longer than this, from the request’s arrival to the answer’s end.",
    value: ({ latencyMs }) => latencyMs.p95,
    format: formatDuration,
    exact: exactDuration,
    more: "worse",
    filter: ({ latencyMs }) => atLeast("latency", latencyMs.p95),
    aside: ({ latencyMs }) => (latencyMs.p50 === null ? "" : `p50 ${formatDuration(latencyMs.p50)}`),
  },
  {
    label: "TTFT p95",
    definition: "95 of 100 streamed answers showed their first token within this time.",
    value: ({ ttftMs }) => ttftMs.p95,
    format: formatDuration,
    exact: exactDuration,
    more: "worse",
    filter: ({ ttftMs }) => atLeast("ttft", ttftMs.p95),
    aside: ({ ttftMs }) => (ttftMs.p50 === null ? "" : `p50 ${formatDuration(ttftMs.p50)}`),
  },
];

/** The range in six figures, each with its change against the window before and the way to its rows. */
export function FiguresStrip({ overview }: { overview: Overview | undefined }): ReactNode {
  return (
    <ul className="grid grid-cols-2 gap-px bg-line narrow:grid-cols-3 wide:grid-cols-6">
      {figures.map((figure) => (
        <li key={figure.label} className="min-w-0 bg-surface">
          {overview === undefined ? (
            <div className="flex flex-col px-4 py-3">
              <span className="text-label text-muted">{figure.label}</span>
              <span className="flex h-9 items-center">
                <Skeleton className="h-6" width={72} />
              </span>
              <span className="flex h-4 items-center">
                <Skeleton width={96} />
              </span>
            </div>
          ) : (
            <FigureLink figure={figure} overview={overview} />
          )}
        </li>
      ))}
    </ul>
  );
}

function FigureLink({ figure, overview }: { figure: HeadlineFigure; overview: Overview }): ReactNode {
  const { search } = useConsoleSearch();
  const value = figure.value(overview.total);
  const before = figure.value(overview.previous);
  const change = formatChange(value, before);
  const compared = overview.previous.calls > 0 && value !== null && before !== null;
  const worse = figure.more === "worse" && compared && value > before * 1.1;
  const filter = joinTerms(search.filter ?? "", callsTerm, figure.filter(overview.total));
  const aside = figure.aside?.(overview.total) ?? "";
  const length =
    readRange(search).kind === "absolute" ? "window" : shortLength(rangeLengthMs(readRange(search)));
  return (
    <Tooltip
      side="bottom"
      align="start"
      content={
        <span className="block">
          <span className="block font-medium">{figure.exact(value)}</span>
          <span className="block text-soft">{figure.definition}</span>
          <span className="block text-muted">
            The {length} before: {figure.exact(before)}
          </span>
        </span>
      }
    >
      <Link
        to="/traces"
        search={tracesSearch(search, { filter, range: countedRange(overview) })}
        className="group flex flex-col py-3 pr-1 pl-4 -outline-offset-2 hover:bg-hover"
      >
        <span className="flex justify-between gap-2 pr-2 text-label text-muted">
          <span className="truncate">{figure.label}</span>
          <span className="whitespace-nowrap">{aside}</span>
        </span>
        <span className="h-9 text-figure font-medium tracking-[-0.02em] whitespace-nowrap">
          {figure.format(value)}
        </span>
        <span className={`truncate text-table ${worse ? "text-bad-text" : "text-muted"}`}>
          {change === null
            ? compared
              ? `${figure.format(before)} before`
              : `nothing in the ${length} before`
            : `${worse ? "▲ " : ""}${change} vs ${length} before`}
        </span>
      </Link>
    </Tooltip>
  );
}

function shortLength(ms: number): string {
  if (ms % 86_400_000 === 0) return ms === 86_400_000 ? "24 h" : `${ms / 86_400_000} d`;
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  return `${Math.round(ms / 60_000)} min`;
}
