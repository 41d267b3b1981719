/** Whether a value is a JSON object (no array, no null). */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value has parts to open: an object or an array that is not empty. */
export function isBranch(value: unknown): value is Record<string, unknown> | unknown[] {
  if (Array.isArray(value)) return value.length > 0;
  return isRecord(value) && Object.keys(value).length > 0;
}

export type ParsedJson = { ok: true; value: unknown } | { ok: false };

/** Parses text that may be JSON; `ok` is false for what is not. */
export function parseJson(text: string): ParsedJson {
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch {
    return { ok: false };
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
