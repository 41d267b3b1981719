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
export function readAnsweredModels(reader: Reader, scope: SightingScope): Promise<AnsweredModel[]> {
  const columns = `provider, ${modelName} AS model, model_answered AS answered`;
  return readFirst(reader, { scope, columns, seen: "model_answered != ''", row: answeredSchema });
}

const priceSchema = z.object({ version: z.string(), first_ms: z.number() });
export type PriceVersion = z.output<typeof priceSchema>;

/** Every price list that calls were priced by, with the minute of the first such call. */
export function readPriceVersions(reader: Reader, scope: SightingScope): Promise<PriceVersion[]> {
  const seen = "cost_usd IS NOT NULL AND price_version != ''";
  return readFirst(reader, { scope, columns: "price_version AS version", seen, row: priceSchema });
}

/** What there is of some columns among the calls, each with the minute of its first. */
function readFirst<Row extends z.ZodType>(
  { clickhouse, signal }: Reader,
  { scope, columns, seen, row }: { scope: SightingScope; columns: string; seen: string; row: Row },
): Promise<z.output<Row>[]> {
  const { sql, params } = conditionOf(scope);
  return clickhouse.query({
    sql: `SELECT ${columns}, min(${startedMs}) AS first_ms FROM spans WHERE ${sql} AND ${seen} GROUP BY ALL`,
    params,
    settings: querySettings,
    signal,
    row,
  });
}
