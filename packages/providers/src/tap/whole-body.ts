import type { Message } from "@weir/schema";
import type { JsonObject, Operation, ResponseFacts, WireProtocol } from "../contract.ts";
import { anthropicContentParts } from "../conversation/anthropic-parts.ts";
import { openAiAssistantParts } from "../conversation/openai-parts.ts";
import { arrayOf, isJsonObject, objectOf, parseJson, parseWrittenJson, textOf } from "../json.ts";
import { usageFromAnthropic } from "../usage/anthropic.ts";
import { usageFromOpenAi } from "../usage/openai.ts";
import { emptyFacts, errorOf, previewOutput } from "./facts.ts";

interface BodyKind {
  protocol: WireProtocol;
  operation: Operation;
}

/** Reads the facts of a response that came as one JSON body; null where the text is none, or not yet. */
export function factsOfBody(text: string, kind: BodyKind): ResponseFacts | null {
  const body = parseJson(text);
  if (body === undefined) return null;
  const facts = emptyFacts();
  if (!isJsonObject(body)) {
    // Some servers answer with a list that holds the error.
    const first = arrayOf(body)[0];
    if (isJsonObject(first) && first.error !== undefined) facts.error = errorOf(first.error);
    return facts;
  }
  facts.complete = true;
  facts.responseId = textOf(body.id);
  facts.modelAnswered = textOf(body.model);
  facts.providerFingerprint = textOf(body.system_fingerprint);
  if (body.error !== undefined && body.error !== null) {
    facts.error = errorOf(body.error);
    return facts;
  }
  if (kind.operation === "count_tokens") readCount(body, facts);
  else if (kind.operation === "embeddings") readEmbeddings(body, facts);
  else if (kind.protocol === "anthropic") readAnthropicMessage(body, text, facts);
  else readChatCompletion(body, facts);
  return facts;
}

function readCount(body: JsonObject, facts: ResponseFacts): void {
  // Counting costs nothing, so the number is the answer and not the usage.
  const count = body.input_tokens;
  if (typeof count === "number") facts.outputPreview = `${count} input tokens`;
}

function readEmbeddings(body: JsonObject, facts: ResponseFacts): void {
  if (isJsonObject(body.usage)) facts.usage = usageFromOpenAi(body.usage);
  const vectors = arrayOf(body.data);
  facts.outputPreview = describeVectors(vectors.length, objectOf(vectors[0]).embedding);
}

/** How many vectors came, and of how many dimensions; the vectors themselves are not kept. */
export function describeVectors(count: number, first: unknown): string {
  const vectors = `${count} ${count === 1 ? "vector" : "vectors"}`;
  if (Array.isArray(first)) return `${vectors} of ${first.length} dimensions`;
  // Base64 holds 32-bit floats: four characters per three bytes.
  if (typeof first === "string") return `${vectors} of ${Buffer.byteLength(first, "base64") / 4} dimensions`;
  return vectors;
}

function readChatCompletion(body: JsonObject, facts: ResponseFacts): void {
  const usage = body.usage ?? objectOf(body.x_groq).usage;
  if (isJsonObject(usage)) facts.usage = usageFromOpenAi(usage);
  for (const choice of arrayOf(body.choices)) {
    if (!isJsonObject(choice)) continue;
    const finishReason = textOf(choice.finish_reason);
    if (finishReason !== "") facts.finishReasons.push(finishReason);
    // Completions that are no chat have a text instead of a message.
    const message = isJsonObject(choice.message) ? choice.message : { content: choice.text };
    facts.output.push({
      role: "assistant",
      parts: openAiAssistantParts(message),
      ...(finishReason === "" ? {} : { finishReason }),
    });
  }
  facts.outputPreview = previewOutput(facts.output);
}

function readAnthropicMessage(body: JsonObject, text: string, facts: ResponseFacts): void {
  if (isJsonObject(body.usage)) facts.usage = usageFromAnthropic(body.usage);
  const finishReason = textOf(body.stop_reason);
  if (finishReason !== "") facts.finishReasons = [finishReason];
  const message: Message = {
    role: "assistant",
    parts: anthropicContentParts(contentOf(body, text)),
    ...(finishReason === "" ? {} : { finishReason }),
  };
  if (Array.isArray(body.content)) facts.output = [message];
  facts.outputPreview = previewOutput(facts.output);
}

/** The content with its calls' numbers as they were written, which takes longer to read: only where there is a call. */
function contentOf(body: JsonObject, text: string): unknown {
  const hasCall = arrayOf(body.content).some((block) => objectOf(block).input !== undefined);
  return hasCall ? objectOf(parseWrittenJson(text)).content : body.content;
}
