import { toolArguments, toolValue } from "@weir/providers";
import type { Message, MessagePart, SpanKind } from "@weir/schema";
import { isObject, parseValue } from "../attribute-bag.ts";
import type { AttributeBag } from "../attribute-bag.ts";
import type { SpanDraft } from "../draft.ts";
import { itemsReadMax, readAnyMessages, textMessage } from "../messages/part.ts";
import type { OtlpSpan } from "../span.ts";
import { addMetadataEntries } from "./dialect.ts";
import type { Dialect } from "./dialect.ts";

/** The Vercel AI SDK's own attributes (versions 4 to 6, and 7's legacy integration). */
export const vercelAi: Dialect = {
  name: "vercel_ai",
  speaks: (name) => name.startsWith("ai."),
  read: readVercelAi,
};

/** The outer spans sum up what the calls within them used, so only the inner ones count as calls. */
function kindOf(operationId: string): SpanKind | null {
  if (/\.do(Generate|Stream)$/.test(operationId)) return "generation";
  if (operationId.endsWith(".doEmbed")) return "embedding";
  if (operationId.endsWith(".doRerank")) return "retrieval";
  if (operationId === "ai.toolCall") return "tool";
  return operationId.startsWith("ai.") ? "workflow" : null;
}

function readVercelAi(bag: AttributeBag, draft: SpanDraft, span: OtlpSpan): void {
  const operationId = bag.peekText("ai.operationId");
  if (operationId !== "") draft.kind ??= kindOf(operationId);
  if (draft.kind === "generation") draft.operation ||= "chat";
  if (draft.kind === "embedding") draft.operation ||= "embeddings";
  if (operationId.endsWith(".doStream")) draft.streamed = true;
  // "openai.responses" names the provider and which of its interfaces was called.
  draft.provider ||= bag.text("ai.model.provider").split(".", 1)[0] ?? "";
  draft.modelAsked ||= bag.text("ai.model.id");
  draft.modelAnswered ||= bag.text("ai.response.model");
  draft.responseId ||= bag.text("ai.response.id");
  const finishReason = bag.text("ai.response.finishReason");
  if (draft.finishReasons.length === 0 && finishReason !== "") draft.finishReasons = [finishReason];
  const firstChunkMs =
    bag.number("ai.response.msToFirstChunk", "ai.stream.msToFirstChunk") ?? firstChunkOf(span);
  if (firstChunkMs !== undefined && firstChunkMs >= 0) draft.ttftMs ??= firstChunkMs;
  draft.tags = [...draft.tags, ...bag.texts("ai.telemetry.metadata.tags")];
  draft.userId ||= bag.text("ai.telemetry.metadata.userId");
  draft.sessionId ||= bag.text("ai.telemetry.metadata.sessionId");
  addMetadataEntries(draft, bag.takePrefix("ai.telemetry.metadata."));
  const functionId = bag.peekText("ai.telemetry.functionId");
  if (functionId !== "") addMetadataEntries(draft, [["functionId", functionId]]);
  if (draft.kind === "tool") readTool(bag, draft);
  else if (draft.kind === "embedding" || operationId.startsWith("ai.embed")) readEmbedding(bag, draft);
  else readTexts(bag, draft);
}

function firstChunkOf(span: OtlpSpan): number | undefined {
  const event = span.events.find((candidate) => candidate.name === "ai.stream.firstChunk");
  const value = event?.attributes.get("ai.stream.msToFirstChunk");
  return typeof value === "number" ? value : undefined;
}

function readTool(bag: AttributeBag, draft: SpanDraft): void {
  const id = bag.text("ai.toolCall.id");
  const name = bag.peekText("ai.toolCall.name");
  const call = bag.take("ai.toolCall.args");
  const result = bag.take("ai.toolCall.result");
  draft.input = [
    { role: "assistant", parts: [{ type: "tool_call", id, name, arguments: toolArguments(call) }] },
  ];
  if (result === undefined) return;
  draft.output = [{ role: "tool", parts: [{ type: "tool_call_response", id, response: toolValue(result) }] }];
}

function readEmbedding(bag: AttributeBag, draft: SpanDraft): void {
  const one = bag.take("ai.value");
  const values = one === undefined ? bag.texts("ai.values") : [one];
  draft.input = values.slice(0, itemsReadMax).map((value) => {
    const parsed = parseValue(value) ?? value;
    return textMessage("user", typeof parsed === "string" ? parsed : (JSON.stringify(parsed) ?? ""));
  });
  const single = bag.take("ai.embedding");
  const vectors = single === undefined ? bag.texts("ai.embeddings") : [single];
  const first = parseValue(vectors[0]);
  if (Array.isArray(first)) {
    const noun = vectors.length === 1 ? "vector" : "vectors";
    draft.outputPreview = `${vectors.length} ${noun} of ${first.length} dimensions`;
  }
}

function readTexts(bag: AttributeBag, draft: SpanDraft): void {
  if (draft.input.length === 0) {
    const messages = bag.take("ai.prompt.messages");
    draft.input =
      messages === undefined ? readPrompt(bag.take("ai.prompt")) : readAnyMessages(messages, "user");
  }
  const parts: MessagePart[] = [];
  const reasoning = bag.text("ai.response.reasoning");
  if (reasoning !== "") parts.push({ type: "reasoning", content: reasoning });
  const text = bag.text("ai.response.text", "ai.response.object");
  if (text !== "") parts.push({ type: "text", content: text });
  const calls = parseValue(bag.take("ai.response.toolCalls"));
  for (const call of Array.isArray(calls) ? calls.slice(0, itemsReadMax) : []) {
    if (!isObject(call)) continue;
    parts.push({
      type: "tool_call",
      id: typeof call.toolCallId === "string" ? call.toolCallId : "",
      name: typeof call.toolName === "string" ? call.toolName : "",
      arguments: toolArguments(call.input ?? call.args),
    });
  }
  if (parts.length === 0 || draft.output.length > 0) return;
  const finishReason = draft.finishReasons[0];
  draft.output = [{ role: "assistant", parts, ...(finishReason === undefined ? {} : { finishReason }) }];
}

/** What the caller gave: a system text, and a prompt or messages. */
function readPrompt(prompt: unknown): Message[] {
  const parsed = parseValue(prompt);
  if (!isObject(parsed)) return readAnyMessages(prompt, "user");
  const messages = readAnyMessages(parsed.messages ?? parsed.prompt, "user");
  const system =
    typeof parsed.system === "string" && parsed.system !== "" ? [textMessage("system", parsed.system)] : [];
  return [...system, ...messages];
}
