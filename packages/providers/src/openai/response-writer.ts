import { randomUUID } from "node:crypto";
import type { JsonObject } from "../contract.ts";
import type { CanonicalResponse, Finish, ResponseHead, TextPart } from "../translate/canonical.ts";
import type { AnswerContext } from "../translate/codec.ts";
import { writeReasoningFields } from "./reasoning.ts";
import { writeUsage } from "./usage.ts";

/** Writes a whole `chat.completion`. */
export function writeResponse(response: CanonicalResponse, context: AnswerContext): JsonObject {
  const texts = response.content.filter((part) => part.type === "text");
  const calls = response.content.filter((part) => part.type === "tool_call");
  const reasoning = response.content.filter(
    (part) => part.type === "reasoning" || part.type === "redacted_reasoning",
  );
  const refusals = response.content.filter((part) => part.type === "refusal").map((part) => part.text);
  const refusal = refusals.length > 0 ? refusals.join("") : response.finish.refusal;
  const annotations = writeAnnotations(texts);
  return {
    ...writeHead(response, context, "chat.completion"),
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: texts.length === 0 ? null : texts.map((part) => part.text).join(""),
          refusal: refusal === "" ? null : refusal,
          ...(annotations.length === 0 ? {} : { annotations }),
          ...writeReasoningFields(reasoning),
          ...(calls.length === 0
            ? {}
            : {
                tool_calls: calls.map((call) => ({
                  id: call.id,
                  type: "function",
                  function: {
                    name: call.name,
                    arguments: call.argumentsText === "" ? "{}" : call.argumentsText,
                  },
                })),
              }),
        },
        logprobs: null,
        finish_reason: writeFinishReason(response.finish),
      },
    ],
    ...(response.usage === null ? {} : { usage: writeUsage(response.usage) }),
  };
}

/** The fields that an answer and each chunk of one begin with. */
export function writeHead(
  head: ResponseHead,
  context: AnswerContext,
  object: "chat.completion" | "chat.completion.chunk",
): JsonObject {
  return {
    id: head.id === "" ? `chatcmpl-${randomUUID().replaceAll("-", "")}` : head.id,
    object,
    created: head.createdAt ?? Math.floor(context.nowMs / 1000),
    model: head.model === "" ? context.model : head.model,
    ...(isOpenAiTier(head.serviceTier) ? { service_tier: head.serviceTier } : {}),
    ...(head.fingerprint === "" ? {} : { system_fingerprint: head.fingerprint }),
  };
}

/** Other protocols' tiers (`standard`, `batch`) mean nothing here. */
function isOpenAiTier(tier: string): boolean {
  return ["auto", "default", "flex", "scale", "priority", "fast"].includes(tier);
}

export function writeFinishReason(finish: Finish): string {
  switch (finish.reason) {
    case "length":
    case "context_length":
      return "length";
    case "tool_calls":
      return "tool_calls";
    case "content_filter":
      return "content_filter";
    case "stop":
    case "stop_sequence":
    case "pause":
      return "stop";
  }
}

function writeAnnotations(texts: readonly TextPart[]): JsonObject[] {
  let offset = 0;
  return texts.flatMap((text) => {
    const start = offset;
    offset += text.text.length;
    return (text.citations ?? []).map((citation) =>
      writeAnnotation({ url: citation.url, title: citation.title, start, end: offset }),
    );
  });
}

/** One `url_citation`; `start` and `end` are positions in the answer's text. */
export function writeAnnotation(options: {
  url: string;
  title: string;
  start: number;
  end: number;
}): JsonObject {
  return {
    type: "url_citation",
    url_citation: {
      url: options.url,
      title: options.title,
      start_index: options.start,
      end_index: options.end,
    },
  };
}
