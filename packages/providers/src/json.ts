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

/**
 * Levels of nesting that a value may have which is to be written as JSON again, or walked: nothing sane has more, V8's
 * time to write a value grows with the square of its depth (8 million levels take most of a minute), and a walk of some
 * thousand levels exhausts the stack.
 */
export const nestingMax = 1000;

/** Whether a value holds others on more than so many levels. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

/** The value to so many levels; a text stands for what is deeper. */
export function cutBelow(value: unknown, levels: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (levels === 0) return "(nested too deeply)";
  if (Array.isArray(value)) return value.map((inner: unknown) => cutBelow(inner, levels - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, cutBelow(inner, levels - 1)]),
  );
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
 * becomes a value that `JSON.stringify` prints as it was written, and what is nested deeper than `nestingMax` is none.
 */
export function parseWrittenJson(text: string): unknown {
  const value = parseJson(text);
  if (isDeeperThan(value, nestingMax)) return undefined;
  // Keeping numbers takes several times as long as parsing, and few texts need it.
  return value === undefined || !writtenSigns.test(text) ? value : JSON.parse(text, keepWritten);
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
