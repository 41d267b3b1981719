/** Bytes `[start, end)` of a member's value in a JSON text. */
export interface ValueRange {
  start: number;
  end: number;
}

/** A replacement of the bytes `[start, end)`; an insertion when both are the same. */
export interface Edit extends ValueRange {
  text: string;
}

const quote = 0x22;
const backslash = 0x5c;

/** The index after a string's closing quote; `open` is the index of its opening one. */
function skipString(json: Buffer, open: number): number {
  let index = open + 1;
  // Most strings are short: a look at each byte beats a call into native code for these.
  const near = Math.min(json.length, index + 48);
  for (; index < near; index += 1) {
    const byte = json[index];
    if (byte === backslash) index += 1;
    else if (byte === quote) return index + 1;
  }
  for (;;) {
    const close = json.indexOf(quote, index);
    if (close === -1) return json.length;
    let slashes = 0;
    while (close - 1 - slashes >= index && json[close - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return close + 1;
    index = close + 1;
  }
}

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** The index after a value that begins at `start`. */
function skipValue(json: Buffer, start: number): number {
  let depth = 0;
  let index = start;
  while (index < json.length) {
    const byte = json[index];
    if (byte === quote) {
      index = skipString(json, index);
      if (depth === 0) return index;
      continue;
    }
    if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) {
      if (depth === 0) return index;
      depth -= 1;
      if (depth === 0) return index + 1;
    } else if (depth === 0 && (byte === 0x2c || isSpace(byte))) return index;
    index += 1;
  }
  return index;
}

function keyAt(json: Buffer, open: number, after: number): string {
  const raw = json.toString("latin1", open + 1, after - 1);
  if (!raw.includes("\\")) return raw;
  const parsed: unknown = JSON.parse(json.toString("utf8", open, after));
  return typeof parsed === "string" ? parsed : raw;
}

/**
 * Finds the values of top-level members of a JSON object, so that they can be replaced without touching any
 * other byte. The text must be known to be valid JSON. A name that occurs twice yields both, in order.
 */
export function findMembers(json: Buffer, names: readonly string[]): { name: string; range: ValueRange }[] {
  const found: { name: string; range: ValueRange }[] = [];
  let index = json.indexOf(0x7b) + 1;
  while (index > 0 && index < json.length) {
    while (isSpace(json[index]) || json[index] === 0x2c) index += 1;
    if (json[index] !== quote) break;
    const afterKey = skipString(json, index);
    const name = keyAt(json, index, afterKey);
    index = afterKey;
    while (isSpace(json[index]) || json[index] === 0x3a) index += 1;
    const end = skipValue(json, index);
    if (names.includes(name)) found.push({ name, range: { start: index, end } });
    index = end;
  }
  return found;
}

/** Where a new last member of the object goes, and whether a comma must precede it. */
export function findObjectEnd(json: Buffer): { index: number; empty: boolean } {
  const index = json.lastIndexOf(0x7d);
  let before = index - 1;
  while (isSpace(json[before])) before -= 1;
  return { index, empty: json[before] === 0x7b };
}

/** Applies edits that do not overlap, all other bytes staying as they are. */
export function applyEdits(json: Buffer, edits: readonly Edit[]): Buffer {
  const sorted = edits.toSorted((a, b) => a.start - b.start);
  const parts: Buffer[] = [];
  let from = 0;
  for (const edit of sorted) {
    parts.push(json.subarray(from, edit.start), Buffer.from(edit.text));
    from = edit.end;
  }
  parts.push(json.subarray(from));
  return Buffer.concat(parts);
}
