import { z } from "zod";
import { querySettings } from "../traces/limits.ts";
import { isCall, modelName } from "../traces/queries/columns.ts";
import type { Condition } from "../traces/queries/filter-condition.ts";
import type { Reader } from "../traces/queries/list-queries.ts";
import { recordedTwice, spanHash } from "../traces/queries/recorded-twice.ts";

/** The calls that figures are about. */
export interface CallScope {
  projectId: string;
  /** The range of the figures; the window before it, of the same length, is read along. */
  fromMs: number;
  toMs: number;
  filter: Condition;
  /**
   * `minutes`: from the rollup by minute, which knows few columns and no shorter time. `calls`: from the rows.
   * `calls-once`: likewise, without the applications' own records of calls that also passed the gateway.
   */
  source: "minutes" | "calls" | "calls-once";
  callReachMs: number;
}

const reachedSpans = `project_id = {projectId:String}
      AND started_at >= {before:DateTime64(3, 'UTC')}
      AND started_at < {to:DateTime64(3, 'UTC')} + toIntervalMillisecond({callReachMs:UInt64})`;

function conditionOf(scope: CallScope): Condition {
  const { projectId, fromMs, toMs, filter, source, callReachMs } = scope;
  const began = source === "minutes" ? "toStartOfMinute(started_at)" : "started_at";
  const type = source === "minutes" ? "DateTime('UTC')" : "DateTime64(3, 'UTC')";
  const instant = (ms: number) =>
    new Date(ms)
      .toISOString()
      .slice(0, source === "minutes" ? 19 : 23)
      .replace("T", " ");
  const conditions = [
    "project_id = {projectId:String}",
    `${began} >= {before:${type}}`,
    `${began} < {to:${type}}`,
    isCall,
    filter.sql,
  ];
  if (source === "calls-once") {
    // Only a gateway call that the filter lets through makes the other record superfluous: otherwise the call would
    // not be counted at all.
    const twice = recordedTwice({ spans: reachedSpans, gatewayCalls: filter.sql });
    conditions.push(`if(source = 'gateway', true, ${spanHash} NOT IN (${twice}))`);
  }
  const range = { before: instant(Math.max(0, 2 * fromMs - toMs)), to: instant(toMs) };
  return { sql: conditions.join(" AND "), params: { projectId, ...range, ...filter.params, callReachMs } };
}

const busySchema = z.object({
  provider: z.string(),
  model: z.string(),
  calls: z.number(),
  gateway_calls: z.number(),
});
export type BusyModel = z.output<typeof busySchema>;

/**
 * The models of the range and of the window before it, busiest first. Calls may still be counted twice here: a model
 * is as busy as the gateway or its applications say, whichever is more.
 */
export async function readBusyModels({ clickhouse, signal }: Reader, scope: CallScope): Promise<BusyModel[]> {
  const condition = conditionOf(scope);
  return clickhouse.query({
    sql: `
SELECT provider, model, sum(calls_of_source) AS calls, sumIf(calls_of_source, source = 'gateway') AS gateway_calls
FROM (
  SELECT provider, source, ${modelName} AS model, count() AS calls_of_source
  FROM spans
  WHERE ${condition.sql}
  GROUP BY provider, source, model
)
GROUP BY provider, model
ORDER BY greatest(gateway_calls, calls - gateway_calls) DESC, provider, model`,
    params: condition.params,
    settings: querySettings,
    signal,
    row: busySchema,
  });
}

const quantiles = z.tuple([z.number().nullable(), z.number().nullable(), z.number().nullable()]);

const figuresRowSchema = z.object({
  /** 1 in the range, 0 in the window before it. */
  current: z.number(),
  /** Null for the whole range; otherwise which bucket, from 0. */
  bucket: z.number().nullable(),
  /** Null for all models. */
  provider: z.string().nullable(),
  model: z.string().nullable(),
  calls: z.number(),
  errors: z.number(),
  unpriced_calls: z.number(),
  cost_usd: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  latency_ms: quantiles,
  ttft_ms: quantiles,
});
export type FiguresRow = z.output<typeof figuresRowSchema>;

/** The name under which the models beyond the busiest are summed. */
export const otherModels = "other";

/** Figures of the range, of each bucket, of each model, and of each model in each bucket, in one pass. */
export async function readFigures(
  { clickhouse, signal }: Reader,
  { scope, bucketMs, models }: { scope: CallScope; bucketMs: number; models: readonly BusyModel[] },
): Promise<FiguresRow[]> {
  const condition = conditionOf(scope);
  return clickhouse.query({
    sql: figuresSql(scope, condition.sql),
    params: {
      ...condition.params,
      fromMs: scope.fromMs,
      bucketMs,
      models: models.map(({ provider, model }) => `${provider}\n${model}`),
    },
    // Null instead of "not a number" where nothing was measured.
    settings: {
      ...querySettings,
      output_format_json_quote_denormals: 0,
      prefer_column_name_to_alias: 1,
    },
    signal,
    row: figuresRowSchema,
  });
}

function figuresSql(scope: CallScope, condition: string): string {
  const began =
    scope.source === "minutes"
      ? "toInt64(toUnixTimestamp(toStartOfMinute(started_at))) * 1000"
      : "toUnixTimestamp64Milli(started_at)";
  return `
SELECT
  current,
  level_bucket AS bucket,
  level_provider AS provider,
  level_model AS model,
  sum(calls) AS calls,
  sum(errors) AS errors,
  sum(unpriced_calls) AS unpriced_calls,
  ifNull(sum(cost_usd), 0) AS cost_usd,
  sum(input_tokens) AS input_tokens,
  sum(output_tokens) AS output_tokens,
  quantilesTDigestMerge(0.5, 0.95, 0.99)(latency) AS latency_ms,
  quantilesTDigestMerge(0.5, 0.95, 0.99)(ttft) AS ttft_ms
FROM (
  SELECT
    *,
    concat(provider, '\n', model) IN {models:Array(String)} AS listed,
    -- Each row is summed at four levels. GROUPING SETS would say the same and run the subquery of recorded calls twice.
    arrayJoin(['whole', 'bucket', 'model', 'both']) AS level,
    if(level IN ('bucket', 'both'), bucket, NULL) AS level_bucket,
    if(level IN ('model', 'both'), if(listed, toString(provider), ''), NULL) AS level_provider,
    if(level IN ('model', 'both'), if(listed, toString(model), '${otherModels}'), NULL) AS level_model
  FROM (
    SELECT
      ${began} >= {fromMs:Int64} AS current,
      if(${began} >= {fromMs:Int64}, intDiv(${began} - {fromMs:Int64}, {bucketMs:Int64}), 0) AS bucket,
      provider,
      ${modelName} AS model,
      count() AS calls,
      countIf(status = 'error') AS errors,
      countIf(cost_usd IS NULL AND input_tokens + output_tokens > 0) AS unpriced_calls,
      sum(cost_usd) AS cost_usd,
      sum(input_tokens) AS input_tokens,
      sum(output_tokens) AS output_tokens,
      quantilesTDigestState(0.5, 0.95, 0.99)(duration_ms) AS latency,
      quantilesTDigestState(0.5, 0.95, 0.99)(ttft_ms) AS ttft
    FROM spans
    WHERE ${condition}
    GROUP BY current, bucket, provider, model
  )
)
GROUP BY current, level_bucket, level_provider, level_model`;
}
