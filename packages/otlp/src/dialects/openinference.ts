import { toolArguments, toolValue } from "@weir/providers";
import type { SpanKind } from "@weir/schema";
import { asText, entriesUnder, isObject, parseValue } from "../attribute-bag.ts";
import type { AttributeBag } from "../attribute-bag.ts";
import type { SpanDraft } from "../draft.ts";
import { readOpenInferenceItems } from "../messages/indexed.ts";
import { readAnyMessages, textMessage } from "../messages/part.ts";
import { addMetadata, isModelRequest } from "./dialect.ts";
import type { Dialect } from "./dialect.ts";

/** Arize's OpenInference, which Phoenix and Envoy's AI gateway write. */
export const openInference: Dialect = {
  name: "openinference",
  speaks: (name) =>
    name.startsWith("openinference.") ||
    name.startsWith("llm.") ||
    name === "input.value" ||
    name === "output.value",
  read: readOpenInference,
};

const kinds: ReadonlyMap<string, SpanKind> = new Map(
  Object.entries<SpanKind>({
    LLM: "generation",
    EMBEDDING: "embedding",
    TOOL: "tool",
    RETRIEVER: "retrieval",
    RERANKER: "retrieval",
    AGENT: "agent",
    CHAIN: "workflow",
    GUARDRAIL: "guardrail",
    EVALUATOR: "evaluation",
    PROMPT: "span",
  }),
);

function readOpenInference(bag: AttributeBag, draft: SpanDraft): void {
  const kind = bag.text("openinference.span.kind");
  draft.kind ??= kinds.get(kind.toUpperCase()) ?? null;
  if (draft.kind === "generation" && draft.operation === "") draft.operation = "chat";
  if (draft.kind === "embedding" && draft.operation === "") draft.operation = "embeddings";
  draft.provider ||= bag.text("llm.provider", "llm.system");
  const model = bag.text("llm.model_name", "embedding.model_name");
  draft.modelAnswered ||= model;
  draft.modelAsked ||=
    modelOf(bag.peek("llm.invocation_parameters")) ||
    modelOf(bag.peek("embedding.invocation_parameters")) ||
    model ||
    modelOf(bag.peek("input.value"));
  const finishReason = bag.text("llm.finish_reason");
  if (draft.finishReasons.length === 0 && finishReason !== "") draft.finishReasons = [finishReason];
  if (addMetadata(draft, bag.peek("metadata"))) bag.take("metadata");
  draft.tags = [...draft.tags, ...bag.texts("tag.tags")];
  if (draft.input.length === 0) {
    draft.input = readOpenInferenceItems(bag.takeIndexed("llm.input_messages"), "user");
  }
  if (draft.output.length === 0) {
    draft.output = readOpenInferenceItems(bag.takeIndexed("llm.output_messages"), "assistant");
  }
  if (draft.kind === "embedding") readEmbeddings(bag, draft);
  if (draft.kind === "retrieval") readDocuments(bag, draft);
  readCompletionTexts(bag, draft);
  readValues(bag, draft);
}

function modelOf(parameters: unknown): string {
  const parsed = parseValue(parameters);
  return isObject(parsed) && typeof parsed.model === "string" ? parsed.model : "";
}

/** Completions that are no chat have prompts and texts instead of messages. */
function readCompletionTexts(bag: AttributeBag, draft: SpanDraft): void {
  for (const item of bag.takeIndexed("llm.prompts")) {
    const prompt = item.get("prompt.text");
    if (typeof prompt === "string") draft.input.push(textMessage("user", prompt));
  }
  for (const item of bag.takeIndexed("llm.choices")) {
    const text = item.get("completion.text");
    if (typeof text === "string") draft.output.push(textMessage("assistant", text));
  }
}

/** The texts are the input; the vectors are only counted, as they are no use to a reader. */
function readEmbeddings(bag: AttributeBag, draft: SpanDraft): void {
  const items = bag.takeIndexed("embedding.embeddings");
  let vectors = 0;
  let dimensions = 0;
  for (const item of items) {
    const text = item.get("embedding.text");
    const vector = item.get("embedding.vector");
    if (typeof text === "string") draft.input.push(textMessage("user", text));
    if (!Array.isArray(vector)) continue;
    vectors += 1;
    dimensions = vector.length;
  }
  if (vectors > 0) {
    draft.outputPreview = `${vectors} ${vectors === 1 ? "vector" : "vectors"} of ${dimensions} dimensions`;
  }
}

function readDocuments(bag: AttributeBag, draft: SpanDraft): void {
  const documents = [
    ...bag.takeIndexed("retrieval.documents"),
    ...bag.takeIndexed("reranker.output_documents"),
  ].map((item) => Object.fromEntries(entriesUnder(item, "document.")));
  if (documents.length === 0 || draft.output.length > 0) return;
  draft.output = [{ role: "tool", parts: [{ type: "other", name: "documents", value: documents }] }];
}

/** `input.value` and `output.value` are a model call's raw bodies, and everything that other spans have to show. */
function readValues(bag: AttributeBag, draft: SpanDraft): void {
  const input = bag.peek("input.value");
  const output = bag.peek("output.value");
  const needsInput = draft.input.length === 0;
  const needsOutput = draft.output.length === 0 && draft.outputPreview === "";
  const isRaw = isModelRequest(draft.kind);
  if (input !== undefined && (needsInput || isRaw)) {
    if (isRaw) draft.rawRequest ||= asText(input);
    if (needsInput) draft.input = readInput(draft, input);
    bag.take("input.value");
    bag.take("input.mime_type");
  }
  if (output !== undefined && (needsOutput || isRaw)) {
    if (isRaw) draft.rawResponse ||= asText(output);
    if (needsOutput) draft.output = readOutput(draft, output);
    bag.take("output.value");
    bag.take("output.mime_type");
  }
}

function readInput(draft: SpanDraft, input: unknown): SpanDraft["input"] {
  if (draft.kind === "tool") {
    return [
      {
        role: "assistant",
        parts: [{ type: "tool_call", id: "", name: "", arguments: toolArguments(input) }],
      },
    ];
  }
  const parsed = parseValue(input);
  const messages = isObject(parsed) ? (parsed.messages ?? parsed.input) : undefined;
  if (messages !== undefined && isModelRequest(draft.kind)) return readAnyMessages(messages, "user");
  return [textMessage("user", typeof input === "string" ? input : (JSON.stringify(input) ?? ""))];
}

function readOutput(draft: SpanDraft, output: unknown): SpanDraft["output"] {
  if (draft.kind === "tool") {
    return [{ role: "tool", parts: [{ type: "tool_call_response", id: "", response: toolValue(output) }] }];
  }
  const parsed = parseValue(output);
  if (isObject(parsed) && isModelRequest(draft.kind)) {
    if (Array.isArray(parsed.choices)) return readAnyMessages(parsed.choices, "assistant");
    if (Array.isArray(parsed.output)) return readAnyMessages(parsed.output, "assistant");
    if (parsed.content !== undefined) return readAnyMessages([parsed], "assistant");
    if (draft.kind === "embedding") return [];
  }
  return [textMessage("assistant", typeof output === "string" ? output : (JSON.stringify(output) ?? ""))];
}
