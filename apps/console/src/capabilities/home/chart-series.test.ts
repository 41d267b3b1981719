import type { Overview, OverviewFigures } from "@weir/schema";
import { parseFilter } from "@weir/schema";
import { expect, it } from "vitest";
import {
  chartRows,
  countedRange,
  homeCharts,
  modelLabel,
  modelTerms,
  seriesAt,
  shadeOf,
  stack,
} from "./chart-series.ts";

function figures(patch: Partial<OverviewFigures> = {}): OverviewFigures {
  return {
    calls: 0,
    errors: 0,
    costUsd: 0,
    unpricedCalls: 0,
    inputTokens: 0,
    outputTokens: 0,
    latencyMs: { p50: null, p95: null },
    ttftMs: { p50: null, p95: null },
    ...patch,
  };
}

const times = ["2026-11-21T10:00:00Z", "2026-11-21T10:05:00Z"];

function model(name: string, provider: string, calls: [number, number]): Overview["models"][number] {
  return {
    model: name,
    provider,
    total: figures({ calls: calls[0] + calls[1] }),
    series: times.map((at, index) => ({ at, figures: figures({ calls: calls[index] ?? 0 }) })),
  };
}

const overview: Overview = {
  from: times[0] ?? "",
  to: "2026-11-21T10:10:00Z",
  bucketMs: 300_000,
  total: figures({ calls: 16, latencyMs: { p50: 100, p95: 900 } }),
  previous: figures(),
  series: times.map((at) => ({ at, figures: figures({ latencyMs: { p50: 100, p95: 900.1234 } }) })),
  models: [model("gpt-5", "openai", [3, 5]), model("gpt-5", "azure", [1, 0]), model("other", "", [2, 5])],
};

const calls = homeCharts(overview, { split: false })[0];
if (calls === undefined) throw new Error("there is no chart of calls");

it("stacks models and finds the one that was clicked", () => {
  expect(stack(calls.series)).toEqual([
    [3, 5],
    [4, 5],
    [6, 10],
  ]);
  expect(seriesAt(calls, { bucket: 0, value: 3.5 })?.key).toBe("azure/gpt-5");
  expect(seriesAt(calls, { bucket: 1, value: 7 })?.key).toBe("/other");
  expect(seriesAt(calls, { bucket: 0, value: 99 })).toBeUndefined();
});

it("tells two providers' models apart by name, and by more than their common hue", () => {
  expect(calls.series.map(({ label }) => label)).toEqual(["openai/gpt-5", "azure/gpt-5", "other models"]);
  expect(calls.series.map(({ variant }) => variant)).toEqual([0, 1, 0]);
  expect(new Set(calls.series.map(shadeOf)).size).toBe(3);
  expect(modelLabel({ model: "echo", provider: "sim" }, [])).toBe("sim/echo");
});

it("leads to the rows of a model, and of the rest, in readable filters", () => {
  const [first, , rest] = overview.models;
  if (first === undefined || rest === undefined) throw new Error("the overview has three models");
  expect(modelTerms(first, overview.models)).toBe("model:gpt-5 provider:openai");
  expect(modelTerms(rest, overview.models)).toBe("-model:gpt-5");
  const latency = homeCharts(overview, { split: false }).find(({ id }) => id === "latency");
  const filter = latency?.series[0]?.filter(900.1234) ?? "";
  expect(filter).toBe("latency:>=900.123ms");
  expect(parseFilter(filter).problems).toEqual([]);
});

it("gives the table and the CSV one row per bucket", () => {
  expect(chartRows(calls, (bucket) => (bucket === 1 ? "First call of gpt-5" : ""))).toEqual([
    ["time", "openai/gpt-5", "azure/gpt-5", "other models", "changes"],
    ["2026-11-21T10:00:00.000Z", 3, 1, 2, ""],
    ["2026-11-21T10:05:00.000Z", 5, 0, 5, "First call of gpt-5"],
  ]);
  const charts = homeCharts(overview, { split: false });
  const header = (id: string) => chartRows(charts.find((chart) => chart.id === id) ?? calls, () => "")[0];
  expect(header("latency")).toEqual(["time", "p95 (ms)", "p50 (ms)", "changes"]);
  expect(header("cost")).toContain("openai/gpt-5 (USD)");
});

it("leads to exactly the time that a figure counts, although the range that was asked for is another", () => {
  const widened = { from: "2026-11-21T10:00:00Z", to: "2026-11-21T10:13:00Z", bucketMs: 300_000 };
  expect(countedRange(widened)).toEqual({
    kind: "absolute",
    from: "2026-11-21T10:00:00.000Z",
    to: "2026-11-21T10:13:00.000Z",
  });
  const bucket = (at: string) => countedRange(widened, Date.parse(at));
  expect(bucket("2026-11-21T10:05:00Z")).toMatchObject({ to: "2026-11-21T10:10:00.000Z" });
  // The last bucket ends with the range.
  expect(bucket("2026-11-21T10:10:00Z")).toMatchObject({ to: "2026-11-21T10:13:00.000Z" });
});
