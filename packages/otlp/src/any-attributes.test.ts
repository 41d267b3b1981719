import fc from "fast-check";
import { expect, test } from "vitest";
import { keyValues, mapped, messages } from "./test-span.ts";

/** Attributes that a dialect reads, all of them also as JSON text. */
const names = [
  "langfuse.observation.type",
  "langfuse.observation.model.name",
  "langfuse.observation.prompt.name",
  "langfuse.observation.input",
  "langfuse.observation.output",
  "langfuse.observation.level",
  "langfuse.observation.status_message",
  "langfuse.observation.metadata",
  "langfuse.observation.usage_details",
  "langfuse.trace.tags",
  "langfuse.trace.metadata",
  "langfuse.trace.metadata.a",
  "langfuse.user.id",
  "langfuse.session.id",
  "langfuse.version",
  "ai.operationId",
  "ai.model.id",
  "ai.model.provider",
  "ai.prompt",
  "ai.prompt.messages",
  "ai.response.text",
  "ai.response.toolCalls",
  "ai.response.finishReason",
  "ai.toolCall.args",
  "ai.toolCall.result",
  "ai.value",
  "ai.values",
  "ai.embeddings",
  "ai.telemetry.metadata.tags",
  "ai.telemetry.metadata.a",
  "ai.telemetry.functionId",
  "gen_ai.operation.name",
  "gen_ai.request.model",
  "gen_ai.response.id",
  "gen_ai.response.finish_reasons",
  "gen_ai.conversation.id",
  "gen_ai.input.messages",
  "gen_ai.output.messages",
  "gen_ai.system_instructions",
  "gen_ai.tool.call.arguments",
  "gen_ai.tool.call.result",
  "gen_ai.prompt.0.role",
  "gen_ai.prompt.0.content",
  "gen_ai.prompt.0.tool_calls.0.arguments",
  "openinference.span.kind",
  "llm.model_name",
  "llm.invocation_parameters",
  "llm.finish_reason",
  "llm.input_messages.0.message.content",
  "embedding.embeddings.0.embedding.text",
  "retrieval.documents.0.document.content",
  "input.value",
  "output.value",
  "metadata",
  "tag.tags",
  "llm.request.type",
  "traceloop.span.kind",
  "traceloop.entity.input",
  "traceloop.entity.output",
  "traceloop.association.properties.a",
  "traceloop.prompt.key",
  "user.id",
  "session.id",
  "error.type",
] as const;

const eventNames = [
  "gen_ai.user.message",
  "gen_ai.tool.message",
  "gen_ai.choice",
  "gen_ai.client.inference.operation.details",
  "gen_ai.content.completion",
  "exception",
] as const;
const eventAttributes = ["message", "content", "finish_reason", "gen_ai.event.content", "exception.message"];

const unit = fc.constantFrom("a", "\ud83d", "\udc36", "🐶");
const anyText = fc.string({ unit, maxLength: 4 });
const keys = fc.oneof(
  anyText,
  fc.constantFrom("role", "content", "parts", "message", "messages", "type", "text", "model"),
  fc.constantFrom(
    "summary",
    "call_id",
    "output",
    "finish_reason",
    "tool_calls",
    "function",
    "arguments",
    "toolUse",
    "id",
    "name",
  ),
);
const words = fc.oneof(
  anyText,
  fc.constantFrom("assistant", "tool", "text", "tool_call", "tool-call", "function_call", "reasoning"),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    words,
    fc.double(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(keys, tie("value"), { maxKeys: 4 }),
  ),
})).value;
const kindWords = fc.constantFrom(
  "generation",
  "tool",
  "embedding",
  "chat",
  "LLM",
  "RETRIEVER",
  "ai.toolCall",
);
const values = fc.oneof(
  json,
  json.map((value) => JSON.stringify(value) ?? ""),
  kindWords,
);
const attributes = fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 8 });
const events = fc.array(
  fc.record({
    name: fc.constantFrom(...eventNames),
    attributes: fc.dictionary(fc.constantFrom(...eventAttributes), values).map((fields) => keyValues(fields)),
  }),
  { maxLength: 2 },
);

test("a span becomes a row whose messages can be read, whatever its attributes hold", () => {
  fc.assert(
    fc.property(attributes, events, anyText, (fields, happened, name) => {
      const row = mapped(fields, { name, events: happened, status: { code: 2, message: name } });
      for (const column of [row.input, row.output]) expect(messages(column)).toBeInstanceOf(Array);
    }),
    { numRuns: 1000 },
  );
});
