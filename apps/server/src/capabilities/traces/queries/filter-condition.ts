import { findFilterField, metadataPrefix, parseFilterNumber } from "@weir/schema";
import type { FilterClause, FilterFieldType, FilterValue } from "@weir/schema";
import { modelNames } from "./columns.ts";

/** Constant SQL and the values of its placeholders. */
export interface Condition {
  sql: string;
  params: Record<string, unknown>;
}

type FieldClause = Extract<FilterClause, { type: "field" }>;

/** Gives a value a placeholder, so that no value is ever part of the text of a query. */
type Bind = (type: "String" | "Float64" | "Array(String)", value: unknown) => string;

/** Of each field of which a span has one text, that text: what one types after the field's name to find the span. */
export const textColumns: Readonly<Record<string, string>> = {
  provider: "provider",
  status: "status",
  error: "error_code",
  kind: "kind",
  name: "name",
  environment: "environment",
  release: "release",
  service: "service_name",
  user: "user_id",
  session: "session_id",
  key: "key_id",
  source: "source",
  protocol: "protocol",
  trace: "trace_id",
  streamed: "toString(streamed)",
};

/** Fields of which a span has several texts, or none. */
export const arrayColumns: Readonly<Record<string, string>> = { tag: "tags", finish: "finish_reasons" };

interface Measure {
  expression: string;
  /** True when the value is there; a count of zero tokens is none. */
  present: string;
}

const measures: Readonly<Record<string, Measure>> = {
  http: { expression: "nullIf(http_status, 0)", present: "http_status != 0" },
  latency: { expression: "duration_ms", present: "duration_ms > 0" },
  ttft: { expression: "ttft_ms", present: "isNotNull(ttft_ms)" },
  cost: { expression: "cost_usd", present: "isNotNull(cost_usd)" },
  tokens: { expression: "(input_tokens + output_tokens)", present: "input_tokens + output_tokens > 0" },
  input_tokens: { expression: "input_tokens", present: "input_tokens > 0" },
  output_tokens: { expression: "output_tokens", present: "output_tokens > 0" },
};

/**
 * Compiles a filter to a condition on one row of `spans`: a span matches when every clause holds for it. An empty
 * filter holds for every span.
 */
export function filterCondition(clauses: readonly FilterClause[]): Condition {
  const params: Record<string, unknown> = {};
  const bind: Bind = (type, value) => {
    const name = `filter${Object.keys(params).length}`;
    params[name] = value;
    return `{${name}:${type}}`;
  };
  const conditions = clauses.map((clause) => {
    const condition =
      clause.type === "text" ? textCondition(clause.text, bind) : fieldCondition(clause, bind);
    return clause.negated ? `NOT (${condition})` : `(${condition})`;
  });
  return { sql: conditions.length === 0 ? "true" : conditions.join(" AND "), params };
}

function fieldCondition(clause: FieldClause, bind: Bind): string {
  const measure = measures[clause.field];
  const type = findFilterField(clause.field)?.type;
  if (measure !== undefined && type !== undefined) return measureCondition(clause, { measure, type, bind });
  const arrayColumn = arrayColumns[clause.field];
  if (arrayColumn !== undefined) return arrayCondition(arrayColumn, clause.values, bind);
  if (clause.field === "model") return modelCondition(clause.values, bind);
  if (clause.field.startsWith(metadataPrefix)) {
    const key = bind("String", clause.field.slice(metadataPrefix.length));
    return columnCondition(`metadata[${key}]`, clause.values, bind);
  }
  const column = textColumns[clause.field];
  // The parser lets no other field through; a field that is in its catalogue and not here is a fault of ours.
  if (column === undefined) throw new TypeError(`no column for the filter field ${clause.field}`);
  return columnCondition(column, clause.values, bind);
}

function isPresence(value: FilterValue): boolean {
  return value.prefix && value.text === "";
}

function columnCondition(column: string, values: readonly FilterValue[], bind: Bind): string {
  const exact = values.filter((value) => !value.prefix).map((value) => value.text);
  const conditions = values
    .filter((value) => value.prefix)
    .map((value) =>
      isPresence(value) ? `${column} != ''` : `startsWith(${column}, ${bind("String", value.text)})`,
    );
  if (exact.length === 1) conditions.push(`${column} = ${bind("String", exact[0])}`);
  if (exact.length > 1) conditions.push(`${column} IN ${bind("Array(String)", exact)}`);
  return conditions.join(" OR ");
}

/** A model matches by any of its names; it is absent only when it has none. */
function modelCondition(values: readonly FilterValue[], bind: Bind): string {
  return values
    .map((value) => {
      const names = modelNames.map((column) => columnCondition(column, [value], bind));
      const absent = value.text === "" && !value.prefix;
      return `(${names.join(absent ? " AND " : " OR ")})`;
    })
    .join(" OR ");
}

function arrayCondition(column: string, values: readonly FilterValue[], bind: Bind): string {
  return values
    .map((value) => {
      if (value.text === "") return value.prefix ? `notEmpty(${column})` : `empty(${column})`;
      const bound = bind("String", value.text);
      return value.prefix
        ? `arrayExists(item -> startsWith(item, ${bound}), ${column})`
        : `has(${column}, ${bound})`;
    })
    .join(" OR ");
}

function measureCondition(
  clause: FieldClause,
  { measure, type, bind }: { measure: Measure; type: FilterFieldType; bind: Bind },
): string {
  const conditions = clause.values.map((value) => {
    if (value.text === "") return value.prefix ? measure.present : `NOT (${measure.present})`;
    const number = bind("Float64", parseFilterNumber(type, value.text));
    // A span without the figure does not match, so that its negation does.
    return `ifNull(${measure.expression} ${clause.operator === "is" ? "=" : clause.operator} ${number}, false)`;
  });
  return conditions.join(" OR ");
}

/** Scripts written without spaces: each of their letters is a word to the index. */
const unspaced = ["Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"];
const oneWord = new RegExp(
  String.raw`^(?:(?![${unspaced.map((script) => String.raw`\p{Script=${script}}`).join("")}])[\p{L}\p{N}\p{M}])+$`,
  "u",
);
/** What is a space in the text that is searched, which every span has. */
const allBlank = /^[\s\p{Cc}\p{Cs}\\]*$/u;
const aWord = /[A-Za-z0-9\u{80}-\u{10FFFF}]/u;

/**
 * Whole words, in any case and in this order. The index finds the rows that have all the words; only a text of
 * several words, or with signs in it, is then looked for as it stands.
 */
function textCondition(text: string, bind: Bind): string {
  if (allBlank.test(text)) return "false";
  const wanted = asSearchText(bind("String", JSON.stringify(text).slice(1, -1)));
  const parts: string[] = [];
  if (aWord.test(text)) parts.push(`hasAllTokens(search_text, ${wanted})`);
  if (!oneWord.test(text)) parts.push(`position(search_text, ${wanted}) > 0`);
  return parts.join(" AND ");
}

const escapes = String.raw`\\\\(?:u[0-9A-Fa-f]{4}|.)`;
const signs = String.raw`[^\\p{L}\\p{N}\\p{M}\\x00-\\x7f]`;
const letters = `[${unspaced.map((script) => String.raw`\\p{${script}}`).join("")}]`;

/** A text as JSON has it, made what the column `search_text` makes of such a text (0002-search-text.sql). */
function asSearchText(json: string): string {
  const written = String.raw`replaceRegexpAll(replaceAll(${json}, '\\"', ' "'), '${escapes}', ' ')`;
  const folded = `normalizeUTF8NFKCCasefold(${written})`;
  return String.raw`if(isValidASCII(${written}), lower(${written}), replaceRegexpAll(${folded}, '${signs}|${letters}', ' \\0 '))`;
}
