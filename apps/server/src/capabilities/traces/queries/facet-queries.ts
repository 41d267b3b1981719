import { z } from "zod";
import { querySettings, traceLimits } from "../limits.ts";
import { modelName, modelNames } from "./columns.ts";
import { arrayColumns, textColumns, type Condition } from "./filter-condition.ts";
import { scopeCondition } from "./list-queries.ts";
import type { Reader, SpanScope } from "./list-queries.ts";

const { trace: _everyTraceIsItsOwn, ...fewValued } = textColumns;

/** Fields of which a span has one value, with that value as text. */
const singleValues: Readonly<Record<string, string>> = {
  ...fewValued,
  http: "if(http_status = 0, '', toString(http_status))",
};

export const facetFields: readonly string[] = [
  "model",
  ...Object.keys(singleValues),
  ...Object.keys(arrayColumns),
];

/** Fields whose values are counted among the same spans. */
export interface FacetGroup {
  scope: SpanScope;
  fields: readonly string[];
  /** Values that are listed even if they are not among the most frequent ones. */
  asked: readonly string[];
}

const facetRowSchema = z.object({ field: z.string(), value: z.string(), count: z.number() });
export type FacetRow = z.infer<typeof facetRowSchema>;

/**
 * A trace as a number, which is counted in half the time that its id takes. That any two of a million traces share
 * one happens once in forty million.
 */
const traceNumber = "cityHash64(trace_id)";

/** How traces are counted: one by one, or in little memory however many they are. */
function counting(exact: boolean) {
  const name = exact ? "uniqExact" : "uniqCombined64";
  return {
    count: `${name}(trace_number)`,
    state: `${name}State(${traceNumber})`,
    merge: `${name}Merge(traces)`,
  };
}
type Counting = ReturnType<typeof counting>;

const isListed = "(value != '' OR has({asked:Array(String)}, value))";
const mostFrequent = `
ORDER BY has({asked:Array(String)}, value) DESC, count DESC, value
LIMIT {valuesMax:UInt32} BY field`;

/**
 * The most frequent values of the fields, each with the number of traces that have a span of the scope with it: as
 * many as the list shows with that value beside the scope's filter. `exact` costs memory for every trace.
 */
export async function readFacetRows(
  { clickhouse, signal }: Reader,
  { group, exact }: { group: FacetGroup; exact: boolean },
): Promise<FacetRow[]> {
  const condition = scopeCondition(group.scope);
  const counted = { where: condition.sql, how: counting(exact), withNone: group.asked.includes("") };
  const results = await Promise.all(
    facetStatements(group.fields, counted).map((sql) =>
      clickhouse.query({
        sql,
        params: {
          ...condition.params,
          asked: group.asked,
          valuesMax: traceLimits.facetValuesMax + group.asked.length,
        },
        settings: querySettings,
        signal,
        row: facetRowSchema,
      }),
    ),
  );
  return results.flat();
}

interface Counted {
  where: Condition["sql"];
  how: Counting;
  /** Whether spans without any value are listed, under the empty value. */
  withNone: boolean;
}

function facetStatements(fields: readonly string[], counted: Counted): string[] {
  const single: [string, string][] = [];
  const statements: string[] = [];
  for (const field of fields) {
    const value = singleValues[field];
    const column = arrayColumns[field];
    if (value !== undefined) single.push([field, value]);
    else if (column !== undefined) statements.push(arraySql({ field, column }, counted));
    else if (field === "model") statements.push(modelSql(counted));
    else throw new TypeError(`no facet for the field ${field}`);
  }
  return single.length === 0 ? statements : [...statements, singleSql(single, counted)];
}

/** All fields of one value in one reading of the spans. */
function singleSql(fields: readonly [string, string][], { where, how }: Counted): string {
  const keys = fields.map((_, index) => `value${index}`);
  const columns = fields.map(([, value], index) => `${value} AS value${index}`);
  const names = fields.map(([field], index) => `grouping(value${index}) = 0, '${field}'`);
  // In each grouping set all keys but its own are empty, so that together they are its own.
  return `
SELECT multiIf(${names.join(", ")}, '') AS field, concat(${keys.join(", ")}, '') AS value, ${how.count} AS count
FROM (SELECT ${traceNumber} AS trace_number, ${columns.join(", ")} FROM spans WHERE ${where})
GROUP BY GROUPING SETS (${keys.map((key) => `(${key})`).join(", ")})
HAVING ${isListed} ${mostFrequent}`;
}

function arraySql(
  { field, column }: { field: string; column: string },
  { where, how, withNone }: Counted,
): string {
  // Costs three times the rest of the query, so only where a filter asks for spans without a value.
  const items = withNone ? `emptyArrayToSingle(${column})` : column;
  return `
SELECT '${field}' AS field, toString(item) AS value, ${how.count} AS count
FROM (SELECT ${traceNumber} AS trace_number, arrayJoin(${items}) AS item FROM spans WHERE ${where})
GROUP BY item
HAVING ${isListed} ${mostFrequent}`;
}

/**
 * Models under the names by which they are listed, each with the traces that the name finds, which may also be an
 * answering model's. Few combinations of names occur, so the traces of each are gathered before its names are told apart.
 */
function modelSql({ where, how }: Counted): string {
  return `
SELECT 'model' AS field, name AS value, ${how.merge} AS count
FROM (
  SELECT arrayJoin(if(empty(names), [''], names)) AS name, name = main OR empty(names) AS is_main, traces
  FROM (
    SELECT
      toString(${modelName}) AS main,
      arrayDistinct(arrayFilter(each -> each != '', [${modelNames.map((name) => `toString(${name})`).join(", ")}])) AS names,
      ${how.state} AS traces
    FROM spans
    WHERE ${where}
    GROUP BY provider, model_asked, model_answered
  )
)
GROUP BY name
HAVING ${isListed} AND (max(is_main) OR has({asked:Array(String)}, value)) ${mostFrequent}`;
}

/** How many spans a scope has; counting ends beyond `max`. */
export async function countSpans(
  { clickhouse, signal }: Reader,
  { scope, max }: { scope: SpanScope; max: number },
): Promise<number> {
  const condition = scopeCondition(scope);
  const rows = await clickhouse.query({
    sql: `
SELECT count() AS spans
FROM (SELECT 1 FROM spans WHERE ${condition.sql} LIMIT {limit:UInt64})`,
    params: { ...condition.params, limit: max + 1 },
    settings: querySettings,
    signal,
    row: z.object({ spans: z.number() }),
  });
  return rows[0]?.spans ?? 0;
}
