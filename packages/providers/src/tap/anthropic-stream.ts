import type { JsonObject, ResponseFacts } from "../contract.ts";
import { anthropicContentParts } from "../conversation/anthropic-parts.ts";
import { toolArguments } from "../conversation/tool-value.ts";
import { isJsonObject, objectOf, textOf } from "../json.ts";
import type { SseEvent } from "../sse.ts";
import { mergeAnthropicUsage, usageFromAnthropic } from "../usage/anthropic.ts";
import type { AnswerReader } from "./answer-reader.ts";
import { emptyFacts, errorOf, previewOutput } from "./facts.ts";

/** A content block while its deltas come in. */
interface Block {
  start: JsonObject;
  text: string;
  inputJson: string;
  citations: unknown[];
}

/** Reads the stream of Anthropic's Messages API. */
export class AnthropicStreamReader implements AnswerReader {
  ended = false;
  readonly #facts: ResponseFacts = emptyFacts();
  #blocks = new Map<number, Block>();
  #started = false;
  #usage: JsonObject | null = null;

  read(event: SseEvent, atMs: number): void {
    const payload: unknown = JSON.parse(event.data);
    if (!isJsonObject(payload)) return;
    switch (payload.type) {
      case "content_block_delta":
        if (this.#delta(payload)) this.#sawContent(atMs);
        return;
      case "content_block_start":
        if (this.#blockStart(payload)) this.#sawContent(atMs);
        return;
      case "message_start":
        this.#messageStart(objectOf(payload.message));
        return;
      case "message_delta":
        this.#messageDelta(payload);
        return;
      case "message_stop":
        this.ended = true;
        return;
      case "error":
        this.#facts.error ??= errorOf(payload.error ?? payload);
        return;
      default:
        // `ping`, `content_block_stop` and whatever the protocol may add say nothing about the answer.
        return;
    }
  }

  #sawContent(atMs: number): void {
    this.#facts.firstContentAtMs ??= atMs;
    this.#facts.lastContentAtMs = atMs;
  }

  #messageStart(message: JsonObject): void {
    const facts = this.#facts;
    // A provider that starts over in the middle of a stream takes back what it had sent.
    if (this.#started) this.#blocks = new Map();
    this.#started = true;
    facts.responseId = textOf(message.id) || facts.responseId;
    facts.modelAnswered = textOf(message.model) || facts.modelAnswered;
    this.#usage = mergeAnthropicUsage(this.#usage, message.usage);
    this.#stopReason(message);
    if (Array.isArray(message.content)) {
      message.content.forEach((block, index) => this.#blockStart({ index, content_block: block }));
    }
  }

  #messageDelta(payload: JsonObject): void {
    this.#usage = mergeAnthropicUsage(this.#usage, payload.usage);
    this.#stopReason(objectOf(payload.delta));
  }

  #stopReason(holder: JsonObject): void {
    const reason = textOf(holder.stop_reason);
    if (reason !== "") this.#facts.finishReasons = [reason];
  }

  #blockStart(payload: JsonObject): boolean {
    const start = objectOf(payload.content_block);
    const index = typeof payload.index === "number" ? payload.index : this.#blocks.size;
    this.#blocks.set(index, { start, text: "", inputJson: "", citations: [] });
    if (start.type === "fallback") {
      this.#facts.modelAnswered = textOf(objectOf(start.to).model) || this.#facts.modelAnswered;
    }
    const isToolCall = textOf(start.type).endsWith("tool_use");
    return isToolCall || textOf(start.text) !== "" || textOf(start.thinking) !== "";
  }

  #delta(payload: JsonObject): boolean {
    const index = typeof payload.index === "number" ? payload.index : this.#blocks.size - 1;
    let block = this.#blocks.get(index);
    const delta = objectOf(payload.delta);
    if (block === undefined) {
      block = { start: { type: blockTypeOf(delta) }, text: "", inputJson: "", citations: [] };
      this.#blocks.set(index, block);
    }
    if (typeof delta.text === "string") {
      block.text += delta.text;
      return delta.text !== "";
    }
    if (typeof delta.thinking === "string") {
      block.text += delta.thinking;
      return delta.thinking !== "";
    }
    if (typeof delta.partial_json === "string") {
      block.inputJson += delta.partial_json;
      return delta.partial_json !== "";
    }
    if (delta.citation !== undefined) block.citations.push(delta.citation);
    return false;
  }

  facts(): ResponseFacts {
    const facts = this.#facts;
    const blocks = [...this.#blocks.entries()]
      .toSorted(([a], [b]) => a - b)
      .map(([, block]) => wholeBlock(block));
    const parts = anthropicContentParts(blocks);
    const finishReason = facts.finishReasons[0];
    if (this.#started || parts.length > 0) {
      facts.output = [{ role: "assistant", parts, ...(finishReason === undefined ? {} : { finishReason }) }];
    }
    facts.outputPreview = previewOutput(facts.output);
    facts.usage = this.#usage === null ? null : usageFromAnthropic(this.#usage);
    facts.complete = this.ended && facts.error === null;
    return facts;
  }
}

/** The block as a response that does not stream would hold it. */
function wholeBlock(block: Block): JsonObject {
  const { start, text, inputJson, citations } = block;
  if (start.type === "text") {
    const whole = { ...start, text: textOf(start.text) + text };
    return citations.length > 0 ? { ...whole, citations } : whole;
  }
  if (start.type === "thinking") return { ...start, thinking: textOf(start.thinking) + text };
  if (inputJson !== "") return { ...start, input: toolArguments(inputJson) };
  return start;
}

function blockTypeOf(delta: JsonObject): string {
  if (typeof delta.thinking === "string") return "thinking";
  return typeof delta.partial_json === "string" ? "tool_use" : "text";
}
