import { parseWrittenJson } from "@weir/providers";
import type { Attributes, AttributeValue } from "./span.ts";

/**
 * A span's attributes while they are mapped: what is taken leaves the bag, and what is left at the end stays in
 * the row's `attributes`, so that nothing is lost without anyone having decided so.
 */
export class AttributeBag {
  readonly #attributes: Attributes;

  constructor(attributes: Attributes) {
    this.#attributes = attributes;
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  peek(name: string): AttributeValue | undefined {
    return this.#attributes.get(name);
  }

  /** The text of the first of the names that has one, without taking it. */
  peekText(...names: string[]): string {
    for (const name of names) {
      const value = this.#attributes.get(name);
      if (typeof value === "string" && value !== "") return value;
    }
    return "";
  }

  take(name: string): AttributeValue | undefined {
    const value = this.#attributes.get(name);
    if (value !== undefined) this.#attributes.delete(name);
    return value;
  }

  /** Takes the first of the names that holds a text or a number; the others stay. */
  text(...names: string[]): string {
    for (const name of names) {
      const value = this.#attributes.get(name);
      if (value === undefined || value === null || value === "" || typeof value === "object") continue;
      this.#attributes.delete(name);
      return String(value);
    }
    return "";
  }

  /** Takes the first of the names that holds a number, also one written as text. */
  number(...names: string[]): number | undefined {
    for (const name of names) {
      const value = this.#attributes.get(name);
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      if (typeof number !== "number" || !Number.isFinite(number)) continue;
      this.#attributes.delete(name);
      return number;
    }
    return undefined;
  }

  /** Takes the first of the names that holds a list of texts, or a JSON list of them, or one text. */
  texts(...names: string[]): string[] {
    for (const name of names) {
      const value = this.#attributes.get(name);
      const list = typeof value === "string" ? parseList(value) : value;
      if (!Array.isArray(list)) continue;
      this.#attributes.delete(name);
      return list.flatMap((item) => (typeof item === "string" && item !== "" ? [item] : []));
    }
    return [];
  }

  /** Takes everything whose name begins so; names come without the prefix. */
  takePrefix(prefix: string): [string, AttributeValue][] {
    const taken: [string, AttributeValue][] = [];
    for (const [name, value] of this.#attributes) {
      if (name.startsWith(prefix)) taken.push([name.slice(prefix.length), value]);
    }
    for (const [name] of taken) this.#attributes.delete(prefix + name);
    return taken;
  }

  /**
   * Takes a list that was flattened into names: `prefix.0.role`, `prefix.0.content`, `prefix.1.role` …
   * @returns the items in order, each with the rest of the names
   */
  takeIndexed(prefix: string): Map<string, AttributeValue>[] {
    return groupIndexed(this.takePrefix(`${prefix}.`));
  }

  left(): IterableIterator<[string, AttributeValue]> {
    return this.#attributes.entries();
  }
}

function parseList(text: string): unknown {
  if (!text.startsWith("[")) return text === "" ? undefined : [text];
  return parseValue(text);
}

/** Groups `0.role`, `0.content`, `1.role` … by their index. */
export function groupIndexed(
  entries: Iterable<readonly [string, AttributeValue]>,
): Map<string, AttributeValue>[] {
  const items = new Map<number, Map<string, AttributeValue>>();
  for (const [name, value] of entries) {
    const dot = name.indexOf(".");
    const index = Number(dot === -1 ? name : name.slice(0, dot));
    if (!Number.isInteger(index)) continue;
    const item = items.get(index) ?? new Map<string, AttributeValue>();
    item.set(dot === -1 ? "" : name.slice(dot + 1), value);
    items.set(index, item);
  }
  return [...items.entries()].toSorted(([a], [b]) => a - b).map(([, item]) => item);
}

/** The entries of an item whose names begin so, without the prefix. */
export function entriesUnder(
  item: ReadonlyMap<string, AttributeValue>,
  prefix: string,
): [string, AttributeValue][] {
  const entries: [string, AttributeValue][] = [];
  for (const [name, value] of item) {
    if (name.startsWith(prefix)) entries.push([name.slice(prefix.length), value]);
  }
  return entries;
}

/** A value that may have been sent as JSON text, its numbers as written; undefined where such text is no JSON. */
export function parseValue(value: unknown): unknown {
  return typeof value === "string" ? parseWrittenJson(value) : value;
}

/** How a value reads in a column of texts. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

export function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}
