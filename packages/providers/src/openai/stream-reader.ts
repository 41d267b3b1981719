import type { JsonObject } from "../contract.ts";
import type { SseEvent } from "../sse.ts";
import type { CanonicalStreamEvent, StreamPartKind } from "../translate/canonical.ts";
import type { StreamReader } from "../translate/codec.ts";
import { arrayOf, isJsonObject, objectOf, parseJson, textOf } from "../json.ts";
import { numberOrNull } from "../translate/numbers.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";
import { readError } from "./error-shape.ts";
import { dropThoughtSignature, readThinkingText } from "./message-reader.ts";
import { readReasoningDetails, readReasoningText } from "./reasoning.ts";
import { readCitations, readFinish, readHead } from "./response-reader.ts";
import { readUsage } from "./usage.ts";

interface OpenTool {
  index: number;
  id: string;
  /** -1 until the name is known, because no protocol can begin a call without one. */
  part: number;
  /** Arguments that came before the name. */
  early: string;
}

/** Reads `chat.completion.chunk`s up to `[DONE]`. */
export function createStreamReader(book: ReceiptBook): StreamReader {
  return new ChatStreamReader(book);
}

class ChatStreamReader implements StreamReader {
  readonly #book: ReceiptBook;
  #out: CanonicalStreamEvent[] = [];
  #started = false;
  #responseId = "";
  #nextPart = 0;
  /** The text, refusal or reasoning that is being written. */
  #prose: { kind: StreamPartKind; part: number; detail: number } | null = null;
  readonly #tools: OpenTool[] = [];
  #hasRefusal = false;

  constructor(book: ReceiptBook) {
    this.#book = book;
  }

  read(event: SseEvent): CanonicalStreamEvent[] {
    this.#out = [];
    if (event.data === "[DONE]") this.#out.push({ type: "done" });
    else this.#readChunk(event);
    return this.#out;
  }

  #readChunk(event: SseEvent): void {
    const chunk = parseJson(event.data);
    if (!isJsonObject(chunk)) {
      const message = "The provider sent a stream event that is no JSON object.";
      this.#out.push({ type: "error", error: { code: "provider_stream_unreadable", message, type: "" } });
      return;
    }
    if (event.event === "error" || (chunk["error"] !== undefined && chunk["error"] !== null)) {
      this.#out.push({ type: "error", error: readError({ status: 0, body: chunk }) });
      return;
    }
    const choices = arrayOf(chunk["choices"]).map(objectOf);
    // Azure sends a chunk of filter results first, without id, model or choice.
    if (!this.#started && choices.length > 0) this.#start(chunk);
    for (const choice of choices) this.#readChoice(choice);
    const usage = readUsage(chunk["usage"]);
    if (usage !== null) this.#out.push({ type: "usage", usage });
  }

  #start(chunk: JsonObject): void {
    this.#started = true;
    const head = readHead(chunk);
    this.#responseId = head.id;
    this.#out.push({ type: "start", head, usage: readUsage(chunk["usage"]) });
  }

  #readChoice(choice: JsonObject): void {
    const index = numberOrNull(choice["index"]) ?? 0;
    if (index !== 0) {
      this.#book.dropped(`response.choices[${index}]`, "The caller's protocol holds one answer.");
      return;
    }
    const delta = objectOf(choice["delta"]);
    this.#readReasoning(delta);
    this.#readContent(delta["content"]);
    const refusal = textOf(delta["refusal"]);
    if (refusal !== "") {
      this.#hasRefusal = true;
      this.#addProse("refusal", refusal);
    }
    for (const citation of readCitations(delta)) {
      if (this.#prose?.kind === "text") {
        this.#out.push({ type: "part-citation", part: this.#prose.part, citation });
      }
    }
    for (const call of arrayOf(delta["tool_calls"])) this.#readToolDelta(objectOf(call));
    // LocalAI, SGLang and older Ollama send an empty reason with every chunk that is not the last.
    if (textOf(choice["finish_reason"]) !== "") this.#finish(choice);
  }

  #readReasoning(delta: JsonObject): void {
    const details = readReasoningDetails(delta);
    const text = readReasoningText(delta);
    if (text !== "" && !details.some((detail) => detail.text !== "")) this.#addProse("reasoning", text);
    for (const detail of details) {
      if (detail.data !== "") {
        this.#endProse();
        const part = this.#startPart({ kind: "redacted_reasoning" });
        this.#out.push({ type: "part-delta", part, text: detail.data }, { type: "part-end", part });
        continue;
      }
      if (detail.text !== "") this.#addProse("reasoning", detail.text, detail.index);
      if (detail.signature === "") continue;
      if (this.#prose?.kind !== "reasoning") this.#addProse("reasoning", "", detail.index);
      if (this.#prose !== null) {
        this.#out.push({ type: "part-signature", part: this.#prose.part, signature: detail.signature });
      }
      this.#endProse();
    }
  }

  /** Content is text; Mistral's is sometimes a list of reasoning and text. */
  #readContent(content: unknown): void {
    if (typeof content === "string") {
      if (content !== "") this.#addProse("text", content);
      return;
    }
    for (const item of arrayOf(content)) {
      const part = objectOf(item);
      const isThinking = part["type"] === "thinking";
      const text = isThinking ? readThinkingText(part) : textOf(part["text"]);
      if (text !== "") this.#addProse(isThinking ? "reasoning" : "text", text);
    }
  }

  #addProse(kind: StreamPartKind, text: string, detail = 0): void {
    if (this.#prose?.kind !== kind || this.#prose.detail !== detail) {
      this.#endProse();
      this.#prose = { kind, part: this.#startPart({ kind }), detail };
    }
    if (text !== "") this.#out.push({ type: "part-delta", part: this.#prose.part, text });
  }

  #endProse(): void {
    if (this.#prose !== null) this.#out.push({ type: "part-end", part: this.#prose.part });
    this.#prose = null;
  }

  #startPart(options: { kind: StreamPartKind; id?: string; name?: string }): number {
    const part = this.#nextPart;
    this.#nextPart += 1;
    const { kind, id = "", name = "" } = options;
    this.#out.push({ type: "part-start", part, kind, id, name });
    return part;
  }

  #readToolDelta(delta: JsonObject): void {
    const definition = objectOf(delta[delta["type"] === "custom" ? "custom" : "function"]);
    const name = textOf(definition["name"]);
    const tool = this.#toolFor(delta, name);
    dropThoughtSignature(delta, "response.tool_calls", this.#book);
    if (tool.part === -1) {
      if (name !== "") {
        this.#endProse();
        const id = tool.id === "" ? `call_${this.#responseId}_${this.#tools.length - 1}` : tool.id;
        tool.part = this.#startPart({ kind: "tool_call", id, name });
        if (tool.early !== "") this.#out.push({ type: "part-delta", part: tool.part, text: tool.early });
      }
    }
    const value = definition["arguments"] ?? definition["input"];
    const text = typeof value === "string" ? value : isJsonObject(value) ? JSON.stringify(value) : "";
    if (text === "") return;
    if (tool.part === -1) tool.early += text;
    else this.#out.push({ type: "part-delta", part: tool.part, text });
  }

  /**
   * Some servers send each parallel call with index 0, or with none: a new id with a name then is a new call.
   * Others make up a new id for each delta, and without a name it belongs to the call before.
   */
  #toolFor(delta: JsonObject, name: string): OpenTool {
    const id = textOf(delta["id"]);
    const index = numberOrNull(delta["index"]);
    const last = this.#tools.at(-1);
    const known =
      index === null
        ? (this.#tools.find((tool) => tool.id === id) ?? (id === "" || name === "" ? last : undefined))
        : this.#tools.findLast((tool) => tool.index === index);
    if (known !== undefined && (id === "" || known.id === "" || known.id === id || name === "")) {
      if (known.part === -1 && id !== "") known.id = id;
      return known;
    }
    const tool = { index: index ?? this.#tools.length, id, part: -1, early: "" };
    this.#tools.push(tool);
    return tool;
  }

  #finish(choice: JsonObject): void {
    this.#endProse();
    for (const tool of this.#tools) {
      if (tool.part !== -1) this.#out.push({ type: "part-end", part: tool.part });
      else this.#book.dropped("response.tool_calls", "The provider sent a tool call without a name.");
    }
    const finish = readFinish(choice, this.#tools.length > 0, this.#hasRefusal);
    this.#out.push({ type: "finish", finish });
  }
}
