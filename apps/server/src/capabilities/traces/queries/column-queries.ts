import { plainColumnsSchema, plainList } from "@weir/schema";
import { z } from "zod";
import { querySettings, traceLimits } from "../limits.ts";
import { modelName } from "./columns.ts";
import type { Reader } from "./list-queries.ts";

export const columnsRowSchema = plainColumnsSchema.omit({ counted: true }).extend({
  /** The name under which a call's model is listed. */
  modelName: plainList(z.string()),
});
/** The spans of a trace as columns, before it is known which of them count. */
export type ColumnsRow = z.output<typeof columnsRowSchema>;

const sources: Record<keyof ColumnsRow, string> = {
  spanId: "span_id",
  parentSpanId: "parent_span_id",
  kind: "kind",
  name: "name",
  source: "source",
  serviceName: "service_name",
  startedAt: "concat(replaceOne(toString(started_at), ' ', 'T'), 'Z')",
  durationMs: "duration_ms",
  ttftMs: "ttft_ms",
  interTokenMs: "inter_token_ms",
  status: "status",
  httpStatus: "http_status",
  errorCode: "error_code",
  errorMessage: "error_message",
  provider: "provider",
  modelAsked: "model_asked",
  modelAnswered: "model_answered",
  streamed: "streamed",
  inputTokens: "input_tokens",
  outputTokens: "output_tokens",
  costUsd: "cost_usd",
  inputPreview: "input_preview",
  outputPreview: "output_preview",
  modelName,
};

const fields = Object.entries(sources).map(([name, source]) => ({
  taken: `${source} AS ${name}`,
  // A plain `groupArray` leaves out what is NULL, and puts the empty values of a column that ClickHouse keeps sparse
  // behind all others: the columns would not have one order.
  gathered: `groupArray(tuple(${name})).1 AS ${name}`,
}));

/**
 * The spans of a trace, as many as are sent, in the order in which they began as far as ClickHouse keeps it: it
 * promises no order behind an ordered subquery, only that all columns have the same one. One row of long arrays costs
 * a third of what a row for each span does, here and there.
 */
export async function readSpanColumns(
  { clickhouse, signal }: Reader,
  { projectId, traceId }: { projectId: string; traceId: string },
): Promise<ColumnsRow> {
  const [row] = await clickhouse.query({
    sql: `
SELECT ${fields.map(({ gathered }) => gathered).join(", ")}
FROM (
  SELECT ${fields.map(({ taken }) => taken).join(", ")}
  FROM spans
  WHERE project_id = {projectId:String} AND trace_id = {traceId:String}
  ORDER BY started_at, span_id
  LIMIT {spansMax:UInt32}
)`,
    params: { projectId, traceId, spansMax: traceLimits.traceSpansMax },
    // The aliases are the fields' names, and the expressions mean the columns.
    settings: { ...querySettings, prefer_column_name_to_alias: 1 },
    signal,
    row: columnsRowSchema,
  });
  if (row === undefined) throw new Error("An aggregation without keys answered no row.");
  return row;
}
