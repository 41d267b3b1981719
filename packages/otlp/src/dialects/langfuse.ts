import type { Message, SpanKind } from "@weir/schema";
import { asText, isObject, parseValue } from "../attribute-bag.ts";
import type { AttributeBag } from "../attribute-bag.ts";
import type { SpanDraft } from "../draft.ts";
import { readAnyMessages, textMessage } from "../messages/part.ts";
import type { AttributeValue, OtlpSpan } from "../span.ts";
import { addMetadata, addMetadataEntries, isModelRequest } from "./dialect.ts";
import type { Dialect } from "./dialect.ts";
import { withVersion } from "./gen-ai.ts";

/** What Langfuse's SDKs write into spans. */
export const langfuse: Dialect = {
  name: "langfuse",
  speaks: (name) => name.startsWith("langfuse."),
  read: readLangfuse,
};

const kinds: ReadonlyMap<string, SpanKind> = new Map(
  Object.entries<SpanKind>({
    generation: "generation",
    embedding: "embedding",
    tool: "tool",
    retriever: "retrieval",
    agent: "agent",
    chain: "workflow",
    guardrail: "guardrail",
    evaluator: "evaluation",
    span: "span",
    event: "span",
  }),
);

function readLangfuse(bag: AttributeBag, draft: SpanDraft, span: OtlpSpan): void {
  const type = bag.text("langfuse.observation.type");
  draft.kind ??= kinds.get(type) ?? null;
  draft.modelAsked ||= bag.text("langfuse.observation.model.name");
  draft.userId ||= bag.text("langfuse.user.id");
  draft.sessionId ||= bag.text("langfuse.session.id");
  draft.environment ||= bag.text("langfuse.environment");
  draft.release ||= bag.text("langfuse.release");
  const version = bag.text("langfuse.version");
  if (version !== "") draft.versions.application ??= version;
  const prompt = bag.text("langfuse.observation.prompt.name");
  const promptVersion = bag.text("langfuse.observation.prompt.version");
  if (prompt !== "") draft.versions.prompt ??= withVersion(prompt, promptVersion);
  draft.tags = [...draft.tags, ...bag.texts("langfuse.trace.tags")];
  for (const prefix of ["langfuse.trace.metadata", "langfuse.observation.metadata"]) {
    if (addMetadata(draft, bag.peek(prefix))) bag.take(prefix);
    addMetadataEntries(draft, bag.takePrefix(`${prefix}.`));
  }
  const level = bag.text("langfuse.observation.level");
  if (level === "ERROR") draft.isError = true;
  draft.errorMessage ||= level === "ERROR" ? bag.text("langfuse.observation.status_message") : "";
  readFirstToken(bag, draft, span);
  if (draft.input.length === 0) draft.input = readSide(bag, draft, "input");
  if (draft.output.length === 0) draft.output = readSide(bag, draft, "output");
}

/** What nothing was read of, such as an empty list, stays among the attributes. */
function readSide(bag: AttributeBag, draft: SpanDraft, side: "input" | "output"): Message[] {
  const names = [`langfuse.observation.${side}`, `langfuse.trace.${side}`];
  const name = names.find((candidate) => bag.has(candidate));
  const value = name === undefined ? undefined : bag.peek(name);
  if (name === undefined || value === undefined || value === null) return [];
  const role = side === "input" ? "user" : "assistant";
  const isData = isDataKind(draft.kind) && !hasRoles(value);
  const request = side === "input" && !isData ? requestIn(value, draft.kind) : null;
  const messages = isData
    ? [textMessage(role, asText(value))]
    : readAnyMessages(request === null ? value : (request.messages ?? request.input), role);
  if (messages.length === 0) return [];
  bag.take(name);
  // Tools and settings stand beside the messages, and have no other place in the record.
  if (request !== null && Object.keys(request).length > 1) draft.rawRequest ||= asText(value);
  return messages;
}

/** A tool's arguments and a document that was found may have a `content` and still be no message. */
function isDataKind(kind: SpanKind | null): boolean {
  return kind === "tool" || kind === "retrieval";
}

function hasRoles(value: AttributeValue): boolean {
  const parsed = parseValue(value);
  const list: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return list.some((item) => isObject(item) && typeof item.role === "string");
}

/** A generation's input is its messages, or the whole request that has them; null for the former. */
function requestIn(input: AttributeValue, kind: SpanKind | null): { [name: string]: unknown } | null {
  const parsed = parseValue(input);
  if (!isObject(parsed)) return null;
  // The Responses API's name for messages is what any function may call its argument.
  const isResponses = isModelRequest(kind) && parsed.input !== undefined && Array.isArray(parsed.tools);
  return isResponses || Array.isArray(parsed.messages) ? parsed : null;
}

function readFirstToken(bag: AttributeBag, draft: SpanDraft, span: OtlpSpan): void {
  const value = bag.peekText("langfuse.observation.completion_start_time");
  // The SDK writes the instant as JSON, that is in quotes.
  const startedAtMs = Date.parse(value.replaceAll('"', ""));
  if (Number.isNaN(startedAtMs) || startedAtMs < span.startMs || startedAtMs > span.endMs) return;
  bag.take("langfuse.observation.completion_start_time");
  draft.ttftMs ??= startedAtMs - span.startMs;
}
