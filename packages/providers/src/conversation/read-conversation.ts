import type { Message, MessagePart, ToolDefinition } from "@weir/schema";
import type { Conversation, JsonObject, Operation, WireProtocol } from "../contract.ts";
import {
  arrayOf,
  cutBelow,
  isJsonObject,
  nestingMax,
  objectOf,
  parseJson,
  parseWrittenJson,
  textOf,
} from "../json.ts";
import { createResponseTap } from "../tap/response-tap.ts";
import { anthropicContentParts } from "./anthropic-parts.ts";
import { openAiAssistantParts, openAiContentParts } from "./openai-parts.ts";
import { partValue } from "./tool-value.ts";

/**
 * Reads a call's raw request body as a conversation, for people to look at. Tolerant: what is not understood
 * becomes a part of type `other`, and a body that is no JSON object gives an empty conversation.
 */
export function readConversation(options: {
  protocol: WireProtocol;
  operation: Operation;
  request: string;
}): Conversation {
  const embeds = options.operation === "embeddings";
  // Numbers are shown as the caller wrote them, but those of embeddings stand for text, by the thousand.
  const written = embeds ? undefined : parseWrittenJson(options.request);
  // What is nested too deeply to be written out again is cut off there; the raw request has it.
  const body = written ?? cutBelow(parseJson(options.request), nestingMax);
  if (!isJsonObject(body)) return { input: [], tools: [], parameters: {} };
  if (embeds) {
    return { input: embeddingsInput(body.input), tools: [], parameters: parametersOf(body, ["input"]) };
  }
  const isAnthropic = options.protocol === "anthropic";
  return {
    input: isAnthropic ? anthropicMessages(body) : openAiMessages(body),
    tools: isAnthropic ? anthropicTools(body.tools) : openAiTools(body),
    parameters: parametersOf(body, ["messages", "system", "tools", "functions"]),
  };
}

/** Reads a call's raw response body, JSON or SSE text, as the messages of its answer. */
export function readOutput(options: {
  protocol: WireProtocol;
  operation: Operation;
  stream: boolean;
  response: string;
}): Message[] {
  const tap = createResponseTap(options);
  tap.push(Buffer.from(options.response, "utf8"), 0);
  return tap.finish().output;
}

/** Reads a list of messages of a protocol; what is no message is left out. Anthropic's system is not among them. */
export function readMessages(options: { protocol: WireProtocol; messages: unknown }): Message[] {
  const body = { messages: options.messages };
  return options.protocol === "anthropic" ? anthropicMessages(body) : openAiMessages(body);
}

function parametersOf(body: JsonObject, without: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !without.includes(name)));
}

function embeddingsInput(input: unknown): Message[] {
  const items = typeof input === "string" || isNumbers(input) ? [input] : arrayOf(input);
  return items.map((item) => ({
    role: "user",
    parts: [
      typeof item === "string"
        ? { type: "text", content: item }
        : { type: "other", name: "tokens", value: item },
    ],
  }));
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === "number";
}

function openAiMessages(body: JsonObject): Message[] {
  const messages: Message[] = [];
  for (const item of arrayOf(body.messages)) {
    if (isJsonObject(item)) messages.push(openAiMessage(item));
  }
  return messages;
}

function openAiMessage(item: JsonObject): Message {
  const name = textOf(item.name);
  return { role: roleOf(item.role), parts: openAiParts(item), ...(name === "" ? {} : { name }) };
}

function openAiParts(item: JsonObject): MessagePart[] {
  if (item.role === "tool" || item.role === "function") {
    const parts = openAiContentParts(item.content);
    const only = parts.length === 1 && parts[0]?.type === "text" ? parts[0].content : undefined;
    return [
      {
        type: "tool_call_response",
        // The older function messages name the function where tool messages name the call.
        id: textOf(item.tool_call_id) || textOf(item.name),
        response: partValue(only ?? item.content ?? ""),
      },
    ];
  }
  return item.role === "assistant" ? openAiAssistantParts(item) : openAiContentParts(item.content);
}

function roleOf(role: unknown): Message["role"] {
  switch (role) {
    case "system":
    case "developer":
    case "assistant":
    case "tool":
      return role;
    case "function":
      return "tool";
    default:
      return "user";
  }
}

function anthropicMessages(body: JsonObject): Message[] {
  const messages: Message[] = [];
  const system = anthropicContentParts(body.system);
  if (system.length > 0) messages.push({ role: "system", parts: system });
  for (const item of arrayOf(body.messages)) {
    if (!isJsonObject(item)) continue;
    messages.push({ role: roleOf(item.role), parts: anthropicContentParts(item.content) });
  }
  return messages;
}

function openAiTools(body: JsonObject): ToolDefinition[] {
  const tools: ToolDefinition[] = [];
  for (const item of arrayOf(body.tools)) {
    if (!isJsonObject(item)) continue;
    const definition = objectOf(item.function ?? item.custom ?? item);
    tools.push({
      name: textOf(definition.name) || textOf(item.type),
      description: textOf(definition.description),
      parameters: definition.parameters ?? definition.format ?? null,
    });
  }
  for (const item of arrayOf(body.functions)) {
    const definition = objectOf(item);
    tools.push({
      name: textOf(definition.name),
      description: textOf(definition.description),
      parameters: definition.parameters ?? null,
    });
  }
  return tools;
}

function anthropicTools(tools: unknown): ToolDefinition[] {
  return arrayOf(tools)
    .filter((item) => isJsonObject(item))
    .map((item) => ({
      name: textOf(item.name) || textOf(item.type),
      description: textOf(item.description),
      // A tool that the provider runs itself has settings instead of a schema.
      parameters: item.input_schema ?? parametersOf(item, ["name", "description"]),
    }));
}
