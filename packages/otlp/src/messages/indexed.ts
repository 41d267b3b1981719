import { mediaPart, toolArguments } from "@weir/providers";
import type { Message, MessagePart } from "@weir/schema";
import { asText, entriesUnder, groupIndexed, parseValue } from "../attribute-bag.ts";
import type { AttributeValue } from "../span.ts";
import { readAnyMessages, roleOf } from "./part.ts";

type Item = ReadonlyMap<string, AttributeValue>;

const textIn = (item: Item, ...names: string[]): string => {
  for (const name of names) {
    const value = item.get(name);
    if (value !== undefined && value !== null && value !== "") return asText(value);
  }
  return "";
};

/**
 * Messages of OpenLLMetry and of the first GenAI conventions: `gen_ai.prompt.0.role`, `gen_ai.prompt.0.content`,
 * `gen_ai.completion.0.tool_calls.0.name` …, given without their prefix.
 */
export function readPromptItems(items: readonly Item[], fallback: Message["role"]): Message[] {
  return items.map((item) => {
    const role = roleOf(item.get("role"), fallback);
    const finishReason = textIn(item, "finish_reason");
    const reasoning = textIn(item, "reasoning", "reasoning_content");
    const thoughts: MessagePart[] = reasoning === "" ? [] : [{ type: "reasoning", content: reasoning }];
    const parts = [...thoughts, ...contentParts(item, role)];
    for (const call of groupIndexed(entriesUnder(item, "tool_calls."))) {
      parts.push({
        type: "tool_call",
        id: textIn(call, "id"),
        name: textIn(call, "name", "function.name"),
        arguments: toolArguments(call.get("arguments") ?? call.get("function.arguments")),
      });
    }
    return { role, parts, ...(finishReason === "" ? {} : { finishReason }) };
  });
}

function contentParts(item: Item, role: Message["role"]): MessagePart[] {
  const content = item.get("content");
  if (content === undefined || content === null || content === "") return [];
  const toolCallId = textIn(item, "tool_call_id");
  if (role === "tool") return [{ type: "tool_call_response", id: toolCallId, response: content }];
  // Multimodal content is a JSON list of parts; plain text may look like JSON without being such a list.
  const isList = typeof content === "string" ? /^\s*\[\s*\{/.test(content) : Array.isArray(content);
  const parsed = isList ? parsedParts(content) : undefined;
  return parsed ?? [{ type: "text", content: asText(content) }];
}

function parsedParts(content: AttributeValue): MessagePart[] | undefined {
  const list = parseValue(content);
  if (!Array.isArray(list)) return undefined;
  const message = readAnyMessages([{ role: "user", content: list }], "user")[0];
  return message === undefined || message.parts.every((part) => part.type === "other")
    ? undefined
    : message.parts;
}

/** Messages of OpenInference: `llm.input_messages.0.message.content`, `….message.contents.0.message_content.text` …. */
export function readOpenInferenceItems(items: readonly Item[], fallback: Message["role"]): Message[] {
  return items.map((item) => {
    const message = new Map(entriesUnder(item, "message."));
    const role = roleOf(message.get("role"), fallback);
    const name = textIn(message, "name");
    return { role, parts: openInferenceParts(message, role), ...(name === "" ? {} : { name }) };
  });
}

function openInferenceParts(message: Item, role: Message["role"]): MessagePart[] {
  const parts: MessagePart[] = [];
  const content = textIn(message, "content");
  if (role === "tool") {
    parts.push({ type: "tool_call_response", id: textIn(message, "tool_call_id"), response: content });
  } else if (content !== "") parts.push({ type: "text", content });
  for (const item of groupIndexed(entriesUnder(message, "contents."))) {
    const part = new Map(entriesUnder(item, "message_content."));
    const image = textIn(part, "image.image.url");
    const text = textIn(part, "text");
    if (image !== "") parts.push(mediaPart({ modality: "image", location: image }));
    else if (text !== "") {
      parts.push(
        part.get("type") === "reasoning"
          ? { type: "reasoning", content: text }
          : { type: "text", content: text },
      );
    }
  }
  for (const item of groupIndexed(entriesUnder(message, "tool_calls."))) {
    const call = new Map(entriesUnder(item, "tool_call."));
    parts.push({
      type: "tool_call",
      id: textIn(call, "id"),
      name: textIn(call, "function.name"),
      arguments: toolArguments(call.get("function.arguments")),
    });
  }
  return parts;
}
