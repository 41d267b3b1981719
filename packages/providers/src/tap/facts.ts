import type { Message } from "@weir/schema";
import type { JsonObject, ResponseFacts } from "../contract.ts";
import { previewMessage } from "../conversation/preview.ts";
import { isJsonObject, textOf } from "../json.ts";

/** Facts of a response of which nothing is known yet. */
export function emptyFacts(): ResponseFacts {
  return {
    modelAnswered: "",
    responseId: "",
    providerFingerprint: "",
    finishReasons: [],
    usage: null,
    output: [],
    outputPreview: "",
    firstContentAtMs: null,
    lastContentAtMs: null,
    error: null,
    complete: false,
  };
}

/** The first answer that has something to show stands for all of them in lists. */
export function previewOutput(output: readonly Message[]): string {
  for (const message of output) {
    const preview = previewMessage(message);
    if (preview !== "") return preview;
  }
  return "";
}

/**
 * Reads an error object of either protocol, in a body or in the middle of a stream:
 * `{ message, type, code }` of OpenAI and its like, `{ type, message }` of Anthropic, or a bare text.
 */
export function errorOf(error: unknown): { code: string; message: string } | null {
  if (typeof error === "string" && error !== "") return { code: "error", message: error };
  if (!isJsonObject(error)) return null;
  return { code: codeOf(error), message: textOf(error.message) || (JSON.stringify(error) ?? "") };
}

function codeOf(error: JsonObject): string {
  if (typeof error.code === "number") return String(error.code);
  return textOf(error.code) || textOf(error.type) || "error";
}
