import { toolArguments, toolValue } from "@weir/providers";
import type { Message, SpanKind } from "@weir/schema";
import type { AttributeBag } from "../attribute-bag.ts";
import type { SpanDraft } from "../draft.ts";
import { isBedrockContent } from "../messages/bedrock-part.ts";
import { readPromptItems } from "../messages/indexed.ts";
import { itemsReadMax, readAnyMessages, readOtelParts } from "../messages/part.ts";
import { isObject, parseValue } from "../attribute-bag.ts";
import type { Attributes, AttributeValue, OtlpEvent, OtlpSpan } from "../span.ts";
import type { Dialect } from "./dialect.ts";

/**
 * OpenTelemetry's GenAI semantic conventions: the current names, those of earlier versions, and what
 * OpenLLMetry made of them (`gen_ai.prompt.N.*`), in attributes or in span events.
 */
export const genAi: Dialect = {
  name: "gen_ai",
  speaks: (name) => name.startsWith("gen_ai."),
  read: readGenAi,
};

const kinds: ReadonlyMap<string, SpanKind> = new Map(
  Object.entries<SpanKind>({
    chat: "generation",
    completion: "generation",
    text_completion: "generation",
    generate_content: "generation",
    responses: "generation",
    embeddings: "embedding",
    embedding: "embedding",
    execute_tool: "tool",
    create_agent: "agent",
    invoke_agent: "agent",
    invoke_workflow: "workflow",
    retrieval: "retrieval",
    rerank: "retrieval",
    evaluate: "evaluation",
  }),
);

function readGenAi(bag: AttributeBag, draft: SpanDraft, span: OtlpSpan): void {
  const operation = bag.text("gen_ai.operation.name");
  if (draft.operation === "") draft.operation = operation;
  draft.kind ??= kinds.get(operation) ?? (operation === "" ? guessKind(bag) : null);
  draft.provider ||= bag.text("gen_ai.provider.name", "gen_ai.system");
  draft.modelAsked ||= bag.text("gen_ai.request.model");
  draft.modelAnswered ||= bag.text("gen_ai.response.model");
  draft.responseId ||= bag.text("gen_ai.response.id");
  draft.fingerprint ||= bag.text(
    "gen_ai.openai.response.system_fingerprint",
    "openai.response.system_fingerprint",
    "gen_ai.response.system_fingerprint",
  );
  const finishReasons = bag.texts("gen_ai.response.finish_reasons", "gen_ai.response.finish_reason");
  if (draft.finishReasons.length === 0) draft.finishReasons = finishReasons;
  if (bag.peek("gen_ai.request.stream") === true) draft.streamed = true;
  draft.sessionId ||= bag.text("gen_ai.conversation.id");
  const prompt = bag.peekText("gen_ai.prompt.name");
  if (prompt !== "") draft.versions.prompt ??= withVersion(prompt, bag.peekText("gen_ai.prompt.version"));
  readFirstChunk(bag, draft);
  readMessages(bag, draft);
  if (draft.kind === "tool") readTool(bag, draft);
  readMessageEvents(draft, span);
}

export function withVersion(name: string, version: string): string {
  return version === "" ? name : `${name}@${version}`;
}

/** Spans from before there was an operation name. */
function guessKind(bag: AttributeBag): SpanKind | null {
  if (bag.has("gen_ai.tool.name") || bag.has("gen_ai.tool.call.id")) return "tool";
  if (bag.has("gen_ai.request.model") || bag.has("gen_ai.response.model")) {
    return bag.peek("llm.request.type") === "embedding" ? "embedding" : "generation";
  }
  return bag.has("gen_ai.agent.name") ? "agent" : null;
}

/** The time to the first chunk has had several names; all of these are in seconds. */
function readFirstChunk(bag: AttributeBag, draft: SpanDraft): void {
  const seconds = bag.number(
    "gen_ai.client.operation.time_to_first_chunk",
    "gen_ai.response.time_to_first_chunk",
    "gen_ai.server.time_to_first_token",
    "gen_ai.response.time_to_first_token",
  );
  if (seconds !== undefined && seconds >= 0) draft.ttftMs ??= seconds * 1000;
}

function readMessages(bag: AttributeBag, draft: SpanDraft): void {
  const system = readSystem(bag.take("gen_ai.system_instructions"));
  if (draft.input.length === 0) {
    const messages = readAnyMessages(bag.take("gen_ai.input.messages"), "user");
    draft.input = [...system, ...messages];
  }
  if (draft.output.length === 0)
    draft.output = readAnyMessages(bag.take("gen_ai.output.messages"), "assistant");
  if (draft.input.length === 0) draft.input = readPromptItems(bag.takeIndexed("gen_ai.prompt"), "user");
  if (draft.output.length === 0) {
    draft.output = readPromptItems(bag.takeIndexed("gen_ai.completion"), "assistant");
  }
}

function readSystem(value: unknown): Message[] {
  const parsed = parseValue(value) ?? value;
  if (typeof parsed === "string" && parsed !== "") return readAnyMessages([parsed], "system");
  if (!Array.isArray(parsed)) return [];
  const parts = parsed.every((part) => typeof part === "string")
    ? readAnyMessages(parsed, "system").flatMap((message) => message.parts)
    : readOtelParts(parsed.slice(0, itemsReadMax));
  return parts.length > 0 ? [{ role: "system", parts }] : [];
}

/** A tool's call is shown as the part of a conversation that it is. */
function readTool(bag: AttributeBag, draft: SpanDraft): void {
  const id = bag.peekText("gen_ai.tool.call.id");
  const call = bag.take("gen_ai.tool.call.arguments");
  const result = bag.take("gen_ai.tool.call.result");
  if (call !== undefined && draft.input.length === 0) {
    const name = bag.peekText("gen_ai.tool.name");
    draft.input = [
      { role: "assistant", parts: [{ type: "tool_call", id, name, arguments: toolArguments(call) }] },
    ];
  }
  if (result !== undefined && draft.output.length === 0) {
    draft.output = [
      { role: "tool", parts: [{ type: "tool_call_response", id, response: toolValue(result) }] },
    ];
  }
}

const messageEvents: ReadonlyMap<string, Message["role"]> = new Map(
  Object.entries<Message["role"]>({
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
  }),
);

/** Earlier conventions put the conversation into span events; those that were read are not kept twice. */
function readMessageEvents(draft: SpanDraft, span: OtlpSpan): void {
  if (span.events.length === 0) return;
  const input: Message[] = [];
  const output: Message[] = [];
  const kept: OtlpEvent[] = [];
  for (const event of span.events) {
    const hasRoom = input.length + output.length < itemsReadMax;
    if (!hasRoom || !readMessageEvent(event, { input, output })) kept.push(event);
  }
  if (kept.length === span.events.length) return;
  span.events = kept;
  if (draft.input.length === 0) draft.input = input;
  if (draft.output.length === 0) draft.output = output;
  if (draft.finishReasons.length === 0) {
    draft.finishReasons = output.flatMap((message) => message.finishReason ?? []);
  }
}

interface EventMessages {
  input: Message[];
  output: Message[];
}

/** Whether anything was read: an event of which nothing was stays an event. */
function readMessageEvent(event: OtlpEvent, into: EventMessages): boolean {
  const read = messagesOfEvent(event);
  const input = read.input.filter((message) => saysAnything(message));
  const output = read.output.filter((message) => saysAnything(message));
  for (const message of input) into.input.push(message);
  for (const message of output) into.output.push(message);
  return input.length + output.length > 0;
}

function saysAnything(message: Message): boolean {
  return message.parts.length > 0 || message.finishReason !== undefined;
}

function messagesOfEvent({ name, attributes }: OtlpEvent): EventMessages {
  const role = messageEvents.get(name);
  if (role !== undefined) return { input: readMessageBody(attributes, role), output: [] };
  switch (name) {
    case "gen_ai.choice":
      return { input: [], output: readChoice(attributes) };
    case "gen_ai.client.inference.operation.details":
      return {
        input: [
          ...readSystem(attributes.get("gen_ai.system_instructions")),
          ...readAnyMessages(attributes.get("gen_ai.input.messages"), "user"),
        ],
        output: readAnyMessages(attributes.get("gen_ai.output.messages"), "assistant"),
      };
    case "gen_ai.content.prompt":
      return { input: readAnyMessages(attributes.get("gen_ai.prompt"), "user"), output: [] };
    case "gen_ai.content.completion":
      return { input: [], output: readAnyMessages(attributes.get("gen_ai.completion"), "assistant") };
    default:
      return { input: [], output: [] };
  }
}

/** Azure's SDKs put the whole body of an event into one attribute, as JSON text. */
const bodyAttribute = "gen_ai.event.content";

function readMessageBody(attributes: Attributes, role: Message["role"]): Message[] {
  const body = attributes.get(bodyAttribute);
  const parsed = parseValue(body);
  if (body !== undefined && !isObject(parsed)) return readAnyMessages(body, role);
  const item = isObject(parsed) ? parsed : messageFields(attributes);
  return readAnyMessages([{ role, ...item, tool_call_id: item.id ?? item.tool_call_id }], role);
}

/** Names with a dot are attributes of the event, such as `gen_ai.system`; the others are the message's fields. */
function messageFields(attributes: Attributes): { [name: string]: unknown } {
  const fields = [...attributes].filter(([name]) => !name.includes("."));
  return Object.fromEntries(fields.map(([name, value]) => [name, argumentsIfList(value)]));
}

function readChoice(attributes: Attributes): Message[] {
  const body = attributes.get(bodyAttribute);
  if (body !== undefined) return readChoiceBody(body);
  const message = attributes.get("message") ?? attributes.get("content");
  const finishReason = attributes.get("finish_reason");
  const parts = parseValue(message);
  const read = isPartList(parts)
    ? readAnyMessages([{ role: "assistant", content: parts }], "assistant")
    : readAnyMessages(message, "assistant");
  return typeof finishReason === "string" ? read.map((one) => ({ ...one, finishReason })) : read;
}

/** Where content is not recorded, a choice has no message, only the reason for its end. */
function readChoiceBody(body: AttributeValue): Message[] {
  const parsed = parseValue(body);
  const isBare = isObject(parsed) && parsed.message === undefined;
  return readAnyMessages(isBare ? [{ role: "assistant", ...parsed }] : body, "assistant");
}

/** Strands Agents gives the answer's content alone, where others give a message or a list of them. */
function isPartList(value: unknown): value is unknown[] {
  if (isBedrockContent(value, "assistant")) return true;
  return Array.isArray(value) && value.length > 0 && value.every((item) => isTypedPart(item));
}

/** OpenTelemetry's own parts have `content`, and are read as messages of one part. */
function isTypedPart(item: unknown): boolean {
  if (!isObject(item) || typeof item.type !== "string") return false;
  return item.role === undefined && item.content === undefined && item.parts === undefined;
}

/** Tool calls come as a JSON text where the attribute could not be a list. */
function argumentsIfList(value: unknown): unknown {
  return typeof value === "string" && value.startsWith("[") ? (parseValue(value) ?? value) : value;
}
