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

/** The texts that Weir writes as JSON, each with exactly the expression of its index. */
const ownTexts = [
  String.raw`lower(replaceRegexpAll(input, '\\\\[nrt]', ' '))`,
  String.raw`lower(replaceRegexpAll(output, '\\\\[nrt]', ' '))`,
] as const;
/** The text that is kept as a caller's JSON library wrote it. */
const receivedText = String.raw`lower(replaceRegexpAll(raw_request, '\\\\[nrt]', ' '))`;
const plainText = "lower(error_message)";

/** Scripts written without spaces: their words are no tokens of the index. */
const unspaced = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u;
const token = /[A-Za-z0-9\u{80}-\u{10FFFF}]+/gu;

/** The characters that a JSON library writes as `\uXXXX`, though JSON does not ask for it, and those after a backslash. */
interface JsonSpelling {
  numbered: RegExp | null;
  slashed: RegExp | null;
}

const ownSpelling: JsonSpelling = { numbered: null, slashed: null };
/** What callers' libraries do unless told otherwise. */
const receivedSpellings: readonly JsonSpelling[] = [
  ownSpelling,
  // Python.
  { numbered: /[^\0-\x7f]/u, slashed: null },
  // PHP.
  { numbered: /[^\0-\x7f]/u, slashed: /\//u },
  // .NET.
  { numbered: /[^\0-\x7f]|["&'+<>`]/u, slashed: null },
  // Go.
  { numbered: /[&<>]/u, slashed: null },
];

/**
 * Whole words, in any case and in this order. The index finds the rows that have all the words; only a text of
 * several words, or with signs in it, is then looked for as it stands.
 */
function textCondition(text: string, bind: Bind): string {
  const condition = (written: string) => wordsCondition(written, { hasTokens: !unspaced.test(text), bind });
  const own = spell(text, ownSpelling);
  const inOwn = condition(own);
  // Most texts have one spelling, so that they are looked for once.
  const others = new Set(receivedSpellings.map((spelling) => spell(text, spelling)));
  others.delete(own);
  const inReceived = [inOwn, ...[...others].map(condition)];
  return [
    ...ownTexts.map(inOwn),
    ...inReceived.map((inText) => inText(receivedText)),
    condition(text)(plainText),
  ].join(" OR ");
}

/** A text as it stands in JSON, in which the indexes blank the escapes of line breaks and tabs. */
function spell(text: string, { numbered, slashed }: JsonSpelling): string {
  const characters = Array.from(text, (character) => {
    if (numbered?.test(character)) return escapeUnits(character);
    return slashed?.test(character) ? `\\${character}` : JSON.stringify(character).slice(1, -1);
  });
  return characters.join("").replaceAll(/\\[nrt]/g, " ");
}

/** `\uXXXX` for each UTF-16 unit. Case does not matter, because the texts and what is looked for are in lower case. */
function escapeUnits(character: string): string {
  const units = character.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
  return units.map((unit) => `\\u${unit}`).join("");
}

function wordsCondition(
  text: string,
  { hasTokens, bind }: { hasTokens: boolean; bind: Bind },
): (expression: string) => string {
  const words = hasTokens ? (text.match(token) ?? []) : [];
  const all = words.length === 0 ? null : `lower(${bind("String", words.join(" "))})`;
  const phrase = words.length === 1 && words[0] === text ? null : `lower(${bind("String", text)})`;
  return (expression) => {
    const parts: string[] = [];
    if (all !== null) parts.push(`hasAllTokens(${expression}, ${all})`);
    if (phrase !== null) parts.push(`position(${expression}, ${phrase}) > 0`);
    return `(${parts.join(" AND ")})`;
  };
}
