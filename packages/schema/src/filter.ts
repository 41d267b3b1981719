import {
  filterFields,
  findFilterField,
  metadataPrefix,
  nearestNames,
  parseFilterNumber,
} from "./filter-fields.ts";
import type { FilterField, FilterOperator } from "./filter-fields.ts";

/** Longest filter that is read, most terms in it and most values in one term's parentheses. */
export const filterLimits = { filterMaxCharacters: 4096, clausesMax: 64, valuesMax: 100 } as const;

/** One value of a clause; with `prefix` it stands for everything that begins with `text`. */
export interface FilterValue {
  text: string;
  prefix: boolean;
}

/**
 * One term of a filter; the terms of a filter are joined by AND, the values of a term by OR.
 * `{ text: "", prefix: true }` (typed `user:*`) means that the field is present, `{ text: "", prefix: false }`
 * (typed `user:""`) that it is absent. An operator other than `is` comes with exactly one value.
 */
export type FilterClause =
  | { type: "text"; text: string; negated: boolean }
  | {
      type: "field";
      field: string;
      operator: FilterOperator;
      values: readonly FilterValue[];
      negated: boolean;
    };

/** Where something stands in the filter's text: from `start` up to and without `end`. */
export interface SourceRange {
  start: number;
  end: number;
}

export type ParsedFilterClause = FilterClause & SourceRange;

/** A part of a filter that cannot be read, and why; `term` is the whole term that is left out because of it. */
export interface FilterProblem extends SourceRange {
  message: string;
  term: SourceRange;
  /** Names that may have been meant, nearest first. */
  suggestions: string[];
}

export interface ParsedFilter {
  clauses: ParsedFilterClause[];
  problems: FilterProblem[];
}

/** Thrown inside the parser only: the term at hand cannot be read. */
class Unreadable extends Error {
  readonly range: SourceRange;
  readonly suggestions: string[];
  constructor(message: string, range: SourceRange, suggestions: string[] = []) {
    super(message);
    this.range = range;
    this.suggestions = suggestions;
  }
}

interface Cursor {
  readonly source: string;
  at: number;
}

interface ScannedValue extends FilterValue, SourceRange {
  quoted: boolean;
}

const blank = /\s/;
const fieldName = /[A-Za-z_][A-Za-z0-9_.-]*(?=:)/y;
const quotedMetadata = /metadata\.(?=")/iy;
const operators: readonly FilterOperator[] = [">=", "<=", ">", "<"];

/**
 * Reads a filter such as `status:error latency:>2s model:(gpt-5* OR o3) -user:42 metadata.region:eu "no route"`.
 * Never throws: what cannot be read is left out of `clauses` and said in `problems`.
 */
export function parseFilter(text: string): ParsedFilter {
  if (text.length > filterLimits.filterMaxCharacters) {
    const range = { start: filterLimits.filterMaxCharacters, end: text.length };
    const message = `A filter has at most ${filterLimits.filterMaxCharacters} characters; this one has ${text.length}.`;
    return {
      clauses: [],
      problems: [{ ...range, term: { start: 0, end: text.length }, message, suggestions: [] }],
    };
  }
  const parsed: ParsedFilter = { clauses: [], problems: [] };
  const cursor: Cursor = { source: text, at: 0 };
  skipBlanks(cursor);
  while (cursor.at < text.length) {
    const start = cursor.at;
    try {
      const clause = readClause(cursor);
      if (parsed.clauses.length >= filterLimits.clausesMax) {
        throw new Unreadable(`A filter has at most ${filterLimits.clausesMax} terms.`, {
          start,
          end: cursor.at,
        });
      }
      parsed.clauses.push({ ...clause, start, end: cursor.at });
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      cursor.at = Math.max(cursor.at, error.range.end, start + 1);
      skipTerm(cursor);
      const { message, suggestions, range } = error;
      parsed.problems.push({ ...range, term: { start, end: cursor.at }, message, suggestions });
    }
    skipBlanks(cursor);
  }
  return parsed;
}

function skipBlanks(cursor: Cursor): void {
  while (cursor.at < cursor.source.length && blank.test(cursor.source.charAt(cursor.at))) cursor.at += 1;
}

function skipTerm(cursor: Cursor): void {
  while (cursor.at < cursor.source.length && !blank.test(cursor.source.charAt(cursor.at))) cursor.at += 1;
}

function readClause(cursor: Cursor): FilterClause {
  const start = cursor.at;
  const negated = cursor.source[cursor.at] === "-";
  if (negated) cursor.at += 1;
  if (cursor.at >= cursor.source.length || blank.test(cursor.source.charAt(cursor.at))) {
    throw new Unreadable("A minus needs a term right after it.", { start, end: cursor.at });
  }
  const name = readFieldName(cursor);
  return name === null ? readText(cursor, negated) : readFieldClause(cursor, { ...name, negated });
}

/** The name before a colon, with the cursor left after the colon; null, and nothing read, when there is none. */
function readFieldName(cursor: Cursor): { name: string; range: SourceRange } | null {
  const start = cursor.at;
  quotedMetadata.lastIndex = start;
  if (quotedMetadata.test(cursor.source)) {
    cursor.at = start + metadataPrefix.length;
    const key = readQuoted(cursor);
    const range = { start, end: cursor.at };
    if (cursor.source[cursor.at] !== ":")
      throw new Unreadable("A metadata key is followed by a colon.", range);
    cursor.at += 1;
    return { name: metadataPrefix + key, range };
  }
  fieldName.lastIndex = start;
  const match = fieldName.exec(cursor.source);
  if (match === null) return null;
  const range = { start, end: start + match[0].length };
  cursor.at = range.end + 1;
  // Names are lower case whatever is typed; the case of a metadata key is the caller's.
  const [head = "", ...rest] = match[0].split(".");
  return { name: [head.toLowerCase(), ...rest].join("."), range };
}

function readText(cursor: Cursor, negated: boolean): FilterClause {
  const start = cursor.at;
  if (cursor.source[start] === "(") {
    skipGroup(cursor);
    throw new Unreadable("Parentheses belong after a field: `model:(a OR b)`.", { start, end: cursor.at });
  }
  if (cursor.source[start] === '"') {
    const text = readQuoted(cursor);
    expectTermEnd(cursor);
    if (text.trim() === "")
      throw new Unreadable("There is nothing to search for.", { start, end: cursor.at });
    return { type: "text", text, negated };
  }
  skipTerm(cursor);
  const text = cursor.source.slice(start, cursor.at);
  if (text === "OR") {
    const message =
      "OR joins the values of one field: `status:(error OR cancelled)`. Put it in quotes to search for it.";
    throw new Unreadable(message, { start, end: cursor.at });
  }
  if (text === "AND") {
    const message = "Terms are joined by AND already: leave it out, or put it in quotes to search for it.";
    throw new Unreadable(message, { start, end: cursor.at });
  }
  return { type: "text", text, negated };
}

function readFieldClause(
  cursor: Cursor,
  { name, range, negated }: { name: string; range: SourceRange; negated: boolean },
): FilterClause {
  const field = findFilterField(name);
  if (field === undefined) throw unknownField(cursor, { name, range });
  const operatorStart = cursor.at;
  const operator = operators.find((sign) => cursor.source.startsWith(sign, cursor.at)) ?? "is";
  if (operator !== "is") {
    cursor.at += operator.length;
    if (!field.operators.includes(operator)) {
      const message = `${field.title} cannot be compared with ${operator}. Put the value in quotes if it begins so.`;
      throw new Unreadable(message, { start: operatorStart, end: cursor.at });
    }
  }
  const grouped = cursor.source[cursor.at] === "(";
  if (grouped && operator !== "is") {
    const start = cursor.at;
    skipGroup(cursor);
    throw new Unreadable(`${operator} takes one value, no parentheses.`, { start, end: cursor.at });
  }
  const values = grouped ? readGroup(cursor, field) : [readValue(cursor, { group: null, field })];
  if (grouped) expectTermEnd(cursor);
  return {
    type: "field",
    field: name,
    operator,
    values: values.map((value) => check(field, value, operator)),
    negated,
  };
}

function unknownField(cursor: Cursor, { name, range }: { name: string; range: SourceRange }): Unreadable {
  if (cursor.source[cursor.at] === "(") skipGroup(cursor);
  else if (cursor.source[cursor.at] === '"') readQuoted(cursor);
  if (name === metadataPrefix) return new Unreadable("Name a key: `metadata.region:eu`.", range);
  const suggestions = nearestNames(
    name,
    filterFields.map((field) => field.name),
  );
  const meant =
    suggestions.length === 0 ? "" : ` Did you mean ${suggestions.map((word) => `\`${word}\``).join(" or ")}?`;
  return new Unreadable(
    `There is no field \`${name}\`.${meant} Put the term in quotes to search for it.`,
    range,
    suggestions,
  );
}

function readGroup(cursor: Cursor, field: FilterField): ScannedValue[] {
  const start = cursor.at;
  cursor.at += 1;
  const values: ScannedValue[] = [];
  for (;;) {
    skipBlanks(cursor);
    if (cursor.source[cursor.at] === ")" && values.length > 0) break;
    if (values.length > 0) expectOr(cursor, start);
    values.push(readValue(cursor, { group: start, field }));
    if (values.length > filterLimits.valuesMax) {
      skipGroup(cursor);
      const message = `Parentheses hold at most ${filterLimits.valuesMax} values.`;
      throw new Unreadable(message, { start, end: cursor.at });
    }
  }
  cursor.at += 1;
  return values;
}

function expectOr(cursor: Cursor, groupStart: number): void {
  if (cursor.at >= cursor.source.length) {
    throw new Unreadable("The parenthesis is not closed.", { start: groupStart, end: cursor.at });
  }
  const start = cursor.at;
  // A text that stops at OR is still being typed: its missing value is said next.
  const separated =
    cursor.source.startsWith("OR", start) &&
    (start + 2 === cursor.source.length || blank.test(cursor.source.charAt(start + 2)));
  if (!separated) {
    skipGroup(cursor);
    throw new Unreadable("Values in parentheses are separated by OR.", { start, end: cursor.at });
  }
  cursor.at += 2;
  skipBlanks(cursor);
}

function skipGroup(cursor: Cursor): void {
  while (cursor.at < cursor.source.length) {
    const character = cursor.source[cursor.at];
    if (character === '"') {
      const close = /"(?:[^"\\]|\\[^])*"/y;
      close.lastIndex = cursor.at;
      cursor.at += close.exec(cursor.source)?.[0].length ?? 1;
    } else {
      cursor.at += 1;
      if (character === ")") return;
    }
  }
}

function readValue(
  cursor: Cursor,
  { group, field }: { group: number | null; field: FilterField },
): ScannedValue {
  const start = cursor.at;
  const grouped = group !== null;
  if (cursor.source[start] === '"') {
    const text = readQuoted(cursor);
    const prefix = cursor.source[cursor.at] === "*";
    if (prefix) cursor.at += 1;
    if (!grouped) expectTermEnd(cursor);
    return { text, prefix, quoted: true, start, end: cursor.at };
  }
  const stop = grouped ? /[\s)]/ : blank;
  while (cursor.at < cursor.source.length && !stop.test(cursor.source.charAt(cursor.at))) cursor.at += 1;
  const typed = cursor.source.slice(start, cursor.at);
  const range = { start, end: cursor.at };
  if (typed === "") {
    const closed = cursor.at < cursor.source.length;
    if (grouped) {
      skipGroup(cursor);
      const message = closed ? "A value is missing in the parentheses." : "The parenthesis is not closed.";
      throw new Unreadable(message, { start: group, end: cursor.at });
    }
    const example = field.values[0] ?? "value";
    throw new Unreadable(`A value is missing after the colon, such as \`${example}\`.`, {
      start: start - 1,
      end: start,
    });
  }
  const prefix = typed.endsWith("*");
  const text = prefix ? typed.slice(0, -1) : typed;
  if (text.includes("*")) {
    if (grouped) skipGroup(cursor);
    throw new Unreadable(
      "`*` works only at a value's end. Put the value in quotes to mean the character.",
      range,
    );
  }
  return { text, prefix, quoted: false, ...range };
}

/** Reads `"…"` in which `\"` and `\\` stand for a quote and a backslash. */
function readQuoted(cursor: Cursor): string {
  const start = cursor.at;
  let text = "";
  for (let at = start + 1; at < cursor.source.length; at += 1) {
    const character = cursor.source.charAt(at);
    const next = cursor.source.charAt(at + 1);
    if (character === '"') {
      cursor.at = at + 1;
      return text;
    }
    const escaped = character === "\\" && (next === '"' || next === "\\");
    text += escaped ? next : character;
    if (escaped) at += 1;
  }
  cursor.at = cursor.source.length;
  throw new Unreadable("The quote is not closed.", { start, end: cursor.at });
}

function expectTermEnd(cursor: Cursor): void {
  if (cursor.at >= cursor.source.length || blank.test(cursor.source.charAt(cursor.at))) return;
  const start = cursor.at;
  skipTerm(cursor);
  throw new Unreadable("A space is missing before this.", { start, end: cursor.at });
}

/** Checks a value against its field's type and brings it into the one form in which it is compared. */
function check(field: FilterField, value: ScannedValue, operator: FilterOperator): FilterValue {
  const { text, prefix, start, end } = value;
  const presence = text === "" && operator === "is";
  if (field.type === "text" || presence) return { text, prefix };
  if (prefix) throw new Unreadable(`${field.title} takes no \`*\` after a value.`, { start, end });
  if (field.type === "enum") {
    const chosen = text.toLowerCase();
    if (field.values.includes(chosen)) return { text: chosen, prefix };
    const suggestions = nearestNames(text, field.values);
    const offered = (suggestions.length > 0 ? suggestions : field.values).join(", ");
    const message = `${field.title} has no value \`${text}\`. ${suggestions.length > 0 ? "Nearest" : "Values"}: ${offered}.`;
    throw new Unreadable(message, { start, end }, suggestions);
  }
  if (parseFilterNumber(field.type, text) === null) {
    const forms = {
      duration: "a duration like `300ms` or `2s`",
      money: "dollars like `0.01`",
      number: "a number like `500` or `10k`",
    };
    throw new Unreadable(`${field.title} needs ${forms[field.type]}, not \`${text}\`.`, { start, end });
  }
  return { text, prefix };
}

const bareText = /^[\p{L}\p{N}_][\p{L}\p{N}_.,/@+%#$=?!-]*$/u;
const bareValue = /^[\p{L}\p{N}_$/@.-][\p{L}\p{N}_.,:/@+%#$=?!-]*$/u;
const bareKey = /^[A-Za-z0-9_.-]+$/;

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`;
}

function formatValue({ text, prefix }: FilterValue): string {
  const bare = bareValue.test(text) && text !== "OR";
  if (prefix && text === "") return "*";
  return (bare ? text : quote(text)) + (prefix ? "*" : "");
}

function formatClause(clause: FilterClause): string {
  const minus = clause.negated ? "-" : "";
  if (clause.type === "text") {
    const bare = bareText.test(clause.text) && clause.text !== "OR" && clause.text !== "AND";
    return minus + (bare ? clause.text : quote(clause.text));
  }
  const key = clause.field.startsWith(metadataPrefix) ? clause.field.slice(metadataPrefix.length) : null;
  const name = key === null || bareKey.test(key) ? clause.field : metadataPrefix + quote(key);
  const values = clause.values.map(formatValue);
  const value = values.length === 1 ? values.join("") : `(${values.join(" OR ")})`;
  return `${minus}${name}:${clause.operator === "is" ? "" : clause.operator}${value}`;
}

/** Writes clauses as the text that `parseFilter` reads back to the same clauses. */
export function formatFilter(clauses: readonly FilterClause[]): string {
  return clauses.map(formatClause).join(" ");
}
