import { spoolInsertMark } from "@weir/store";
import { z } from "zod";
import type { ClickHouse } from "../../../capability.ts";
import { querySettings, traceLimits } from "../limits.ts";
import { instantSchema, isCall, modelName } from "./columns.ts";
import type { Condition } from "./filter-condition.ts";
import { recordedTwice, spanHash } from "./recorded-twice.ts";

/** Which spans a list is about. Instants are ClickHouse's text in UTC; null leaves a side open. */
export interface SpanScope {
  projectId: string;
  from: string | null;
  to: string | null;
  filter: Condition;
}

/** Where a page ended: the newest matching span of its last trace. `asOf` is when the first page was read. */
export interface ListPosition {
  at: string;
  traceId: string;
  asOf: string;
}

export interface Reader {
  clickhouse: ClickHouse;
  signal: AbortSignal;
}

/** The condition on one row of `spans` that a scope stands for. */
export function scopeCondition({ projectId, from, to, filter }: SpanScope): Condition {
  const conditions = ["project_id = {projectId:String}"];
  if (from !== null) conditions.push("started_at >= {from:DateTime64(6, 'UTC')}");
  if (to !== null) conditions.push("started_at < {to:DateTime64(6, 'UTC')}");
  conditions.push(filter.sql);
  const range = { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
  return { sql: conditions.join(" AND "), params: { projectId, ...range, ...filter.params } };
}

const candidateSchema = z.object({ trace_id: z.string(), at: z.string(), as_of: z.string() });
export type Candidate = z.infer<typeof candidateSchema>;

/** How far ClickHouse's own measure of how long a statement runs may be from its clock. */
const elapsedErrorMs = 10;

/**
 * Up to when what is inserted can be seen. The rows of an insert bear the time at which it began and are there when it
 * has ended, so the time is that before the oldest one under way; the shipper's are known by their comment.
 */
const seenUntil = `least(now64(3, 'UTC'), coalesce((
  SELECT minOrNull(now64(3, 'UTC') - toIntervalMillisecond(toUInt64(elapsed * 1000) + ${elapsedErrorMs}))
  FROM system.processes WHERE startsWith(Settings['log_comment'], '${spoolInsertMark}')), now64(3, 'UTC')))`;

/**
 * Traces with a matching span below a position, newest first, each at the newest of those. The rows are read
 * against the sorting key and only until there are enough.
 */
export async function readCandidates(
  { clickhouse, signal }: Reader,
  { scope, below, limit }: { scope: SpanScope; below: ListPosition | null; limit: number },
): Promise<Candidate[]> {
  const condition = scopeCondition(scope);
  const after = `AND inserted_at <= {asOf:DateTime64(3, 'UTC')}
  AND started_at <= {at:DateTime64(6, 'UTC')}
  AND (started_at < {at:DateTime64(6, 'UTC')} OR trace_id < {traceId:String})`;
  return clickhouse.query({
    sql: `
SELECT trace_id, toString(started_at) AS at, toString(${seenUntil}) AS as_of
FROM spans
WHERE ${condition.sql} ${below === null ? "" : after}
ORDER BY started_at DESC, trace_id DESC
LIMIT 1 BY trace_id
LIMIT {limit:UInt32}`,
    params: { ...condition.params, ...below, limit },
    // A buffer here would read far ahead of what the limit needs.
    settings: { ...querySettings, read_in_order_use_buffering: 0 },
    signal,
    row: candidateSchema,
  });
}

/** Of the traces given, those that have a matching span at a position or above it: a page before has shown them. */
export async function readShownBefore(
  { clickhouse, signal }: Reader,
  { scope, position, traceIds }: { scope: SpanScope; position: ListPosition; traceIds: readonly string[] },
): Promise<Set<string>> {
  const condition = scopeCondition(scope);
  const rows = await clickhouse.query({
    sql: `
SELECT DISTINCT trace_id
FROM spans
WHERE ${condition.sql}
  AND trace_id IN {traceIds:Array(String)}
  AND inserted_at <= {asOf:DateTime64(3, 'UTC')}
  AND started_at >= {at:DateTime64(6, 'UTC')}
  AND (started_at > {at:DateTime64(6, 'UTC')} OR trace_id >= {traceId:String})`,
    params: { ...condition.params, ...position, traceIds },
    settings: querySettings,
    signal,
    row: z.object({ trace_id: z.string() }),
  });
  return new Set(rows.map((row) => row.trace_id));
}

const edgeSchema = z
  .tuple([
    z.string(),
    z.string(),
    z.number(),
    z.number(),
    z.string(),
    z.string(),
    z.number(),
    z.number(),
    z.number().nullable(),
  ])
  .transform(([spanId, parentSpanId, gateway, call, kind, model, inputTokens, outputTokens, costUsd]) => ({
    spanId,
    parentSpanId,
    gateway: gateway === 1,
    call: call === 1,
    kind,
    model,
    inputTokens,
    outputTokens,
    costUsd,
  }));
/** What counting a trace's calls needs of a span. */
export type Edge = z.output<typeof edgeSchema>;

const edgeTuple = `tuple(
    span_id, parent_span_id, source = 'gateway', ${isCall}, kind, ${modelName}, input_tokens, output_tokens, cost_usd
  )`;
/** The calls of a trace and all that may lie between two of them. */
const isEdge = `(parent_span_id != '' OR ${isCall})`;

const summaryRowSchema = z.object({
  trace_id: z.string(),
  name: z.string(),
  started_at: instantSchema,
  duration_ms: z.number(),
  span_count: z.number(),
  generation_count: z.number(),
  error_count: z.number(),
  cancelled_count: z.number(),
  error_code: z.string(),
  models: z.array(z.string()),
  providers: z.array(z.string()),
  ttft_ms: z.number().nullable(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cost_usd: z.number().nullable(),
  user_id: z.string(),
  session_id: z.string(),
  environment: z.string(),
  tags: z.array(z.string()),
  input_preview: z.string(),
  output_preview: z.string(),
  complete: z.number().transform((flag) => flag === 1),
  /** Calls of the gateway below another span, and calls that an application recorded: both, and some may be one. */
  gateway_calls_below: z.number(),
  application_calls: z.number(),
  /** Some of the trace's edges, and how many there are. */
  edges: z.array(edgeSchema),
  edge_count: z.number(),
});
export type SummaryRow = z.output<typeof summaryRowSchema>;

/** One row per trace, every call counted. `within` bounds the spans that are read; null reads all of them. */
export async function readSummaries(
  { clickhouse, signal }: Reader,
  {
    projectId,
    traceIds,
    within,
  }: { projectId: string; traceIds: readonly string[]; within: { from: string; to: string } | null },
): Promise<Map<string, SummaryRow>> {
  const rows = await clickhouse.query({
    sql: summarySql(within !== null),
    params: {
      projectId,
      traceIds,
      ...within,
      reachMs: traceLimits.traceReachMs,
    },
    // The aliases are the fields' names, and the expressions mean the columns.
    settings: { ...querySettings, prefer_column_name_to_alias: 1 },
    signal,
    row: summaryRowSchema,
  });
  return new Map(rows.map((row) => [row.trace_id, row]));
}

const ofTraces = "project_id = {projectId:String} AND trace_id IN {traceIds:Array(String)}";
const nearby = `AND started_at >= {from:DateTime64(6, 'UTC')} - toIntervalMillisecond({reachMs:UInt64})
  AND started_at <= {to:DateTime64(6, 'UTC')} + toIntervalMillisecond({reachMs:UInt64})`;

/** What the calls among the rows come to. */
const sums = `
  countIf(kind = 'generation') AS generation_count,
  arraySlice(
    arraySort(groupUniqArrayIf(${modelName}, ${isCall} AND ${modelName} != '')), 1, ${traceLimits.rowNamesMax}
  ) AS models,
  sumIf(input_tokens, ${isCall}) AS input_tokens,
  sumIf(output_tokens, ${isCall}) AS output_tokens,
  sumIf(cost_usd, ${isCall}) AS cost_usd`;

function summarySql(bounded: boolean): string {
  return `
SELECT
  trace_id,
  if(countIf(parent_span_id = '') > 0, argMinIf(name, started_at, parent_span_id = ''), argMin(name, started_at)) AS name,
  toString(min(started_at)) AS started_at,
  -- In whole microseconds: as fractions of milliseconds the two instants have no room for theirs.
  (max(toUnixTimestamp64Micro(started_at) + toInt64(round(duration_ms * 1000)))
    - min(toUnixTimestamp64Micro(started_at))) / 1000 AS duration_ms,
  count() AS span_count,
  countIf(status = 'error') AS error_count,
  countIf(status = 'cancelled') AS cancelled_count,
  argMinIf(error_code, started_at, error_code != '') AS error_code,
  arraySort(groupUniqArrayIf(${traceLimits.rowNamesMax})(provider, provider != '')) AS providers,
  argMinIf(ttft_ms, started_at, isNotNull(ttft_ms)) AS ttft_ms,
  ${sums},
  argMinIf(user_id, started_at, user_id != '') AS user_id,
  argMinIf(session_id, started_at, session_id != '') AS session_id,
  argMinIf(environment, started_at, environment != '') AS environment,
  arraySort(groupUniqArrayArray(${traceLimits.rowTagsMax})(tags)) AS tags,
  argMinIf(input_preview, started_at, input_preview != '') AS input_preview,
  argMaxIf(output_preview, started_at, output_preview != '') AS output_preview,
  -- Every parent that is named is there: then naming the parents too names no span more.
  uniqExactArray(if(parent_span_id = '', [span_id], [span_id, parent_span_id])) = uniqExact(span_id) AS complete,
  countIf(source = 'gateway' AND ${isCall} AND parent_span_id != '') AS gateway_calls_below,
  countIf(source = 'otlp' AND ${isCall}) AS application_calls,
  groupArrayIf(${traceLimits.rowEdgesMax})(${edgeTuple}, ${isEdge}) AS edges,
  countIf(${isEdge}) AS edge_count
FROM spans
WHERE ${ofTraces} ${bounded ? nearby : ""}
GROUP BY trace_id`;
}

const sumsRowSchema = summaryRowSchema.pick({
  trace_id: true,
  generation_count: true,
  models: true,
  input_tokens: true,
  output_tokens: true,
  cost_usd: true,
});

/** The sums of some traces, each call counted once, however many spans they have: none of them leaves ClickHouse. */
export async function readSums(
  { clickhouse, signal }: Reader,
  {
    projectId,
    traceIds,
    within,
  }: { projectId: string; traceIds: readonly string[]; within: { from: string; to: string } | null },
): Promise<Map<string, z.output<typeof sumsRowSchema>>> {
  const spans = `${ofTraces} ${within === null ? "" : nearby}`;
  const rows = await clickhouse.query({
    sql: `
SELECT trace_id, ${sums}
FROM spans
WHERE ${spans} AND ${isCall} AND (source = 'gateway' OR ${spanHash} NOT IN (${recordedTwice({ spans })}))
GROUP BY trace_id`,
    params: { projectId, traceIds, ...within, reachMs: traceLimits.traceReachMs },
    settings: { ...querySettings, prefer_column_name_to_alias: 1 },
    signal,
    row: sumsRowSchema,
  });
  return new Map(rows.map((row) => [row.trace_id, row]));
}
