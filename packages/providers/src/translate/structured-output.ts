import type { JsonObject } from "../contract.ts";
import type { CanonicalResponse, CanonicalStreamEvent } from "./canonical.ts";
import { arrayOf, isJsonObject, objectOf } from "../json.ts";
import type { ReceiptBook } from "./receipt-book.ts";

/**
 * Where a model has no structured output of its own, it is made to call a tool of this name whose arguments
 * are the answer. The name is reserved, so that an answer can be unwrapped without knowing its request.
 */
export const structuredOutputTool = "weir_structured_output";

/** Turns a call of the reserved tool back into the text that the caller asked for. */
export function unwrapResponse(response: CanonicalResponse, book: ReceiptBook): CanonicalResponse {
  const call = response.content.find(
    (part) => part.type === "tool_call" && part.name === structuredOutputTool,
  );
  if (call?.type !== "tool_call") return response;
  const content = response.content.flatMap((part): typeof response.content => {
    if (part === call) return [{ type: "text", text: call.argumentsText, path: call.path }];
    if (part.type !== "text") return [part];
    book.dropped(part.path, "Text beside the structured answer would make it invalid JSON.");
    return [];
  });
  const hasOtherCalls = content.some((part) => part.type === "tool_call");
  return { ...response, content, finish: finishOf(response.finish, hasOtherCalls) };
}

/** The same for a stream, event by event. */
export function createStreamUnwrapper(): (event: CanonicalStreamEvent) => CanonicalStreamEvent {
  let unwrapped = false;
  let hasOtherCalls = false;
  return (event) => {
    if (event.type === "part-start" && event.kind === "tool_call") {
      if (event.name === structuredOutputTool) {
        unwrapped = true;
        return { ...event, kind: "text", id: "", name: "" };
      }
      hasOtherCalls = true;
    }
    if (event.type === "finish" && unwrapped) {
      return { ...event, finish: finishOf(event.finish, hasOtherCalls) };
    }
    return event;
  };
}

function finishOf(finish: CanonicalResponse["finish"], hasOtherCalls: boolean): CanonicalResponse["finish"] {
  return finish.reason === "tool_calls" && !hasOtherCalls ? { ...finish, reason: "stop" } : finish;
}

/**
 * True when a schema keeps the rules of OpenAI's strict mode: every object closed, every property required.
 */
export function isStrictSchema(schema: unknown): boolean {
  if (!isJsonObject(schema)) return true;
  const properties = objectOf(schema["properties"]);
  if (schema["type"] === "object" || isJsonObject(schema["properties"])) {
    if (schema["additionalProperties"] !== false) return false;
    const required = new Set(arrayOf(schema["required"]));
    if (!Object.keys(properties).every((name) => required.has(name))) return false;
  }
  return subschemas(schema).every(isStrictSchema);
}

/** True when the schema's type is an object, or may be one. */
export function isObjectSchema(schema: JsonObject): boolean {
  return schema["type"] === "object" || arrayOf(schema["type"]).includes("object");
}

/** True when every object of a schema lists all that it may hold: a free-form one has to stay open. */
export function canCloseObjects(schema: unknown): boolean {
  if (!isJsonObject(schema)) return true;
  const isOpen = schema["additionalProperties"] !== undefined && schema["additionalProperties"] !== false;
  const isFreeForm =
    isObjectSchema(schema) &&
    !isJsonObject(schema["properties"]) &&
    schema["additionalProperties"] === undefined;
  return !isOpen && !isFreeForm && subschemas(schema).every(canCloseObjects);
}

/** True when a schema holds itself, as one of a tree does. References to elsewhere are not followed. */
export function isRecursive(root: JsonObject): boolean {
  const open = new Set<string>();
  const closed = new Set<string>();
  const holdsOpen = (schema: unknown): boolean =>
    isJsonObject(schema) && (leadsBack(schema) || subschemas(schema).some(holdsOpen));
  const leadsBack = ({ $ref }: JsonObject): boolean => {
    if (typeof $ref !== "string" || !$ref.startsWith("#") || closed.has($ref)) return false;
    if (open.has($ref)) return true;
    open.add($ref);
    const found = holdsOpen(definitionAt(root, $ref));
    open.delete($ref);
    closed.add($ref);
    return found;
  };
  return holdsOpen(root);
}

/** What a JSON pointer such as `#/$defs/node` points at. */
function definitionAt(root: JsonObject, reference: string): unknown {
  const names = reference.split("/").slice(1);
  const unescaped = names.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  return unescaped.reduce<unknown>((at, name) => objectOf(at)[name], root);
}

const mapKeywords = new Set(["properties", "$defs", "definitions"]);
const listKeywords = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);

export function subschemas(schema: JsonObject): unknown[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (mapKeywords.has(keyword)) return Object.values(objectOf(value));
    if (listKeywords.has(keyword)) return [...arrayOf(value)];
    return keyword === "items" ? [value] : [];
  });
}
