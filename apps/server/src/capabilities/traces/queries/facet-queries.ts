import { z } from "zod";
import { querySettings, traceLimits } from "../limits.ts";
import { modelName } from "./columns.ts";
import { scopeCondition } from "./list-queries.ts";
import type { Reader, SpanScope } from "./list-queries.ts";

/** The values that a span has of each field: what one would type after the field's name to find the span. */
const facetValues: Readonly<Record<string, string>> = {
  model: modelName,
  provider: "provider",
  status: "status",
  error: "error_code",
  http: "if(http_status = 0, '', toString(http_status))",
  kind: "kind",
  name: "name",
  environment: "environment",
  release: "release",
  service: "service_name",
  tag: "arrayJoin(tags)",
  user: "user_id",
  session: "session_id",
  key: "key_id",
  source: "source",
  protocol: "protocol",
  streamed: "toString(streamed)",
  finish: "arrayJoin(finish_reasons)",
};

export const facetFields: readonly string[] = Object.keys(facetValues);

/** The most frequent values of a field, each with the number of spans that have it. */
export async function readFacet(
  { clickhouse, signal }: Reader,
  { scope, field }: { scope: SpanScope; field: string },
): Promise<{ value: string; count: number }[]> {
  const value = facetValues[field];
  if (value === undefined) throw new TypeError(`no facet for the field ${field}`);
  const condition = scopeCondition(scope);
  return clickhouse.query({
    sql: `
SELECT toString(${value}) AS value, count() AS count
FROM spans
WHERE ${condition.sql}
GROUP BY value
HAVING value != ''
ORDER BY count DESC, value
LIMIT {valuesMax:UInt32}`,
    params: { ...condition.params, valuesMax: traceLimits.facetValuesMax },
    settings: querySettings,
    signal,
    row: z.object({ value: z.string(), count: z.number() }),
  });
}
