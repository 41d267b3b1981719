import { formatFilter, type Overview, type OverviewFigures } from "@weir/schema";
import {
  exactCount,
  exactDuration,
  exactUsd,
  formatCount,
  formatDuration,
  formatUsd,
} from "../../components/format.ts";
import { rangeBetween, type TimeRange } from "../../app/time-range.ts";
import { modelColour } from "../../components/model-colour.ts";

/** One line or one layer of bars; a value per bucket, null where nothing was measured. */
export interface ChartSeries {
  key: string;
  label: string;
  /** A CSS colour, possibly a `var()`. */
  colour: string;
  /** Tells apart models that share a hue: 0 for the first of them, then a lighter, a darker and a paler one. */
  variant: number;
  values: readonly (number | null)[];
  /** The figure of the whole range. */
  total: number | null;
  /** The rows behind a bucket of it: a filter, given the bucket's value. */
  filter: (value: number | null) => string;
}

/** Everything that a chart, its table and its CSV show. */
export interface ChartContent {
  id: string;
  title: string;
  definition: string;
  kind: "bars" | "lines";
  logarithmic: boolean;
  /** Of things that are counted: an axis with a half call on it would be wrong. */
  whole: boolean;
  /** What the values are in, for the table that has nothing but figures; empty for counts. */
  unit: "" | "ms" | "USD";
  format: (value: number | null) => string;
  exact: (value: number | null) => string;
  /** Starts of the buckets, milliseconds. */
  times: readonly number[];
  bucketMs: number;
  series: readonly ChartSeries[];
}

type PickFigure = (figures: OverviewFigures) => number | null;

/** A term of the grammar that asks a field for exactly this value. */
export function fieldTerm(field: string, value: string): string {
  return formatFilter([
    { type: "field", field, operator: "is", negated: false, values: [{ text: value, prefix: false }] },
  ]);
}

/** What counts as a call on the home page; every link from it asks for the same. */
export const callsTerm = "kind:(generation OR embedding)";

type ModelOfOverview = Pick<Overview["models"][number], "model" | "provider">;

/** The API sums the models beyond the busiest under this name, without a provider. */
export function isRest({ model, provider }: ModelOfOverview): boolean {
  return model === "other" && provider === "";
}

/** The terms of one model; for the sum of the rest, everything but the models that are shown. */
export function modelTerms(model: ModelOfOverview, shown: readonly ModelOfOverview[]): string {
  if (!isRest(model)) {
    return joinTerms(
      fieldTerm("model", model.model),
      model.provider === "" ? "" : fieldTerm("provider", model.provider),
    );
  }
  const values = [...new Set(shown.filter((each) => !isRest(each)).map((each) => each.model))];
  if (values.length === 0) return "";
  return formatFilter([
    {
      type: "field",
      field: "model",
      operator: "is",
      negated: true,
      values: values.map((text) => ({ text, prefix: false })),
    },
  ]);
}

/** `gpt-5`, or `provider/model` where the bare name is not enough: two providers have it, or it is simulated. */
export function modelLabel(model: ModelOfOverview, shown: readonly ModelOfOverview[]): string {
  if (isRest(model)) return "other models";
  if (model.model === "") return "(no model)";
  const ambiguous = shown.filter((each) => each.model === model.model).length > 1;
  return ambiguous || model.provider === "sim" ? `${model.provider}/${model.model}` : model.model;
}

/**
 * Exactly the time that the figures are about, or one bucket of it: the API widens what it was asked for to whole
 * buckets, and a relative range would have moved on by the time a link is followed.
 */
export function countedRange(
  { from, to, bucketMs }: Pick<Overview, "from" | "to" | "bucketMs">,
  bucketAt?: number,
): TimeRange {
  const end = Date.parse(to);
  if (bucketAt === undefined) return rangeBetween({ start: Date.parse(from), end });
  return rangeBetween({ start: bucketAt, end: Math.min(bucketAt + bucketMs, end) });
}

/** Terms that a filter joins by AND; empty ones are left out. */
export function joinTerms(...terms: readonly string[]): string {
  return terms.filter((term) => term !== "").join(" ");
}

/** How many looks one hue has. */
const seriesVariants = 4;

/** The colour that a series is painted in: its hue, or a shade of it for the second and later ones of that hue. */
export function shadeOf({ colour, variant }: Pick<ChartSeries, "colour" | "variant">): string {
  if (variant === 1) return `color-mix(in oklab, ${colour} 52%, var(--surface))`;
  if (variant === 2) return `color-mix(in oklab, ${colour} 58%, var(--text))`;
  if (variant === 3) return `color-mix(in oklab, ${colour} 30%, var(--chart-rest))`;
  return colour;
}

/** Dashes of a line, in pixels; the first of a hue is drawn through. */
export function dashOf({ variant }: Pick<ChartSeries, "variant">): number[] {
  return [[], [6, 4], [2, 3], [8, 3, 2, 3]][variant] ?? [];
}

/** Series by model: each in its own hue, those that share one in shades of it. */
function byModel(
  overview: Overview,
  pick: PickFigure,
  term: (value: number | null) => string,
): ChartSeries[] {
  const shown = overview.models;
  const used = new Map<string, number>();
  return shown.map((model) => {
    const colour = isRest(model) ? modelColour("") : modelColour(model.model);
    const variant = used.get(colour) ?? 0;
    used.set(colour, variant + 1);
    return {
      key: `${model.provider}/${model.model}`,
      label: modelLabel(model, shown),
      colour,
      variant: variant % seriesVariants,
      values: model.series.map(({ figures }) => pick(figures)),
      total: pick(model.total),
      filter: (value) => joinTerms(modelTerms(model, shown), term(value)),
    };
  });
}

function overall(
  overview: Overview,
  lines: readonly {
    key: string;
    colour: string;
    pick: PickFigure;
    term: (value: number | null) => string;
  }[],
): ChartSeries[] {
  return lines.map(({ key, colour, pick, term }) => ({
    key,
    label: key,
    colour,
    variant: 0,
    values: overview.series.map(({ figures }) => pick(figures)),
    total: pick(overview.total),
    filter: term,
  }));
}

/** `latency:>=812ms`: what lies at a percentile or above it; nothing when nothing was measured. */
export function atLeast(field: "latency" | "ttft", value: number | null): string {
  return value === null ? "" : `${field}:>=${Math.round(value * 1000) / 1000}ms`;
}

const counts = {
  unit: "",
  format: formatCount,
  exact: exactCount,
  kind: "bars",
  logarithmic: false,
  whole: true,
} as const;
const durations = {
  unit: "ms",
  format: formatDuration,
  exact: exactDuration,
  kind: "lines",
  logarithmic: true,
  whole: false,
} as const;

function timesOf(overview: Overview): { times: number[]; bucketMs: number } {
  return { times: overview.series.map(({ at }) => Date.parse(at)), bucketMs: overview.bucketMs };
}

function percentiles(overview: Overview, field: "latencyMs" | "ttftMs", split: boolean): ChartSeries[] {
  const name = field === "latencyMs" ? "latency" : "ttft";
  const term = (value: number | null): string => atLeast(name, value);
  if (split) return byModel(overview, (figures) => figures[field].p95, term);
  return overall(overview, [
    { key: "p95", colour: "var(--chart-1)", pick: (figures) => figures[field].p95, term },
    { key: "p50", colour: "var(--chart-7)", pick: (figures) => figures[field].p50, term },
  ]);
}

const any = (): string => "";

/** Bars stacked by model. */
function stackedByModel(
  overview: Overview,
  chart: Omit<
    ChartContent,
    "series" | "times" | "bucketMs" | "kind" | "logarithmic" | "whole" | "unit" | "format" | "exact"
  > &
    Partial<ChartContent> & { pick: PickFigure; term: (value: number | null) => string },
): ChartContent {
  const { pick, term, ...rest } = chart;
  return { ...counts, ...timesOf(overview), ...rest, series: byModel(overview, pick, term) };
}

function tokenChart(overview: Overview): ChartContent {
  return {
    ...counts,
    ...timesOf(overview),
    id: "tokens",
    title: "Tokens",
    definition: "Tokens read and written by models.",
    series: overall(overview, [
      {
        key: "input",
        colour: "var(--chart-1)",
        pick: (figures) => figures.inputTokens,
        term: () => "input_tokens:>0",
      },
      {
        key: "output",
        colour: "var(--chart-3)",
        pick: (figures) => figures.outputTokens,
        term: () => "output_tokens:>0",
      },
    ]),
  };
}

/** The charts of the home page. `split` shows the p95 of each model instead of the percentiles of all. */
export function homeCharts(overview: Overview, { split }: { split: boolean }): ChartContent[] {
  const time = timesOf(overview);
  const percentileWords = split ? "p95 of each model" : "p50 and p95 of all calls";
  return [
    stackedByModel(overview, {
      id: "calls",
      title: "Calls",
      definition: "Model calls that ended in the bucket, by model.",
      pick: (figures) => figures.calls,
      term: any,
    }),
    stackedByModel(overview, {
      id: "errors",
      title: "Errors",
      definition: "Calls that ended in an error, by model.",
      pick: (figures) => figures.errors,
      term: () => "status:error",
    }),
    {
      ...durations,
      ...time,
      id: "latency",
      title: "Latency",
      definition: `Whole duration of a call: ${percentileWords}. Logarithmic.`,
      series: percentiles(overview, "latencyMs", split),
    },
    {
      ...durations,
      ...time,
      id: "ttft",
      title: "Time to first token",
      definition: `From the request’s arrival to the first token of a streamed answer: ${percentileWords}. Logarithmic.`,
      series: percentiles(overview, "ttftMs", split),
    },
    stackedByModel(overview, {
      id: "cost",
      title: "Cost",
      definition: "US dollars by the price list, by model. Models without a price are left out.",
      whole: false,
      unit: "USD",
      format: formatUsd,
      exact: exactUsd,
      pick: (figures) => figures.costUsd,
      term: () => "cost:>0",
    }),
    tokenChart(overview),
  ];
}

/** Layers of stacked bars: each value with everything below it added. */
export function stack(series: readonly ChartSeries[]): number[][] {
  const sums: number[] = [];
  return series.map(({ values }) =>
    values.map((value, at) => {
      const sum = (sums[at] ?? 0) + (value ?? 0);
      sums[at] = sum;
      return sum;
    }),
  );
}

/** The series that a point of the chart belongs to: the layer it lies in, or the nearest line. */
export function seriesAt(
  content: ChartContent,
  { bucket, value }: { bucket: number; value: number },
): ChartSeries | undefined {
  if (content.kind === "bars") {
    const layers = stack(content.series);
    const at = layers.findIndex((layer) => (layer[bucket] ?? 0) >= value && (layer[bucket] ?? 0) > 0);
    return at < 0 ? undefined : content.series[at];
  }
  const distance = (series: ChartSeries): number => {
    const own = series.values[bucket];
    if (own === null || own === undefined || own <= 0 || value <= 0) return Number.POSITIVE_INFINITY;
    return Math.abs(Math.log(own) - Math.log(value));
  };
  const nearest = content.series.toSorted((left, right) => distance(left) - distance(right))[0];
  return nearest !== undefined && Number.isFinite(distance(nearest)) ? nearest : undefined;
}

/** The chart as rows of text and numbers: a header, then one row per bucket, with what changed in it. */
export function chartRows(
  content: ChartContent,
  changesIn: (bucket: number) => string,
): (string | number | null)[][] {
  const unit = content.unit === "" ? "" : ` (${content.unit})`;
  const header = ["time", ...content.series.map(({ label }) => label + unit), "changes"];
  const rows = content.times.map((time, at) => [
    new Date(time).toISOString(),
    ...content.series.map(({ values }) => values[at] ?? null),
    changesIn(at),
  ]);
  return [header, ...rows];
}
