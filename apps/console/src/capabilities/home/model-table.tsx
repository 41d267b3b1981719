import { Link } from "@tanstack/react-router";
import type { Overview } from "@weir/schema";
import type { ReactNode } from "react";
import { tracesSearch } from "../../app/search-params.ts";
import { useConsoleSearch } from "../../app/use-console-search.ts";
import { SimulatorBadge } from "../../components/badge.tsx";
import {
  exactCount,
  exactDuration,
  exactUsd,
  formatCount,
  formatDuration,
  formatShare,
  formatUsd,
} from "../../components/format.ts";
import { ModelDot } from "../../components/model-dot.tsx";
import { ScrollRegion } from "../../components/scroll-region.tsx";
import { Skeleton, skeletonWidth } from "../../components/skeleton.tsx";
import {
  atLeast,
  callsTerm,
  countedRange,
  isRest,
  joinTerms,
  modelLabel,
  modelTerms,
} from "./chart-series.ts";

type ModelFigures = Overview["models"][number];

interface FigureColumn {
  title: string;
  definition: string;
  text: (model: ModelFigures) => string;
  exact: (model: ModelFigures) => string;
  /** The term that leads to the rows of this figure, besides the model's. */
  term: (model: ModelFigures) => string;
}

const any = (): string => "";

const columns: readonly FigureColumn[] = [
  {
    title: "Calls",
    definition: "Model calls.",
    text: ({ total }) => formatCount(total.calls),
    exact: ({ total }) => exactCount(total.calls),
    term: any,
  },
  {
    title: "Errors",
    definition: "Calls that failed.",
    text: ({ total }) => formatCount(total.errors),
    exact: ({ total }) => exactCount(total.errors),
    term: () => "status:error",
  },
  {
    title: "Error share",
    definition: "Failed calls among all calls.",
    text: ({ total }) => formatShare(total.calls === 0 ? null : total.errors / total.calls),
    exact: ({ total }) => `${exactCount(total.errors)} of ${exactCount(total.calls)}`,
    term: () => "status:error",
  },
  {
    title: "Cost",
    definition: "US dollars by the price list.",
    text: ({ total }) => (total.unpricedCalls === total.calls ? "no price" : formatUsd(total.costUsd)),
    exact: ({ total }) =>
      `${exactUsd(total.costUsd)}; ${exactCount(total.unpricedCalls)} calls without a price`,
    term: any,
  },
  {
    title: "Tokens in",
    definition: "Tokens read.",
    text: ({ total }) => formatCount(total.inputTokens),
    exact: ({ total }) => exactCount(total.inputTokens),
    term: () => "input_tokens:>0",
  },
  {
    title: "Tokens out",
    definition: "Tokens written.",
    text: ({ total }) => formatCount(total.outputTokens),
    exact: ({ total }) => exactCount(total.outputTokens),
    term: () => "output_tokens:>0",
  },
  {
    title: "p50",
    definition: "Half of the calls took no longer.",
    text: ({ total }) => formatDuration(total.latencyMs.p50),
    exact: ({ total }) => exactDuration(total.latencyMs.p50),
    term: ({ total }) => atLeast("latency", total.latencyMs.p50),
  },
  {
    title: "p95",
    definition: "95 of 100 calls took no longer.",
    text: ({ total }) => formatDuration(total.latencyMs.p95),
    exact: ({ total }) => exactDuration(total.latencyMs.p95),
    term: ({ total }) => atLeast("latency", total.latencyMs.p95),
  },
  {
    title: "TTFT p50",
    definition: "Half of the streamed answers showed their first token within this time.",
    text: ({ total }) => formatDuration(total.ttftMs.p50),
    exact: ({ total }) => exactDuration(total.ttftMs.p50),
    term: ({ total }) => atLeast("ttft", total.ttftMs.p50),
  },
  {
    title: "TTFT p95",
    definition: "95 of 100 streamed answers showed their first token within this time.",
    text: ({ total }) => formatDuration(total.ttftMs.p95),
    exact: ({ total }) => exactDuration(total.ttftMs.p95),
    term: ({ total }) => atLeast("ttft", total.ttftMs.p95),
  },
];

/** Each model's figures over the range; every one opens its rows. */
export function ModelTable({ overview }: { overview: Overview | undefined }): ReactNode {
  const { search } = useConsoleSearch();
  const shown = overview?.models ?? [];
  const target = (term: string, more: string) =>
    tracesSearch(search, {
      filter: joinTerms(search.filter ?? "", callsTerm, term, more),
      ...(overview === undefined ? {} : { range: countedRange(overview) }),
    });
  return (
    <section aria-label="Models" className="bg-surface px-4 pt-3 pb-6">
      <h2 className="mb-1 font-medium">By model</h2>
      <ScrollRegion label="Figures by model" className="overflow-x-auto">
        <table className="w-full text-table">
          <thead className="text-label text-muted">
            <tr className="h-7">
              <th className="text-left font-normal">Model</th>
              {columns.map((column) => (
                <th
                  key={column.title}
                  title={column.definition}
                  className="px-2 text-right font-normal whitespace-nowrap"
                >
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {overview === undefined
              ? [0, 1, 2].map((row) => (
                  <tr key={row} className="h-8 border-t border-line">
                    {[{ title: "Model" }, ...columns].map(({ title }, at) => (
                      <td key={title} className="px-2">
                        <Skeleton width={skeletonWidth(row, at)} className={at === 0 ? "" : "ml-auto"} />
                      </td>
                    ))}
                  </tr>
                ))
              : overview.models.map((model) => {
                  const term = modelTerms(model, shown);
                  return (
                    <tr
                      key={`${model.provider}/${model.model}`}
                      className="h-8 border-t border-line hover:bg-hover"
                    >
                      <td className="max-w-80 pr-2">
                        <Link
                          to="/traces"
                          search={target(term, "")}
                          className="flex min-w-0 items-center gap-2 hover:underline"
                          title={`${model.provider}/${model.model}`}
                        >
                          <ModelDot model={isRest(model) ? "" : model.model} />
                          <span className="truncate">{modelLabel(model, shown)}</span>
                          <span className="shrink-0 text-muted">{model.provider}</span>
                          {model.provider === "sim" ? <SimulatorBadge /> : null}
                        </Link>
                      </td>
                      {columns.map((column) => (
                        <td key={column.title} className="px-2 text-right whitespace-nowrap">
                          <Link
                            to="/traces"
                            search={target(term, column.term(model))}
                            title={column.exact(model)}
                            className="hover:underline"
                          >
                            {column.text(model)}
                          </Link>
                        </td>
                      ))}
                    </tr>
                  );
                })}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  );
}
