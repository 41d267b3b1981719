import type { JsonObject } from "./contract.ts";

/** True for a JSON object; false for arrays, null, numbers that `parseWrittenJson` kept, and everything else. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** The object, or an empty one where there is none, so that readers may look for fields without asking first. */
export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The array, or an empty one where there is none. */
export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The string, or an empty one where there is none. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Parses JSON text; undefined where it is none, which JSON itself cannot express. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not being JSON is an answer here, not a failure: every caller has another reading for it.
    return undefined;
  }
}

/**
 * Signs of a number that JavaScript would print otherwise: sixteen digits, a last zero or six first ones behind the
 * point, an exponent, a negative zero. Texts may have them too, which only costs the time of looking closer.
 */
const writtenSigns = /\d(?:[\d.]{15}|\.\d*0(?!\d)|\.0{6}|[eE][+-]?\d)|-0(?![\d.])/;

function keepWritten(_name: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value !== "number" || source === undefined || String(value) === source
    ? value
    : JSON.rawJSON(source);
}

/**
 * Parses JSON text like `parseJson`, but a number that JavaScript would print otherwise (a long id, `1.0`, `1e400`)
 * becomes a value that `JSON.stringify` prints as it was written.
 */
export function parseWrittenJson(text: string): unknown {
  // Keeping numbers takes several times as long as parsing, and few texts need it.
  if (!writtenSigns.test(text)) return parseJson(text);
  try {
    return JSON.parse(text, keepWritten);
  } catch (error) {
    // Nested too deeply to be walked: better with rounded numbers than not at all.
    return error instanceof RangeError ? parseJson(text) : undefined;
  }
}

/** Whether a value, or anything in it, is a number that `parseWrittenJson` kept as it was written. */
export function hasWrittenNumber(value: unknown): boolean {
  const left = [value];
  while (left.length > 0) {
    const each = left.pop();
    if (typeof each !== "object" || each === null) continue;
    if (JSON.isRawJSON(each)) return true;
    for (const inner of Object.values(each)) left.push(inner);
  }
  return false;
}
