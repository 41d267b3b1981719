import { mediaPart, partValue, readMessages, toolArguments } from "@weir/providers";
import type { Message, MessagePart } from "@weir/schema";
import { asText, isObject, parseValue } from "../attribute-bag.ts";
import { isBedrockContent, readBedrockParts } from "./bedrock-part.ts";
import { isResponseItem, joinTurns, messageOfItem } from "./response-item.ts";

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

/**
 * Messages of a conversation, and parts of a message, that are read: more than its column has room for, which drops
 * what is beyond, and says so. Each takes a hundred times the bytes that it may have as JSON.
 */
export const itemsReadMax = 80_000;

/** A message of one text. */
export function textMessage(role: Role, content: string): Message {
  return { role, parts: [{ type: "text", content }] };
}

/**
 * Reads messages in any of the forms that instrumentations write: OpenTelemetry's (`parts`), the Vercel AI
 * SDK's (`tool-call`, `tool-result`), OpenAI's, Anthropic's and Bedrock's. A JSON text is parsed first. What is
 * no message, be it a text, a number or a function's arguments, becomes one message that shows it as it came.
 */
export function readAnyMessages(value: unknown, fallback: Role): Message[] {
  const parsed = typeof value === "string" ? (parseValue(value) ?? value) : value;
  if (parsed === undefined || parsed === null || parsed === "") return [];
  const items: unknown[] = Array.isArray(parsed) ? parsed.slice(-itemsReadMax) : [parsed];
  const list = items.map((item) => (isResponseItem(item) ? messageOfItem(item) : item));
  const isData = list.length > 0 && !list.some((item) => typeof item === "string" || isMessage(item));
  if (isData) return [textMessage(fallback, asText(value))];
  const messages = list.flatMap((item) => readAnyMessage(item, fallback));
  return items.some((item) => isResponseItem(item)) ? joinTurns(messages) : messages;
}

interface Fields {
  [name: string]: unknown;
}

function isMessage(value: unknown): value is Fields {
  return isObject(value) && (hasMessageField(value) || wrappedMessage(value) !== undefined);
}

/** Some wrap the message, as OpenAI's `choices` do. */
function wrappedMessage({ role, message }: Fields): Fields | undefined {
  return role === undefined && isObject(message) && hasMessageField(message) ? message : undefined;
}

function hasMessageField(value: Fields): boolean {
  return messageFields.some((name) => value[name] !== undefined);
}

const messageFields = ["role", "content", "parts", "tool_calls", "function_call"] as const;

function readAnyMessage(item: unknown, fallback: Role): Message[] {
  if (item === null || item === "") return [];
  if (!isMessage(item)) return [textMessage(fallback, asText(item))];
  const message = wrappedMessage(item) ?? item;
  const role = roleOf(message.role, fallback);
  const finishReason = finishReasonOf(message) || finishReasonOf(item);
  const more = finishReason === "" ? {} : { finishReason };
  return readForm(message, role).map((read) => ({
    ...read,
    parts: read.parts.length > 0 ? read.parts : unreadParts(message),
    ...more,
  }));
}

function finishReasonOf(item: Fields): string {
  return text(item.finish_reason) || text(item.finishReason);
}

function readForm(message: Fields, role: Role): Message[] {
  const item = withReadableLists(message);
  if (Array.isArray(item.parts)) return [{ role, parts: readOtelParts(item.parts) }];
  if (hasVercelContent(item.content)) return [{ role, parts: readVercelParts(item.content) }];
  if (isBedrockContent(item.content, role)) return [{ role, parts: readBedrockParts(item.content) }];
  const protocol = hasAnthropicContent(item.content) ? "anthropic" : "openai";
  return readMessages({ protocol, messages: [{ ...item, role }] });
}

function withReadableLists(message: Fields): Fields {
  const isTooLong = (value: unknown): value is unknown[] =>
    Array.isArray(value) && value.length > itemsReadMax;
  if (!Object.values(message).some((value) => isTooLong(value))) return message;
  const fields = Object.entries(message).map(([name, value]): [string, unknown] => [
    name,
    isTooLong(value) ? value.slice(0, itemsReadMax) : value,
  ]);
  return Object.fromEntries(fields);
}

/** Fields that say which message it is, and not what is in it. */
const labels: ReadonlySet<string> = new Set([
  "role",
  "name",
  "id",
  "index",
  "type",
  "tool_call_id",
  "finish_reason",
  "finishReason",
]);

/** What a message of an unknown form holds is shown as it came, rather than left out. */
function unreadParts(item: Fields): MessagePart[] {
  if (isFilled(item.content)) return [{ type: "text", content: asText(item.content) }];
  // It says that it holds nothing: what stands beside is about the message.
  if (item.content === "") return [];
  const holdsMore = Object.entries(item).some(([name, value]) => !labels.has(name) && isFilled(value));
  return holdsMore ? [{ type: "text", content: asText(item) }] : [];
}

function isFilled(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
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
  return parts.flatMap((part): MessagePart[] => {
    if (typeof part === "string") return part === "" ? [] : [{ type: "text", content: part }];
    return isObject(part) ? [readOtelPart(part)] : [];
  });
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
        arguments: toolArguments(part.arguments),
      };
    case "tool_call_response":
      return {
        type: "tool_call_response",
        id: text(part.id),
        response: partValue(part.response ?? part.result ?? part.content ?? ""),
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
        arguments: toolArguments(part.input ?? part.args),
      };
    case "tool-result":
      return {
        type: "tool_call_response",
        id: text(part.toolCallId),
        response: partValue(toolOutput(part.output ?? part.result)),
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
