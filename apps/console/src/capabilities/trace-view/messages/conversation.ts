import type { Message, MessagePart } from "@weir/schema";
import { isRecord, parseJson } from "../json/json-value.ts";

/** Names of the tools that were called, by the call's id, so that a result can say whose it is. */
export function toolNames(messages: readonly Message[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const message of messages) {
    for (const part of message.parts) if (part.type === "tool_call") names.set(part.id, part.name);
  }
  return names;
}

/** From this many messages on, the middle of a conversation is folded. */
export const foldFromMessages = 24;
const headCount = 2;
const tailCount = 12;
/** How many messages one press of "show earlier" brings. */
export const foldStep = 50;

export interface ConversationFold {
  /** Messages shown at the beginning, up to and without this position. */
  headEnd: number;
  /** Messages shown at the end, from this position on. */
  tailStart: number;
}

/** What of a conversation is shown: its beginning (the instructions) and its end, where the answer comes from. */
export function foldConversation(count: number, earlierShown: number): ConversationFold {
  if (count < foldFromMessages) return { headEnd: count, tailStart: count };
  const tailStart = Math.max(headCount, count - tailCount - earlierShown);
  return tailStart <= headCount ? { headEnd: count, tailStart: count } : { headEnd: headCount, tailStart };
}

/**
 * What a tool was called with. Arguments that are text are JSON whose numbers are to be shown as they are written, or
 * no valid JSON, which is shown as it was sent.
 */
export function toolArguments(sent: unknown): { valid: boolean; value: unknown } {
  if (typeof sent !== "string") return { valid: true, value: sent ?? {} };
  const json = parseJson(sent);
  return json.ok ? { valid: true, value: json.value } : { valid: sent === "", value: sent };
}

/** What a tool answered, as text where it is text: providers wrap it in lists of parts. */
export function toolResultValue(response: unknown): unknown {
  if (!Array.isArray(response) || response.length === 0) return response;
  const texts: string[] = [];
  for (const part of response) {
    if (!isRecord(part) || part.type !== "text" || typeof part.text !== "string") return response;
    texts.push(part.text);
  }
  return texts.join("\n");
}

/** The plain text of a part, for copying a message. */
function partText(part: MessagePart): string {
  switch (part.type) {
    case "text":
    case "reasoning":
      return part.content;
    case "tool_call":
      return `${part.name}(${typeof part.arguments === "string" ? part.arguments : JSON.stringify(part.arguments)})`;
    case "tool_call_response":
      return typeof part.response === "string" ? part.response : JSON.stringify(part.response);
    case "media":
      return part.url.startsWith("data:") ? `[${part.modality}, ${part.mediaType}]` : part.url;
    case "other":
      return JSON.stringify(part.value);
  }
}

/** A message's parts as text, for the clipboard. */
export function messageText(message: Message): string {
  return message.parts.map(partText).join("\n\n");
}

/** Characters in a message, to say how large a collapsed one is. */
export function messageSize(message: Message): number {
  return message.parts.reduce((sum, part) => sum + partText(part).length, 0);
}

/** The first words of a message, for its line when it is collapsed. */
export function messagePreview(message: Message, max = 160): string {
  const text = messageText({ ...message, parts: message.parts.slice(0, 3) }).slice(0, max * 2);
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > max ? `${line.slice(0, max)}…` : line;
}
