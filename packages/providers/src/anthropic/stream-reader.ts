import type { JsonObject } from "../contract.ts";
import type { SseEvent } from "../sse.ts";
import type { CanonicalStreamEvent, CanonicalUsage, StreamPartKind } from "../translate/canonical.ts";
import type { StreamReader } from "../translate/codec.ts";
import { isJsonObject, objectOf, parseJson, textOf } from "../json.ts";
import { numberOrNull } from "../translate/numbers.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";
import { dropForeignBlock, readWebCitations } from "./content-reader.ts";
import { readError } from "./error-shape.ts";
import { readFinish, readHead } from "./response-reader.ts";
import { readUsage } from "./usage.ts";

interface OpenBlock {
  kind: StreamPartKind;
  /** Input that came whole with the block's start; it counts when no delta follows. */
  wholeInput: string;
}

const kinds: Record<string, StreamPartKind> = {
  text: "text",
  thinking: "reasoning",
  redacted_thinking: "redacted_reasoning",
  tool_use: "tool_call",
};

/** Reads message events up to `message_stop`. */
export function createStreamReader(book: ReceiptBook): StreamReader {
  return new MessageStreamReader(book);
}

class MessageStreamReader implements StreamReader {
  readonly #book: ReceiptBook;
  readonly #blocks = new Map<number, OpenBlock>();
  #started = false;
  #usage: CanonicalUsage | null = null;

  constructor(book: ReceiptBook) {
    this.#book = book;
  }

  read(event: SseEvent): CanonicalStreamEvent[] {
    const data = parseJson(event.data);
    if (!isJsonObject(data)) return [broken("The provider sent a stream event that is no JSON object.")];
    switch (data["type"]) {
      case "message_start":
        return this.#start(objectOf(data["message"]));
      case "content_block_start":
        return this.#startBlock(blockIndex(data), objectOf(data["content_block"]));
      case "content_block_delta":
        return this.#addDelta(blockIndex(data), objectOf(data["delta"]));
      case "content_block_stop":
        return this.#endBlock(blockIndex(data));
      case "message_delta":
        return this.#finish(data);
      case "message_stop":
        return [{ type: "done" }];
      case "ping":
        return [{ type: "ping" }];
      case "error":
        return [{ type: "error", error: readError({ status: 0, body: data }) }];
      default:
        // Anthropic asks its clients to pass over events that they do not know.
        return [];
    }
  }

  #start(message: JsonObject): CanonicalStreamEvent[] {
    if (this.#started) return [broken("The provider began a second message before it ended the first.")];
    this.#started = true;
    this.#usage = readUsage(message["usage"]);
    return [{ type: "start", head: readHead(message), usage: this.#usage }];
  }

  #startBlock(part: number, block: JsonObject): CanonicalStreamEvent[] {
    const kind = Object.hasOwn(kinds, textOf(block["type"])) ? kinds[textOf(block["type"])] : undefined;
    if (kind === undefined) {
      dropForeignBlock(block, `response.content[${part}]`, this.#book);
      return [];
    }
    const input = objectOf(block["input"]);
    const wholeInput = Object.keys(input).length === 0 ? "" : JSON.stringify(input);
    this.#blocks.set(part, { kind, wholeInput });
    const events: CanonicalStreamEvent[] = [
      { type: "part-start", part, kind, id: textOf(block["id"]), name: textOf(block["name"]) },
    ];
    const text = textOf(block["text"]) || textOf(block["thinking"]) || textOf(block["data"]);
    if (text !== "") events.push({ type: "part-delta", part, text });
    const signature = textOf(block["signature"]);
    if (signature !== "") events.push({ type: "part-signature", part, signature });
    return events;
  }

  #addDelta(part: number, delta: JsonObject): CanonicalStreamEvent[] {
    const block = this.#blocks.get(part);
    if (block === undefined) return [];
    switch (delta["type"]) {
      case "text_delta":
        return textDelta(part, delta["text"]);
      case "thinking_delta":
        return textDelta(part, delta["thinking"]);
      case "input_json_delta":
        if (delta["partial_json"] !== "") block.wholeInput = "";
        return textDelta(part, delta["partial_json"]);
      case "signature_delta":
        return [{ type: "part-signature", part, signature: textOf(delta["signature"]) }];
      case "citations_delta":
        return readWebCitations([delta["citation"]], `response.content[${part}]`, this.#book).map(
          (citation) => ({ type: "part-citation", part, citation }),
        );
      default:
        return [];
    }
  }

  #endBlock(part: number): CanonicalStreamEvent[] {
    const block = this.#blocks.get(part);
    if (block === undefined) return [];
    this.#blocks.delete(part);
    return [...textDelta(part, block.wholeInput), { type: "part-end", part }];
  }

  #finish(data: JsonObject): CanonicalStreamEvent[] {
    this.#usage = readUsage(data["usage"], this.#usage);
    const events: CanonicalStreamEvent[] = [];
    if (this.#usage !== null) events.push({ type: "usage", usage: this.#usage });
    const delta = objectOf(data["delta"]);
    if (typeof delta["stop_reason"] === "string") events.push({ type: "finish", finish: readFinish(delta) });
    return events;
  }
}

function blockIndex(data: JsonObject): number {
  return numberOrNull(data["index"]) ?? 0;
}

function textDelta(part: number, text: unknown): CanonicalStreamEvent[] {
  return typeof text === "string" && text !== "" ? [{ type: "part-delta", part, text }] : [];
}

function broken(message: string): CanonicalStreamEvent {
  return { type: "error", error: { code: "provider_stream_unreadable", message, type: "" } };
}
