import type { JsonObject } from "../contract.ts";
import { arrayOf, isJsonObject, objectOf, textOf } from "../json.ts";
import { samplePattern } from "./pattern-sample.ts";
import { between, pick } from "./random.ts";
import type { Random } from "./random.ts";

/** Beyond this depth optional properties and items are left out, so that recursive schemas end. */
const depthMax = 6;
/** Schemas nested deeper than this get a plain value: they demand themselves and have no finite one. */
const depthLimit = 40;
/** Schemas that refer to themselves from several places grow without end; after so many steps all is null. */
const stepsMax = 20_000;
/** A schema may demand millions of items or characters; nobody learns anything from more than these. */
const itemsMax = 1000;
const charactersMax = 20_000;
const words = ["river", "bank", "gate", "flow", "stone", "mill", "reed", "bridge"] as const;

/**
 * Makes a value that fits a JSON schema (2020-12 and draft 7, as tools and structured output use it): types,
 * enumerations, limits, formats, patterns, `$ref`, `anyOf`, `oneOf` and `allOf`.
 */
export function sampleSchema(schema: unknown, random: Random): unknown {
  return new SchemaSampler(objectOf(schema), random).sample(schema, 0);
}

class SchemaSampler {
  readonly #root: JsonObject;
  readonly #random: Random;
  #steps = 0;

  constructor(root: JsonObject, random: Random) {
    this.#root = root;
    this.#random = random;
  }

  sample(schema: unknown, depth: number): unknown {
    if (!isJsonObject(schema) || this.#isSpent(depth)) return null;
    const whole = this.#resolve(schema, depth);
    if (whole.const !== undefined) return whole.const;
    const allowed = arrayOf(whole.enum);
    if (allowed.length > 0) return pick(allowed, this.#random);
    switch (this.#typeOf(whole, depth)) {
      case "object":
        return this.#object(whole, depth);
      case "array":
        return this.#array(whole, depth);
      case "integer":
        return this.#number(whole, 1);
      case "number":
        return this.#number(whole, 0.5);
      case "boolean":
        return this.#random() < 0.5;
      case "null":
        return null;
      default:
        return this.#string(whole);
    }
  }

  #isSpent(depth: number): boolean {
    this.#steps += 1;
    return depth > depthLimit || this.#steps > stepsMax;
  }

  /** One schema that says the same without references and combinations. */
  #resolve(schema: JsonObject, depth: number): JsonObject {
    if (this.#isSpent(depth)) return {};
    let whole = schema;
    if (typeof schema.$ref === "string") {
      const { $ref: _, ...rest } = schema;
      whole = merge(this.#resolve(this.#follow(schema.$ref), depth + 1), rest);
    }
    for (const part of arrayOf(whole.allOf)) {
      if (isJsonObject(part)) whole = merge(whole, this.#resolve(part, depth + 1));
    }
    const options = arrayOf(whole.anyOf ?? whole.oneOf).filter((option) => isJsonObject(option));
    if (options.length === 0) return whole;
    const { anyOf: _any, oneOf: _one, ...rest } = whole;
    const chosen = depth >= depthMax ? simplest(options) : pick(options, this.#random);
    return merge(rest, this.#resolve(chosen ?? {}, depth + 1));
  }

  #follow(reference: string): JsonObject {
    let target: unknown = this.#root;
    for (const step of reference.split("/").slice(1)) {
      const name = unescapeStep(step);
      target = Array.isArray(target) ? target[Number(name)] : objectOf(target)[name];
    }
    return objectOf(target);
  }

  #typeOf(schema: JsonObject, depth: number): string {
    const types = typeof schema.type === "string" ? [schema.type] : arrayOf(schema.type).map(textOf);
    if (types.length > 0) {
      if (depth >= depthMax && types.includes("null")) return "null";
      return types.find((type) => type !== "null") ?? "null";
    }
    if (schema.properties !== undefined || schema.required !== undefined) return "object";
    if (schema.items !== undefined || schema.prefixItems !== undefined) return "array";
    if (schema.minimum !== undefined || schema.maximum !== undefined) return "number";
    return "string";
  }

  #object(schema: JsonObject, depth: number): JsonObject {
    const required = new Set(arrayOf(schema.required).map(textOf));
    const value: JsonObject = {};
    const properties = objectOf(schema.properties);
    for (const [name, property] of Object.entries(properties)) {
      if (depth >= depthMax && !required.has(name)) continue;
      value[name] = this.sample(property, depth + 1);
    }
    const additional = isJsonObject(schema.additionalProperties) ? schema.additionalProperties : {};
    for (const name of required) {
      if (!Object.hasOwn(value, name)) value[name] = this.sample(additional, depth + 1);
    }
    const least = Math.min(itemsMax, typeof schema.minProperties === "number" ? schema.minProperties : 0);
    for (let extra = 1; Object.keys(value).length < least && extra <= least; extra += 1) {
      value[`property_${extra}`] = this.sample(additional, depth + 1);
    }
    return value;
  }

  #array(schema: JsonObject, depth: number): unknown[] {
    const min = Math.min(itemsMax, typeof schema.minItems === "number" ? schema.minItems : 0);
    const max = typeof schema.maxItems === "number" ? schema.maxItems : Math.max(min, 2);
    const prefix = arrayOf(schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : []));
    const wanted = depth >= depthMax ? min : Math.max(min, Math.min(max, 1 + Math.floor(this.#random() * 2)));
    const length = prefix.length > 0 ? Math.max(prefix.length, min) : wanted;
    const items: unknown[] = [];
    const seen = new Set<string>();
    // Distinct items are drawn until they are distinct, or until it is plain that there are not enough.
    for (let tries = 0; items.length < length && tries < length * 20 + 20; tries += 1) {
      const item = this.sample(prefix[items.length] ?? schema.items ?? {}, depth + 1);
      const key = JSON.stringify(item);
      if (schema.uniqueItems === true && seen.has(key)) continue;
      seen.add(key);
      items.push(item);
    }
    return items;
  }

  #number(schema: JsonObject, fallbackStep: number): number {
    const step =
      typeof schema.multipleOf === "number" && schema.multipleOf > 0 ? schema.multipleOf : fallbackStep;
    const min = lowerBound(schema, step);
    const max = upperBound(schema, step);
    const low = Math.ceil((min ?? (max === undefined ? 1 : max - 20 * step)) / step - 1e-9);
    const high = Math.floor((max ?? (min ?? 1) + 20 * step) / step + 1e-9);
    const steps = between(this.#random, { min: low, max: Math.max(low, high) });
    const value = steps * step;
    // A narrow range may hold no multiple of the step that was only this sampler's habit.
    const fits = (min === undefined || value >= min) && (max === undefined || value <= max);
    return fits || schema.multipleOf !== undefined ? value : ((min ?? 0) + (max ?? min ?? 0)) / 2;
  }

  #string(schema: JsonObject): string {
    if (typeof schema.pattern === "string") {
      const matching = samplePattern(schema.pattern, this.#random);
      if (matching !== undefined) return matching;
    }
    const formatted = formatSample(textOf(schema.format), this.#random);
    if (formatted !== undefined) return formatted;
    const example = arrayOf(schema.examples).find((item) => typeof item === "string");
    let text = textOf(example) || `${pick(words, this.#random)} ${pick(words, this.#random)}`;
    const min = Math.min(charactersMax, typeof schema.minLength === "number" ? schema.minLength : 0);
    const max = typeof schema.maxLength === "number" ? schema.maxLength : Number.POSITIVE_INFINITY;
    while (text.length < min) text += ` ${pick(words, this.#random)}`;
    return text.length > max ? text.slice(0, max) : text;
  }
}

/** One step of a JSON pointer in a URL fragment (RFC 6901, section 6). */
function unescapeStep(step: string): string {
  const decoded = /%(?![0-9a-f]{2})/i.test(step) ? step : decodeURIComponent(step);
  return decoded.replaceAll("~1", "/").replaceAll("~0", "~");
}

function simplest(options: readonly JsonObject[]): JsonObject | undefined {
  return (
    options.find((option) => option.type === "null" || option.const !== undefined) ??
    options.find(
      (option) => option.type !== "object" && option.type !== "array" && option.$ref === undefined,
    ) ??
    options[0]
  );
}

function merge(first: JsonObject, second: JsonObject): JsonObject {
  const merged: JsonObject = { ...first, ...second };
  if (isJsonObject(first.properties) && isJsonObject(second.properties)) {
    merged.properties = { ...first.properties, ...second.properties };
  }
  if (Array.isArray(first.required) && Array.isArray(second.required)) {
    merged.required = [...new Set([...first.required, ...second.required])];
  }
  return merged;
}

function lowerBound(schema: JsonObject, step: number): number | undefined {
  const exclusive = typeof schema.exclusiveMinimum === "number" ? schema.exclusiveMinimum + step : undefined;
  const inclusive = typeof schema.minimum === "number" ? schema.minimum : undefined;
  if (exclusive === undefined || inclusive === undefined) return exclusive ?? inclusive;
  return Math.max(exclusive, inclusive);
}

function upperBound(schema: JsonObject, step: number): number | undefined {
  const exclusive = typeof schema.exclusiveMaximum === "number" ? schema.exclusiveMaximum - step : undefined;
  const inclusive = typeof schema.maximum === "number" ? schema.maximum : undefined;
  if (exclusive === undefined || inclusive === undefined) return exclusive ?? inclusive;
  return Math.min(exclusive, inclusive);
}

function formatSample(format: string, random: Random): string | undefined {
  const day = String(between(random, { min: 1, max: 28 })).padStart(2, "0");
  const hex = (length: number): string =>
    Array.from({ length }, () => between(random, { min: 0, max: 15 }).toString(16)).join("");
  switch (format) {
    case "date":
      return `2026-03-${day}`;
    case "date-time":
      return `2026-03-${day}T08:30:00Z`;
    case "time":
      return "08:30:00Z";
    case "duration":
      return "PT15M";
    case "email":
      return `${pick(words, random)}@example.com`;
    case "hostname":
      return `${pick(words, random)}.example.com`;
    case "ipv4":
      return `192.0.2.${between(random, { min: 1, max: 254 })}`;
    case "ipv6":
      return `2001:db8::${hex(4)}`;
    case "uri":
    case "url":
      return `https://example.com/${pick(words, random)}`;
    case "uuid":
      return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
    default:
      return undefined;
  }
}
