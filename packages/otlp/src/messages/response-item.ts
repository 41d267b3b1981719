import type { Message } from "@weir/schema";
import { isObject } from "../attribute-bag.ts";

interface Fields {
  [name: string]: unknown;
}

const itemType =
  /^(?:function|custom_tool|web_search|file_search|tool_search|computer|code_interpreter|image_generation|local_shell|shell|apply_patch|mcp)_call(?:_output)?$/;

/**
 * Whether a value is an item of OpenAI's Responses API that stands in a list where its chat protocol has fields of a
 * message: a call, its output, or reasoning, which has a summary where OpenTelemetry's part of that name has none.
 */
export function isResponseItem(value: unknown): value is Fields & { type: string } {
  if (!isObject(value) || value.role !== undefined || typeof value.type !== "string") return false;
  return value.type === "reasoning" ? Array.isArray(value.summary) : itemType.test(value.type);
}

/** The item as the message that the chat protocol, or OpenTelemetry, would have made of it. */
export function messageOfItem(item: Fields & { type: string }): Fields {
  const { type, call_id: id, name } = item;
  if (type === "function_call") {
    return { role: "assistant", tool_calls: [{ id, function: { name, arguments: item.arguments } }] };
  }
  if (type === "custom_tool_call") {
    return { role: "assistant", tool_calls: [{ id, custom: { name, input: item.input } }] };
  }
  if (type === "reasoning") {
    return { role: "assistant", parts: [{ type, content: reasoningText(item) }] };
  }
  if (type.endsWith("_output")) return { role: "tool", tool_call_id: id, content: item.output };
  // A call of a tool that OpenAI runs itself has its own fields.
  return { role: "assistant", parts: [item] };
}

/** The whole text where a model gives it, and what it says of it where not: often neither. */
function reasoningText({ content, summary }: Fields): string {
  return joinedTexts(content) || joinedTexts(summary);
}

function joinedTexts(list: unknown): string {
  const items: unknown[] = Array.isArray(list) ? list : [];
  return items
    .flatMap((item) => (isObject(item) && typeof item.text === "string" ? [item.text] : []))
    .join("\n\n");
}

/** What the model said in a turn are many items; a conversation has one message for them. The messages are used up. */
export function joinTurns(messages: readonly Message[]): Message[] {
  const turns: Message[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (last?.role === "assistant" && message.role === "assistant") {
      const { parts } = last;
      for (const part of message.parts) parts.push(part);
      Object.assign(last, message, { parts });
    } else turns.push(message);
  }
  return turns;
}
