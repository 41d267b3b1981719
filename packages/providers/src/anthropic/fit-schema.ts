import type { JsonObject } from "../contract.ts";
import { arrayOf, isJsonObject, textOf } from "../json.ts";
import { canCloseObjects, isObjectSchema, isRecursive, subschemas } from "../translate/structured-output.ts";

/** A schema that Anthropic can guarantee, with the keywords that it cannot. */
export interface FittedSchema {
  schema: JsonObject;
  /** Keywords that only the descriptions still hold, or that became another one; each once. */
  moved: string[];
}

/** Whether Anthropic can guarantee a schema once it is fitted: closed, not recursive, and no `allOf` of references. */
export function canGuarantee(schema: JsonObject): boolean {
  return canCloseObjects(schema) && !isRecursive(schema) && !joinsReferences(schema);
}

function joinsReferences(schema: unknown): boolean {
  if (!isJsonObject(schema)) return false;
  const all = schema["allOf"];
  return (arrayOf(all).length > 1 && holdsReferences(all)) || subschemas(schema).some(joinsReferences);
}

function holdsReferences(schemas: unknown): boolean {
  return arrayOf(schemas).some((each) => isJsonObject(each) && each["$ref"] !== undefined);
}

/**
 * Brings a schema into the part of JSON Schema that Anthropic guarantees: every object closed, and none of the
 * keywords that it answers with an error. Those move into the description beside them, where the model reads
 * them still, although nothing makes it keep to them.
 *
 * @example
 * fitSchema({ type: "integer", minimum: 1 }).schema // { type: "integer", description: "minimum: 1" }
 */
export function fitSchema(schema: JsonObject): FittedSchema {
  const moved = new Set<string>();
  return { schema: fit(schema, moved), moved: [...moved] };
}

/** What a receipt says of `moved`. */
export function describeMoved(moved: readonly string[]): string {
  const union = moved.includes("oneOf") ? " An anyOf stands for a oneOf." : "";
  return `Anthropic cannot guarantee ${moved.join(", ")}; the schema's descriptions say it instead.${union}`;
}

const stringFormats = new Set([
  "date",
  "date-time",
  "duration",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "time",
  "uri",
  "uuid",
]);

/** They name the schema or its dialect and limit nothing. */
const silentKeywords = new Set(["$schema", "$id", "$comment"]);

/** The keywords that may stay, each with what its value has to be. */
const keptKeywords = new Map<string, (value: unknown) => boolean>([
  ["$ref", (value) => textOf(value).startsWith("#")],
  ["$defs", isJsonObject],
  ["definitions", isJsonObject],
  ["type", () => true],
  ["title", () => true],
  ["description", () => true],
  ["default", () => true],
  ["enum", (value) => arrayOf(value).length > 0 && arrayOf(value).every(isPlainValue)],
  ["const", isPlainValue],
  ["anyOf", Array.isArray],
  ["allOf", Array.isArray],
  ["properties", isJsonObject],
  ["required", Array.isArray],
  ["additionalProperties", (value) => value === false],
  ["items", isJsonObject],
  ["minItems", (value) => value === 0 || value === 1],
  ["format", (value) => stringFormats.has(textOf(value))],
  ["pattern", (value) => isPlainPattern(textOf(value))],
]);

function fit(schema: JsonObject, moved: Set<string>): JsonObject {
  const fitted: JsonObject = {};
  const limits: string[] = [];
  const detached = detachReference(schema);
  for (const [keyword, value] of Object.entries(detached)) {
    if (silentKeywords.has(keyword)) continue;
    // Of one schema an allOf says the same as an anyOf, and only that may hold a reference.
    const isLoneReference = keyword === "allOf" && holdsReferences(value);
    const mayBeAnyOf = detached["anyOf"] === undefined && fitted["anyOf"] === undefined;
    if (!isLoneReference && keptKeywords.get(keyword)?.(value) === true) {
      fitted[keyword] = fitInside(keyword, value, moved);
      continue;
    }
    if (!isLoneReference || !mayBeAnyOf) moved.add(keyword);
    if ((isLoneReference || keyword === "oneOf") && mayBeAnyOf)
      fitted["anyOf"] = fitInside(keyword, value, moved);
    else limits.push(`${keyword}: ${JSON.stringify(value)}`);
  }
  if (isObjectSchema(schema)) fitted["additionalProperties"] = false;
  if (limits.length === 0) return fitted;
  const description = textOf(schema["description"]);
  return { ...fitted, description: [description, limits.join("\n")].filter(Boolean).join("\n\n") };
}

/**
 * Anthropic's own client leaves out what stands beside a reference, other than definitions. As the only choice
 * of an `anyOf` the reference says the same, and its description may stay.
 */
function detachReference(schema: JsonObject): JsonObject {
  const { $ref, ...others } = schema;
  const isAlone = Object.keys(others).every(
    (keyword) => silentKeywords.has(keyword) || keyword === "$defs" || keyword === "definitions",
  );
  const hasChoices = others["anyOf"] !== undefined || others["oneOf"] !== undefined;
  return $ref === undefined || isAlone || hasChoices ? schema : { ...others, anyOf: [{ $ref }] };
}

function fitInside(keyword: string, value: unknown, moved: Set<string>): unknown {
  if (keyword === "items") return fitOne(value, moved);
  if (keyword === "anyOf" || keyword === "oneOf" || keyword === "allOf") {
    return arrayOf(value).map((sub) => fitOne(sub, moved));
  }
  const isMap = keyword === "properties" || keyword === "$defs" || keyword === "definitions";
  if (isMap && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, sub]) => [name, fitOne(sub, moved)]));
  }
  return value;
}

/** JSON Schema has `true` and `false` for schemas, too. */
function fitOne(schema: unknown, moved: Set<string>): unknown {
  return isJsonObject(schema) ? fit(schema, moved) : schema;
}

function isPlainValue(value: unknown): boolean {
  return value === null || typeof value !== "object";
}

/** Anthropic knows no look-around, back references, word boundaries and character properties, and no long counts. */
function isPlainPattern(pattern: string): boolean {
  return pattern !== "" && !/\(\?|\\[bBkpP1-9]|\{[^}]*\d{3}/.test(pattern);
}
