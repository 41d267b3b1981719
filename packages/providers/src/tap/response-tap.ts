import type { Operation, ResponseFacts, ResponseTap, WireProtocol } from "../contract.ts";
import { createSseParser } from "../sse.ts";
import type { SseParser } from "../sse.ts";
import { AnthropicStreamReader } from "./anthropic-stream.ts";
import type { AnswerReader } from "./answer-reader.ts";
import { BodyTap } from "./body-tap.ts";
import { emptyFacts } from "./facts.ts";
import { OpenAiStreamReader } from "./openai-stream.ts";

/** What a tap has to know before the first byte. */
export interface ResponseTapOptions {
  protocol: WireProtocol;
  operation: Operation;
  /** Whether the response is `text/event-stream`. A body that plainly is the other kind is read as that. */
  stream: boolean;
}

/**
 * Watches a provider's response go by and assembles what it said. Chunks are kept by reference where the
 * response is one JSON body, so a caller must not overwrite their memory before `finish`.
 *
 * @example
 * const tap = createResponseTap({ protocol: "openai", operation: "chat", stream: true });
 * for await (const chunk of upstream) { client.write(chunk); tap.push(chunk, clock.nowMs()); }
 * const facts = tap.finish();
 */
export function createResponseTap(options: ResponseTapOptions): ResponseTap {
  return new SniffingTap(options);
}

const LEFT_BRACE = 123;
const LEFT_BRACKET = 91;

/** Looks at the first byte: a provider may answer a streaming call with a JSON error, or the other way round. */
class SniffingTap implements ResponseTap {
  readonly #options: ResponseTapOptions;
  #tap: ResponseTap | null = null;

  constructor(options: ResponseTapOptions) {
    this.#options = options;
  }

  get ended(): boolean {
    return this.#tap !== null && this.#tap.ended;
  }

  push(chunk: Uint8Array, atMs: number): void {
    if (this.#tap === null) {
      const first = firstByte(chunk);
      if (first === undefined) return;
      this.#tap = this.#choose(first);
    }
    this.#tap.push(chunk, atMs);
  }

  #choose(first: number): ResponseTap {
    const isJson = first === LEFT_BRACE || first === LEFT_BRACKET;
    // "data:", "event:", "id:", "retry:" and comments are how a stream begins, and no JSON body does.
    const isSse = "deir:".includes(String.fromCodePoint(first));
    const stream = this.#options.stream ? !isJson : isSse;
    return stream ? new StreamTap(this.#options.protocol) : new BodyTap(this.#options);
  }

  finish(): ResponseFacts {
    return this.#tap === null ? emptyFacts() : this.#tap.finish();
  }
}

function firstByte(chunk: Uint8Array): number | undefined {
  for (const byte of chunk) {
    if (byte > 32) return byte;
  }
  return undefined;
}

class StreamTap implements ResponseTap {
  readonly #reader: AnswerReader;
  readonly #parser: SseParser;
  #atMs = 0;

  constructor(protocol: WireProtocol) {
    const reader = protocol === "anthropic" ? new AnthropicStreamReader() : new OpenAiStreamReader();
    this.#reader = reader;
    this.#parser = createSseParser((event) => {
      try {
        reader.read(event, this.#atMs);
      } catch {
        // An event that is no JSON is left out of the facts; its bytes are in the raw response all the same.
      }
    });
  }

  get ended(): boolean {
    return this.#reader.ended;
  }

  push(chunk: Uint8Array, atMs: number): void {
    this.#atMs = atMs;
    this.#parser.push(chunk);
  }

  finish(): ResponseFacts {
    this.#parser.end();
    return this.#reader.facts();
  }
}
