import { isUtf8 } from "node:buffer";
import type { JsonObject, Operation } from "@weir/providers";
import type { Call } from "../call.ts";
import { gatewayErrors } from "../errors.ts";

/** What a body must have beside its model before it is worth sending anywhere. */
const neededFields: { readonly [operation in Operation]: { field: string; example: string } } = {
  chat: { field: "messages", example: '"messages":[{"role":"user","content":"Hello"}]' },
  count_tokens: { field: "messages", example: '"messages":[{"role":"user","content":"Hello"}]' },
  embeddings: { field: "input", example: '"input":"Hello"' },
};

/** Lists show the name whole; the longest that are in use, paths and ARNs, are far shorter. */
const modelMaxCharacters = 2048;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw gatewayErrors.bodyNotJson({ reason, cause });
  }
}

/**
 * Parses a call's body and checks only what every provider needs; the rest is the provider's to judge.
 * @throws GatewayError that names the field and shows how to write it
 */
export function parseCallBody(call: Call, body: Buffer): JsonObject {
  if (body.length === 0) throw gatewayErrors.bodyEmpty();
  if (!isUtf8(body)) throw gatewayErrors.bodyNotUtf8();
  const parsed = parse(body.toString("utf8"));
  if (!isJsonObject(parsed)) throw gatewayErrors.bodyNotObject(kindOf(parsed));
  const { model } = parsed;
  if (model === undefined || model === null || model === "") {
    throw gatewayErrors.fieldMissing({ field: "model", example: '"model":"openai/gpt-4o-mini"' });
  }
  if (typeof model !== "string") {
    throw gatewayErrors.fieldInvalid({ field: "model", expected: "a string", found: kindOf(model) });
  }
  if (model.length > modelMaxCharacters) {
    const expected = `at most ${modelMaxCharacters} characters long`;
    throw gatewayErrors.fieldInvalid({ field: "model", expected, found: `${model.length} long` });
  }
  const needed = neededFields[call.operation];
  const value = parsed[needed.field];
  if (value === undefined || value === null) throw gatewayErrors.fieldMissing(needed);
  if (needed.field === "messages" && !Array.isArray(value)) {
    throw gatewayErrors.fieldInvalid({ field: "messages", expected: "an array", found: kindOf(value) });
  }
  return parsed;
}
