import { mediaPart, readMessages } from "@weir/providers";
import type { Message, MessagePart } from "@weir/schema";
import { isObject, parseValue } from "../attribute-bag.ts";

type Role = Message["role"];

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The role that a message has whatever an instrumentation calls it. */
export function roleOf(role: unknown, fallback: Role = "user"): Role {
  switch (role) {
    case "system":
    case "developer":
    case "user":
    case "assistant":
    case "tool":
      return role;
    case "model":
    case "ai":
      return "assistant";
    case "human":
      return "user";
    case "function":
      return "tool";
    default:
      return fallback;
  }
}

/** Arguments as JSON where they are JSON, as text where they are not. */
export function argumentsOf(value: unknown): unknown {
  const parsed = parseValue(value);
  return parsed === undefined ? (value ?? {}) : parsed;
}

/** A message of one text. */
export function textMessage(role: Role, content: string): Message {
  return { role, parts: [{ type: "text", content }] };
}

/**
 * Reads messages in any of the forms that instrumentations write: OpenTelemetry's (`parts`), the Vercel AI
 * SDK's (`tool-call`, `tool-result`), OpenAI's and Anthropic's. A JSON text is parsed first; a text that is no
 * JSON becomes one message.
 */
export function readAnyMessages(value: unknown, fallback: Role): Message[] {
  const parsed = typeof value === "string" ? (parseValue(value) ?? value) : value;
  if (typeof parsed === "string") return parsed === "" ? [] : [textMessage(fallback, parsed)];
  const list = Array.isArray(parsed) ? parsed : isObject(parsed) ? [parsed] : [];
  const messages: Message[] = [];
  for (const item of list) messages.push(...readAnyMessage(item, fallback));
  return messages;
}

function readAnyMessage(item: unknown, fallback: Role): Message[] {
  if (typeof item === "string") return item === "" ? [] : [textMessage(fallback, item)];
  if (!isObject(item)) return [];
  // Some wrap the message, as OpenAI's `choices` do.
  if (item.role === undefined && isObject(item.message)) return readAnyMessage(item.message, fallback);
  const role = roleOf(item.role, fallback);
  const finishReason = text(item.finish_reason) || text(item.finishReason);
  const more = finishReason === "" ? {} : { finishReason };
  if (Array.isArray(item.parts)) return [{ role, parts: readOtelParts(item.parts), ...more }];
  if (hasVercelContent(item.content)) return [{ role, parts: readVercelParts(item.content), ...more }];
  const protocol = hasAnthropicContent(item.content) ? "anthropic" : "openai";
  return readMessages({ protocol, messages: [{ ...item, role }] }).map((message) => ({
    ...message,
    ...more,
  }));
}

const anthropicTypes: ReadonlySet<unknown> = new Set([
  "tool_use",
  "tool_result",
  "thinking",
  "image",
  "document",
]);
const vercelTypes: ReadonlySet<unknown> = new Set(["tool-call", "tool-result", "reasoning", "file"]);

function hasAnthropicContent(content: unknown): boolean {
  return Array.isArray(content) && content.some((part) => isObject(part) && anthropicTypes.has(part.type));
}

function hasVercelContent(content: unknown): content is unknown[] {
  if (!Array.isArray(content)) return false;
  return content.some(
    (part) =>
      isObject(part) &&
      (vercelTypes.has(part.type) || (part.type === "image" && part.image !== undefined)) &&
      // OpenAI's file part has its own object; the AI SDK's has the data beside the type.
      !isObject(part.file),
  );
}

/** Reads parts as OpenTelemetry's `gen_ai.input.messages` has them. */
export function readOtelParts(parts: readonly unknown[]): MessagePart[] {
  return parts.flatMap((part) => (isObject(part) ? [readOtelPart(part)] : []));
}

function readOtelPart(part: { [name: string]: unknown }): MessagePart {
  switch (part.type) {
    case "text":
      return { type: "text", content: text(part.content) || text(part.text) };
    case "reasoning":
    case "thinking":
      return { type: "reasoning", content: text(part.content) || text(part.text) };
    case "tool_call":
      return {
        type: "tool_call",
        id: text(part.id),
        name: text(part.name),
        arguments: argumentsOf(part.arguments),
      };
    case "tool_call_response":
      return {
        type: "tool_call_response",
        id: text(part.id),
        response: part.response ?? part.result ?? part.content ?? "",
      };
    case "blob":
    case "uri":
      return mediaPart({
        modality: text(part.modality) || "file",
        location: text(part.uri) || text(part.content) || text(part.data),
        ...(text(part.mime_type) === "" ? {} : { mediaType: text(part.mime_type) }),
      });
    default:
      return { type: "other", name: text(part.type) || "part", value: part };
  }
}

function readVercelParts(parts: readonly unknown[]): MessagePart[] {
  return parts.flatMap((part) => (isObject(part) ? [readVercelPart(part)] : []));
}

function readVercelPart(part: { [name: string]: unknown }): MessagePart {
  switch (part.type) {
    case "text":
      return { type: "text", content: text(part.text) };
    case "reasoning":
      return { type: "reasoning", content: text(part.text) };
    case "tool-call":
      return {
        type: "tool_call",
        id: text(part.toolCallId),
        name: text(part.toolName),
        arguments: argumentsOf(part.input ?? part.args),
      };
    case "tool-result":
      return {
        type: "tool_call_response",
        id: text(part.toolCallId),
        response: toolOutput(part.output ?? part.result),
      };
    case "image":
    case "file": {
      const mediaType = text(part.mediaType) || text(part.mimeType);
      const location = text(part.image) || text(part.data) || text(part.url);
      if (location === "") return { type: "other", name: text(part.type), value: part };
      const modality = part.type === "image" || mediaType.startsWith("image/") ? "image" : "file";
      return mediaPart({ modality, location, ...(mediaType === "" ? {} : { mediaType }) });
    }
    default:
      return { type: "other", name: text(part.type) || "part", value: part };
  }
}

/** The AI SDK wraps a tool's output with its kind; readers want what is inside. */
function toolOutput(output: unknown): unknown {
  return isObject(output) && typeof output.type === "string" && output.value !== undefined
    ? output.value
    : (output ?? "");
}
