import { z } from "zod";
import { querySettings } from "../traces/limits.ts";
import { isCall, modelName } from "../traces/queries/columns.ts";
import type { Condition } from "../traces/queries/filter-condition.ts";
import type { Reader } from "../traces/queries/list-queries.ts";

export interface SightingScope {
  projectId: string;
  fromMs: number;
  toMs: number;
  filter: Condition;
}

const startedMs = "toInt64(toUnixTimestamp(toStartOfMinute(started_at))) * 1000";

/** Named so that the projection by minute can answer, unless the filter names columns that it does not know. */
function conditionOf({ projectId, fromMs, toMs, filter }: SightingScope): Condition {
  const instant = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
  const conditions = [
    "project_id = {projectId:String}",
    "toStartOfMinute(started_at) >= {from:DateTime('UTC')}",
    "toStartOfMinute(started_at) < {to:DateTime('UTC')}",
    isCall,
    filter.sql,
  ];
  return {
    sql: conditions.join(" AND "),
    params: { projectId, from: instant(fromMs), to: instant(toMs), ...filter.params },
  };
}

const answeredSchema = z.object({
  provider: z.string(),
  model: z.string(),
  answered: z.string(),
  first_ms: z.number(),
});
export type AnsweredModel = z.output<typeof answeredSchema>;

/** Every model that answered, by the model that was asked for, with the minute of the first such call. */
export async function readAnsweredModels(
  { clickhouse, signal }: Reader,
  scope: SightingScope,
): Promise<AnsweredModel[]> {
  const condition = conditionOf(scope);
  return clickhouse.query({
    sql: `
SELECT provider, ${modelName} AS model, model_answered AS answered, min(${startedMs}) AS first_ms
FROM spans
WHERE ${condition.sql} AND model_answered != ''
GROUP BY provider, model, answered`,
    params: condition.params,
    settings: querySettings,
    signal,
    row: answeredSchema,
  });
}

const priceSchema = z.object({ version: z.string(), first_ms: z.number() });
export type PriceVersion = z.output<typeof priceSchema>;

/** Every price list that calls were priced by, with the minute of the first such call. */
export async function readPriceVersions(
  { clickhouse, signal }: Reader,
  scope: SightingScope,
): Promise<PriceVersion[]> {
  const condition = conditionOf(scope);
  return clickhouse.query({
    sql: `
SELECT price_version AS version, min(${startedMs}) AS first_ms
FROM spans
WHERE ${condition.sql} AND cost_usd IS NOT NULL AND price_version != ''
GROUP BY version`,
    params: condition.params,
    settings: querySettings,
    signal,
    row: priceSchema,
  });
}
