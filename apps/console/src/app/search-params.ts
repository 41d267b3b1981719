import { readRange, writeRange, type TimeRange } from "./time-range.ts";
import type { Scope } from "../api/queries.ts";

/**
 * Everything that a view of the console is made of, as it stands in the URL. One vocabulary for all pages, so
 * that a range or a filter means the same wherever a link leads. All values are text: `?filter=status:error`
 * can be read and typed by a person.
 */
const searchNames = [
  "project",
  "range",
  "from",
  "to",
  "zone",
  "live",
  "filter",
  "columns",
  "trace",
  "span",
  "tab",
  "left",
  "right",
  "leftSpan",
  "rightSpan",
  "show",
  "next",
  "reason",
] as const;
export type SearchName = (typeof searchNames)[number];
export type ConsoleSearch = { [name in SearchName]?: string | undefined };

/** What a link to another page takes along. */
export const carriedNames: readonly SearchName[] = ["project", "range", "from", "to", "zone"];

/** Keeps the names that the console knows; the first of repeated ones counts. */
export function readSearch(raw: Readonly<Record<string, unknown>>): ConsoleSearch {
  const search: ConsoleSearch = {};
  for (const name of searchNames) {
    const value = raw[name];
    if (typeof value === "string" && value !== "") search[name] = value;
  }
  return search;
}

/** Reads `?filter=…&range=…` without guessing at types: a trace id of digits only stays text. */
export function parseSearch(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) values[name] ??= value;
  return values;
}

/** Writes what `parseSearch` reads, leaving the signs of the filter grammar and of times readable. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const parts: string[] = [];
  for (const name of Object.keys(search)) {
    const value = search[name];
    if (typeof value === "string" && value !== "")
      parts.push(`${encodeURIComponent(name)}=${encodeValue(value)}`);
  }
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

function encodeValue(value: string): string {
  return encodeURIComponent(value)
    .replaceAll("%20", "+")
    .replaceAll(/%(?:3A|2C|2F|40)/g, (code) => decodeURIComponent(code));
}

/** The rows that the URL is about. */
export function scopeOf(search: ConsoleSearch): Scope {
  return { project: search.project, range: readRange(search), filter: search.filter ?? "" };
}

/** Search parameters of the trace list for exactly these rows, keeping project and zone. */
export function tracesSearch(
  search: ConsoleSearch,
  rows: { filter: string; range?: TimeRange | undefined },
): ConsoleSearch {
  const range = rows.range ?? readRange(search);
  return {
    project: search.project,
    zone: search.zone,
    ...writeRange(range),
    filter: rows.filter === "" ? undefined : rows.filter,
  };
}
