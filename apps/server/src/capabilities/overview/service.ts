import type { Overview, OverviewFigures, ParsedFilterClause } from "@weir/schema";
import { filterCondition } from "../traces/queries/filter-condition.ts";
import type { Reader } from "../traces/queries/list-queries.ts";
import type { TimeRange } from "../traces/request.ts";
import { cutRange, overviewLimits } from "./buckets.ts";
import type { Buckets } from "./buckets.ts";
import { otherModels, readBusyModels, readFigures } from "./queries.ts";
import type { BusyModel, CallScope, FiguresRow } from "./queries.ts";

/** The columns that the rollup by minute knows; a filter of anything else is answered from the rows. */
const rolledUpFields: ReadonlySet<string> = new Set(["model", "provider", "environment", "source", "kind"]);

interface OverviewRequest {
  projectId: string;
  range: TimeRange;
  clauses: readonly ParsedFilterClause[];
  nowMs: number;
}

/** The figures of the home screen: model calls, each counted once, over time and by model. */
export async function readOverview(reader: Reader, request: OverviewRequest): Promise<Overview> {
  const buckets = cutRange(request.range, request.nowMs);
  const { scope, models } = await chooseSource(reader, scopeOf(request, buckets));
  const listed = models.slice(0, overviewLimits.modelsMax);
  const rows = await readFigures(reader, { scope, bucketMs: buckets.bucketMs, models: listed });
  return {
    from: new Date(buckets.fromMs).toISOString(),
    to: new Date(buckets.toMs).toISOString(),
    bucketMs: buckets.bucketMs,
    ...arrange(rows, buckets),
  };
}

function scopeOf({ projectId, clauses }: OverviewRequest, buckets: Buckets): CallScope {
  const rolledUp = clauses.every((clause) => clause.type === "field" && rolledUpFields.has(clause.field));
  return {
    projectId,
    fromMs: buckets.fromMs,
    toMs: buckets.toMs,
    filter: filterCondition(clauses),
    source: rolledUp && buckets.bucketMs % 60_000 === 0 ? "minutes" : "calls",
    callReachMs: overviewLimits.callReachMs,
  };
}

/**
 * Calls can only have been recorded twice where both the gateway and an application recorded some; only then is it
 * worth the reading to find out which.
 */
async function chooseSource(
  reader: Reader,
  scope: CallScope,
): Promise<{ scope: CallScope; models: BusyModel[] }> {
  const models = await readBusyModels(reader, scope);
  const calls = models.reduce((sum, model) => sum + model.calls, 0);
  const gatewayCalls = models.reduce((sum, model) => sum + model.gateway_calls, 0);
  const mixed = gatewayCalls > 0 && gatewayCalls < calls;
  return { scope: mixed ? { ...scope, source: "calls-once" } : scope, models };
}

const noFigures: OverviewFigures = {
  calls: 0,
  errors: 0,
  costUsd: 0,
  unpricedCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  latencyMs: { p50: null, p95: null },
  ttftMs: { p50: null, p95: null },
};

function toFigures(row: FiguresRow): OverviewFigures {
  return {
    calls: row.calls,
    errors: row.errors,
    costUsd: row.cost_usd,
    unpricedCalls: row.unpriced_calls,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    latencyMs: { p50: row.latency_ms[0], p95: row.latency_ms[1] },
    ttftMs: { p50: row.ttft_ms[0], p95: row.ttft_ms[1] },
  };
}

type Arranged = Pick<Overview, "total" | "previous" | "series" | "models">;

/** Puts the rows in their places; a bucket in which nothing happened is there with zeros. */
function arrange(rows: readonly FiguresRow[], { starts }: Buckets): Arranged {
  const places = new Map(rows.map((row) => [placeOf(row), toFigures(row)]));
  const at = (row: Place): OverviewFigures => places.get(placeOf(row)) ?? noFigures;
  const seriesOf = (model: Pick<Place, "provider" | "model">): Overview["series"] =>
    starts.map((start, bucket) => ({
      at: new Date(start).toISOString(),
      figures: at({ current: 1, bucket, ...model }),
    }));
  const models = rows.flatMap((row) => {
    const { current, bucket, provider, model } = row;
    if (current !== 1 || bucket !== null || provider === null || model === null) return [];
    return [{ provider, model, total: toFigures(row), series: seriesOf({ provider, model }) }];
  });
  const isOther = (entry: { provider: string; model: string }) =>
    entry.provider === "" && entry.model === otherModels;
  const busiestFirst = models.toSorted(
    (left, right) => Number(isOther(left)) - Number(isOther(right)) || right.total.calls - left.total.calls,
  );
  const whole = { bucket: null, provider: null, model: null };
  return {
    total: at({ current: 1, ...whole }),
    previous: at({ current: 0, ...whole }),
    series: seriesOf({ provider: null, model: null }),
    models: busiestFirst,
  };
}

type Place = Pick<FiguresRow, "current" | "bucket" | "provider" | "model">;

function placeOf({ current, bucket, provider, model }: Place): string {
  return JSON.stringify([current, bucket, provider, model]);
}
