import { hasNumberPrintedOtherwise, isPrintedOtherwise } from "./json-tokens.ts";

/** Whether a value is a number that `parseJson` kept as it was written; `JSON.stringify` gives its text. */
export function isWrittenNumber(value: unknown): boolean {
  return JSON.isRawJSON?.(value) === true;
}

/** Whether a value is a JSON object (no array, no null). */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isWrittenNumber(value);
}

/** Whether a value has parts to open: an object or an array that is not empty. */
export function isBranch(value: unknown): value is Record<string, unknown> | unknown[] {
  if (Array.isArray(value)) return value.length > 0;
  return isRecord(value) && Object.keys(value).length > 0;
}

type ParsedJson = { ok: true; value: unknown } | { ok: false };

function keepWritten(_name: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== "number" || source === undefined || !isPrintedOtherwise(source)) return value;
  return JSON.rawJSON?.(source) ?? value;
}

/** The value with the numbers as they were written that JavaScript would print otherwise, as a long id. */
function withWrittenNumbers(text: string, value: unknown): unknown {
  // Keeping them takes six times as long as parsing, and few texts need it.
  if (JSON.rawJSON === undefined || !hasNumberPrintedOtherwise(text)) return value;
  try {
    return JSON.parse(text, keepWritten);
  } catch (error) {
    // Nested too deeply to be walked: better with rounded numbers than not at all.
    if (error instanceof RangeError) return value;
    throw error;
  }
}

/**
 * Parses JSON as `JSON.parse` does, but a number that JavaScript would print otherwise, as a long id, becomes a value
 * that is printed as it was written. Such a value does not outlive a structured clone.
 */
export function parseWritten(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return withWrittenNumbers(text, value);
}

/** Parses text that may be JSON, with its numbers as they were written; `ok` is false for what is none. */
export function parseJson(text: string): ParsedJson {
  try {
    return { ok: true, value: parseWritten(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false };
    throw error;
  }
}

/** Parses text that holds a whole JSON object or array: what a model answers when it was asked for JSON. */
export function parseJsonDocument(text: string): ParsedJson {
  const trimmed = text.trim();
  if (!/^[{[]/.test(trimmed) || !/[}\]]$/.test(trimmed)) return { ok: false };
  const parsed = parseJson(trimmed);
  return parsed.ok && isBranch(parsed.value) ? parsed : { ok: false };
}

/** The entries of an object or array, with array positions as names. */
export function entriesOf(value: Record<string, unknown> | unknown[]): [string, unknown][] {
  return Array.isArray(value) ? value.map((item, at) => [String(at), item]) : Object.entries(value);
}

/** How many things a branch holds, in words. */
export function sizeInWords(value: Record<string, unknown> | unknown[]): string {
  const count = Array.isArray(value) ? value.length : Object.keys(value).length;
  const noun = Array.isArray(value) ? "item" : "field";
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** JSON text of a value for copying; strings are copied as they are. */
export function copyText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
}

/** A JSON path as a person writes it: `messages[2].content`. */
export function appendPath(path: string, name: string, inArray: boolean): string {
  if (inArray) return `${path}[${name}]`;
  if (/^[A-Za-z_$][\w$-]*$/.test(name)) return path === "" ? name : `${path}.${name}`;
  return `${path}[${JSON.stringify(name)}]`;
}
