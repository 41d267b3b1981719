import type { StreamTranslator, WireProtocol } from "../contract.ts";
import { createSseParser, type SseParser } from "../sse.ts";
import type { CanonicalStreamEvent } from "./canonical.ts";
import type { StreamReader, StreamWriter } from "./codec.ts";
import { codecs } from "./codecs.ts";
import { createReceiptBook, type ReceiptBook } from "./receipt-book.ts";
import { createStreamUnwrapper } from "./structured-output.ts";

const nothing = new Uint8Array(0);
const encoder = new TextEncoder();

/**
 * Turns a provider's stream into the caller's protocol as it comes. What it emits depends on the bytes alone
 * and not on how they are cut. After an error event nothing more is emitted.
 *
 * @param options.from the provider's protocol
 * @param options.to the caller's protocol
 * @param options.model named in the stream where the provider does not name its model
 * @param options.includeUsage whether an OpenAI caller asked for the usage chunk; other protocols always have it
 * @param options.inputTokensEstimate for protocols that begin with the input's tokens, until the provider has counted them
 * @param options.nowMs for protocols that date an answer; the present when absent
 */
export function createStreamTranslator(options: {
  from: WireProtocol;
  to: WireProtocol;
  model: string;
  includeUsage: boolean;
  inputTokensEstimate?: number;
  nowMs?: number;
}): StreamTranslator {
  return new SseTranslator(options);
}

class SseTranslator implements StreamTranslator {
  readonly #book: ReceiptBook;
  readonly #reader: StreamReader;
  readonly #writer: StreamWriter;
  readonly #unwrap = createStreamUnwrapper();
  readonly #parser: SseParser;
  #text = "";
  #started = false;
  #over = false;

  constructor(options: Parameters<typeof createStreamTranslator>[0]) {
    this.#book = createReceiptBook();
    this.#reader = codecs[options.from].createStreamReader(this.#book);
    this.#writer = codecs[options.to].createStreamWriter({
      model: options.model,
      nowMs: options.nowMs ?? Date.now(),
      includeUsage: options.includeUsage,
      inputTokensEstimate: options.inputTokensEstimate ?? 0,
      book: this.#book,
    });
    this.#parser = createSseParser((event) => {
      // Some servers keep a connection awake with events of empty data.
      if (this.#over || event.data.trim() === "") return;
      // What the event before said is lost, so that the rest is no answer.
      if (this.#parser.oversized > 0) this.#emit({ type: "error", error: oversizedEvent });
      for (const read of this.#reader.read(event)) this.#emit(this.#unwrap(read));
    });
  }

  get receipt(): StreamTranslator["receipt"] {
    return this.#book.items;
  }

  push(chunk: Uint8Array): Uint8Array {
    this.#parser.push(chunk);
    return this.#take();
  }

  end(): Uint8Array {
    this.#parser.end();
    if (!this.#over) {
      this.#emit({ type: "error", error: this.#parser.oversized > 0 ? oversizedEvent : brokenStream });
    }
    return this.#take();
  }

  #emit(event: CanonicalStreamEvent): void {
    if (this.#over) return;
    if (event.type === "start") this.#started = true;
    else if (!this.#started && event.type !== "error") {
      // Nothing may stand before an answer's beginning; a provider's early ping or usage is not missed.
      if (event.type !== "done") return;
      this.#emit({ type: "error", error: emptyStream });
      return;
    }
    if (event.type === "done" || event.type === "error") this.#over = true;
    this.#text += this.#writer.write(event);
  }

  #take(): Uint8Array {
    if (this.#text === "") return nothing;
    const bytes = encoder.encode(this.#text);
    this.#text = "";
    return bytes;
  }
}

const oversizedEvent = {
  code: "upstream_incomplete",
  message: "The provider sent a stream event that is too large to translate; the answer is incomplete.",
  type: "",
};
const brokenStream = {
  code: "upstream_incomplete",
  message: "The provider's stream broke off before its end; the answer is incomplete. Try the call again.",
  type: "",
};
const emptyStream = {
  code: "upstream_incomplete",
  message: "The provider's stream ended without an answer. Try the call again.",
  type: "",
};
