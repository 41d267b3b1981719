import type { JsonObject } from "../contract.ts";
import type { CanonicalResponse, Finish, FinishReason, ResponseHead } from "../translate/canonical.ts";
import { arrayOrEmpty, objectOrEmpty, stringOrEmpty } from "../translate/json-read.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";
import { readAnswerBlocks } from "./content-reader.ts";
import { readUsage } from "./usage.ts";

/** Reads a whole `message`. */
export function readResponse(body: JsonObject, book: ReceiptBook): CanonicalResponse {
  const blocks = arrayOrEmpty(body["content"]).map(objectOrEmpty);
  return {
    ...readHead(body),
    content: readAnswerBlocks(blocks, "response.content", book),
    finish: readFinish(body),
    usage: readUsage(body["usage"]),
  };
}

/** What a message says of itself. */
export function readHead(message: JsonObject): ResponseHead {
  return {
    id: stringOrEmpty(message["id"]),
    model: stringOrEmpty(message["model"]),
    createdAt: null,
    fingerprint: "",
    serviceTier: stringOrEmpty(objectOrEmpty(message["usage"])["service_tier"]),
  };
}

/** Reads the end of a message, or of a `message_delta`. */
export function readFinish(holder: JsonObject): Finish {
  const stopSequence = holder["stop_sequence"];
  const details = objectOrEmpty(holder["stop_details"]);
  const refused = holder["stop_reason"] === "refusal";
  const explanation = stringOrEmpty(details["explanation"]);
  return {
    reason: finishReason(holder["stop_reason"]),
    stopSequence: typeof stopSequence === "string" ? stopSequence : null,
    refusal: refused ? explanation || "The model refused to answer." : "",
  };
}

function finishReason(stopReason: unknown): FinishReason {
  switch (stopReason) {
    case "max_tokens":
      return "length";
    case "stop_sequence":
      return "stop_sequence";
    case "tool_use":
      return "tool_calls";
    case "refusal":
      return "content_filter";
    case "pause_turn":
      return "pause";
    case "model_context_window_exceeded":
      return "context_length";
    default:
      return "stop";
  }
}
