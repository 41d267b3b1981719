import type { JsonObject } from "../contract.ts";
import type { CanonicalResponse, Finish, FinishReason, ResponseHead } from "../translate/canonical.ts";
import { arrayOf, objectOf, textOf } from "../json.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";
import { readAnswerBlocks } from "./content-reader.ts";
import { readUsage } from "./usage.ts";

/** Reads a whole `message`. */
export function readResponse(body: JsonObject, book: ReceiptBook): CanonicalResponse {
  const blocks = arrayOf(body["content"]).map(objectOf);
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
    id: textOf(message["id"]),
    model: textOf(message["model"]),
    createdAt: null,
    fingerprint: "",
    serviceTier: textOf(objectOf(message["usage"])["service_tier"]),
  };
}

/** Reads the end of a message, or of a `message_delta`. */
export function readFinish(holder: JsonObject): Finish {
  const stopSequence = holder["stop_sequence"];
  const details = objectOf(holder["stop_details"]);
  const refused = holder["stop_reason"] === "refusal";
  const explanation = textOf(details["explanation"]);
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
