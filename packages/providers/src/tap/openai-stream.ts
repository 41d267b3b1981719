import type { Message, MessagePart } from "@weir/schema";
import type { JsonObject, ResponseFacts } from "../contract.ts";
import { openAiAssistantParts, openAiContentParts } from "../conversation/openai-parts.ts";
import { arrayOf, isJsonObject, objectOf, textOf } from "../json.ts";
import type { SseEvent } from "../sse.ts";
import { usageFromOpenAi } from "../usage/openai.ts";
import type { AnswerReader } from "./answer-reader.ts";
import { emptyFacts, errorOf, previewOutput } from "./facts.ts";

interface ToolCall {
  id: string;
  name: string;
  arguments: string;
  custom: boolean;
}

/** One of the `n` answers of a stream, while its deltas come in. */
class Choice {
  reasoning = "";
  text = "";
  refusal = "";
  finishReason = "";
  transcript = "";
  readonly audio: string[] = [];
  readonly images: unknown[] = [];
  readonly annotations: unknown[] = [];
  readonly #calls: ToolCall[] = [];
  /** Where the call with a given `index` is in `#calls`. */
  readonly #callAt = new Map<number, number>();

  /** Takes one delta; true when it brought content, and not only a role or a finish reason. */
  add(delta: JsonObject): boolean {
    let content = this.#addText(delta);
    for (const call of arrayOf(delta.tool_calls)) {
      if (isJsonObject(call)) content = this.#addCall(call) || content;
    }
    if (isJsonObject(delta.function_call)) {
      content = this.#addCall({ index: 0, function: delta.function_call }) || content;
    }
    if (isJsonObject(delta.audio)) content = this.#addAudio(delta.audio) || content;
    for (const image of arrayOf(delta.images)) {
      this.images.push(image);
      content = true;
    }
    for (const annotation of arrayOf(delta.annotations)) this.annotations.push(annotation);
    return content;
  }

  #addText(delta: JsonObject): boolean {
    const before = this.text.length + this.reasoning.length + this.refusal.length;
    if (typeof delta.content === "string") this.text += delta.content;
    else if (Array.isArray(delta.content)) this.#addParts(openAiContentParts(delta.content));
    // Two names for one thing; where a provider sends both they hold the same text.
    if (typeof delta.reasoning_content === "string") this.reasoning += delta.reasoning_content;
    else if (typeof delta.reasoning === "string") this.reasoning += delta.reasoning;
    if (typeof delta.refusal === "string") this.refusal += delta.refusal;
    return this.text.length + this.reasoning.length + this.refusal.length > before;
  }

  #addParts(parts: readonly MessagePart[]): void {
    for (const part of parts) {
      if (part.type === "text") this.text += part.content;
      else if (part.type === "reasoning") this.reasoning += part.content;
    }
  }

  #addAudio(audio: JsonObject): boolean {
    const data = textOf(audio.data);
    const transcript = textOf(audio.transcript);
    if (data !== "") this.audio.push(data);
    this.transcript += transcript;
    return data !== "" || transcript !== "";
  }

  #addCall(delta: JsonObject): boolean {
    const called = objectOf(delta.function ?? delta.custom);
    const call = this.#callFor(delta, textOf(called.name));
    const id = textOf(delta.id);
    if (id !== "") call.id = id;
    if (isJsonObject(delta.custom)) call.custom = true;
    // Some servers repeat the name with every delta; a name never comes in pieces that repeat its beginning.
    const name = textOf(called.name);
    if (name !== "" && name !== call.name) call.name += name;
    const fragment = called.arguments ?? called.input;
    if (typeof fragment === "string") call.arguments += fragment;
    else if (isJsonObject(fragment)) call.arguments += JSON.stringify(fragment);
    return true;
  }

  /** Parallel calls are told apart by `index`; servers that always send 0, or none, by their ids. */
  #callFor(delta: JsonObject, name: string): ToolCall {
    const id = textOf(delta.id);
    const index = typeof delta.index === "number" ? delta.index : -1;
    const position = this.#callAt.get(index);
    const known = position === undefined ? undefined : this.#calls[position];
    if (known !== undefined && (id === "" || known.id === "" || known.id === id || name === "")) return known;
    const created: ToolCall = { id: "", name: "", arguments: "", custom: false };
    this.#callAt.set(index, this.#calls.push(created) - 1);
    return created;
  }

  message(): Message {
    const toolCalls = this.#calls.map((call) =>
      call.custom
        ? { id: call.id, custom: { name: call.name, input: call.arguments } }
        : { id: call.id, function: { name: call.name, arguments: call.arguments } },
    );
    const audio =
      this.audio.length > 0 || this.transcript !== ""
        ? { data: joinBase64(this.audio), transcript: this.transcript }
        : undefined;
    const parts = openAiAssistantParts({
      reasoning_content: this.reasoning,
      content: this.text,
      refusal: this.refusal,
      images: this.images,
      audio,
      tool_calls: toolCalls,
      annotations: this.annotations,
    });
    return {
      role: "assistant",
      parts,
      ...(this.finishReason === "" ? {} : { finishReason: this.finishReason }),
    };
  }
}

/** Each delta is padded on its own, so the bytes are joined and not the texts. */
function joinBase64(pieces: readonly string[]): string {
  const only = pieces[0];
  if (pieces.length <= 1) return only ?? "";
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, "base64"))).toString("base64");
}

/** Reads the stream of a chat completion (OpenAI and compatible servers). */
export class OpenAiStreamReader implements AnswerReader {
  ended = false;
  readonly #facts: ResponseFacts = emptyFacts();
  readonly #choices = new Map<number, Choice>();
  #usage: unknown = null;

  read(event: SseEvent, atMs: number): void {
    if (event.data === "[DONE]") {
      this.ended = true;
      return;
    }
    const chunk: unknown = JSON.parse(event.data);
    if (!isJsonObject(chunk)) return;
    this.#readHead(chunk);
    let content = false;
    for (const item of arrayOf(chunk.choices)) {
      if (isJsonObject(item)) content = this.#readChoice(item) || content;
    }
    if (content) {
      this.#facts.firstContentAtMs ??= atMs;
      this.#facts.lastContentAtMs = atMs;
    }
    const error =
      chunk.error ?? objectOf(chunk.x_groq).error ?? (event.event === "error" ? chunk : undefined);
    if (error !== undefined) this.#facts.error ??= errorOf(error);
  }

  #readHead(chunk: JsonObject): void {
    const facts = this.#facts;
    if (facts.responseId === "") facts.responseId = textOf(chunk.id);
    if (facts.modelAnswered === "") facts.modelAnswered = textOf(chunk.model);
    if (facts.providerFingerprint === "") facts.providerFingerprint = textOf(chunk.system_fingerprint);
    // Some providers send running totals with every chunk, so the last one counts.
    const usage = chunk.usage ?? objectOf(chunk.x_groq).usage;
    if (isJsonObject(usage)) this.#usage = usage;
  }

  #readChoice(item: JsonObject): boolean {
    const index = typeof item.index === "number" ? item.index : 0;
    let choice = this.#choices.get(index);
    if (choice === undefined) {
      choice = new Choice();
      this.#choices.set(index, choice);
    }
    const finishReason = textOf(item.finish_reason);
    if (finishReason !== "") choice.finishReason = finishReason;
    if (isJsonObject(item.delta)) return choice.add(item.delta);
    return typeof item.text === "string" && choice.add({ content: item.text });
  }

  facts(): ResponseFacts {
    const facts = this.#facts;
    const choices = [...this.#choices.entries()].toSorted(([a], [b]) => a - b).map(([, choice]) => choice);
    facts.output = choices.map((choice) => choice.message());
    facts.finishReasons = choices.map((choice) => choice.finishReason).filter((reason) => reason !== "");
    facts.outputPreview = previewOutput(facts.output);
    facts.usage = this.#usage === null ? null : usageFromOpenAi(this.#usage);
    facts.complete = this.ended && facts.error === null;
    return facts;
  }
}
