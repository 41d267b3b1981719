import { randomUUID } from "node:crypto";
import type { JsonObject } from "../contract.ts";
import type { AnswerPart, CanonicalResponse, Finish, ResponseHead } from "../translate/canonical.ts";
import type { AnswerContext } from "../translate/codec.ts";
import { isJsonObject, parseWrittenJson } from "../json.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";
import { writeUsage } from "./usage.ts";

/** Writes a whole `message`. */
export function writeResponse(response: CanonicalResponse, context: AnswerContext): JsonObject {
  return {
    ...writeHead(response, context),
    content: response.content.flatMap((part) => writeBlock(part, context.book)),
    ...writeStop(response.finish),
    usage: writeUsage(response.usage, response.serviceTier),
  };
}

/** The fields that come before the content, in a message and in `message_start`. */
export function writeHead(head: ResponseHead, context: AnswerContext): JsonObject {
  return {
    id: head.id === "" ? `msg_${randomUUID().replaceAll("-", "")}` : head.id,
    type: "message",
    role: "assistant",
    model: head.model === "" ? context.model : head.model,
  };
}

export function writeStop(finish: Finish): JsonObject {
  const refused = finish.reason === "content_filter";
  return {
    stop_reason: stopReason(finish),
    stop_sequence: finish.stopSequence,
    stop_details: refused
      ? { type: "refusal", category: null, explanation: finish.refusal === "" ? null : finish.refusal }
      : null,
  };
}

function stopReason(finish: Finish): string {
  switch (finish.reason) {
    case "stop":
      return "end_turn";
    case "stop_sequence":
      return "stop_sequence";
    case "length":
      return "max_tokens";
    case "context_length":
      return "model_context_window_exceeded";
    case "tool_calls":
      return "tool_use";
    case "content_filter":
      return "refusal";
    case "pause":
      return "pause_turn";
  }
}

function writeBlock(part: AnswerPart, book: ReceiptBook): JsonObject[] {
  switch (part.type) {
    case "text":
      if ((part.citations ?? []).length > 0) {
        book.dropped(
          "response.annotations",
          "Anthropic's citations prove themselves by data that only it has.",
        );
      }
      return part.text === "" ? [] : [{ type: "text", text: part.text, citations: null }];
    case "refusal":
      return part.text === "" ? [] : [{ type: "text", text: part.text, citations: null }];
    case "reasoning":
      return [{ type: "thinking", thinking: part.text, signature: part.signature }];
    case "redacted_reasoning":
      return [{ type: "redacted_thinking", data: part.data }];
    case "tool_call":
      return [{ type: "tool_use", id: part.id, name: part.name, input: readInput(part, book) }];
  }
}

function readInput(part: AnswerPart & { type: "tool_call" }, book: ReceiptBook): JsonObject {
  if (part.argumentsText.trim() === "") return {};
  const input = parseWrittenJson(part.argumentsText);
  if (isJsonObject(input)) return input;
  book.rewritten(part.path, "The model's arguments are no JSON object, so they were wrapped in one.");
  return { arguments: input ?? part.argumentsText };
}
