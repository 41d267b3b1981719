import type { SpanKind } from "@weir/schema";
import { parseValue } from "../attribute-bag.ts";
import type { AttributeBag } from "../attribute-bag.ts";
import type { SpanDraft } from "../draft.ts";
import { readAnyMessages } from "../messages/part.ts";
import type { OtlpSpan } from "../span.ts";
import { addMetadata, addMetadataEntries } from "./dialect.ts";
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
  draft.tags.push(...bag.texts("langfuse.trace.tags"));
  for (const prefix of ["langfuse.trace.metadata", "langfuse.observation.metadata"]) {
    if (addMetadata(draft, bag.peek(prefix))) bag.take(prefix);
    addMetadataEntries(draft, bag.takePrefix(`${prefix}.`));
  }
  const level = bag.text("langfuse.observation.level");
  if (level === "ERROR") draft.isError = true;
  draft.errorMessage ||= level === "ERROR" ? bag.text("langfuse.observation.status_message") : "";
  readFirstToken(bag, draft, span);
  const input = bag.take("langfuse.observation.input") ?? bag.take("langfuse.trace.input");
  const output = bag.take("langfuse.observation.output") ?? bag.take("langfuse.trace.output");
  if (draft.input.length === 0) draft.input = readAnyMessages(messagesIn(input), "user");
  if (draft.output.length === 0) draft.output = readAnyMessages(output, "assistant");
}

/** A generation's input is its messages, or the whole request that has them. */
function messagesIn(input: unknown): unknown {
  const parsed = parseValue(input);
  return typeof parsed === "object" && parsed !== null && "messages" in parsed ? parsed.messages : input;
}

function readFirstToken(bag: AttributeBag, draft: SpanDraft, span: OtlpSpan): void {
  const value = bag.peekText("langfuse.observation.completion_start_time");
  // The SDK writes the instant as JSON, that is in quotes.
  const startedAtMs = Date.parse(value.replaceAll('"', ""));
  if (Number.isNaN(startedAtMs) || startedAtMs < span.startMs || startedAtMs > span.endMs) return;
  bag.take("langfuse.observation.completion_start_time");
  draft.ttftMs ??= startedAtMs - span.startMs;
}
