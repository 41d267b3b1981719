import type { JsonObject } from "../contract.ts";
import type { CanonicalStreamEvent, CanonicalUsage, Finish, StreamPartKind } from "../translate/canonical.ts";
import type { AnswerContext, StreamWriter } from "../translate/codec.ts";
import { createPartSequencer, type SequencedEvent } from "../translate/part-sequencer.ts";
import { errorEvent } from "./error-shape.ts";
import { writeHead, writeStop } from "./response-writer.ts";
import { writeDeltaUsage, writeUsage } from "./usage.ts";

/** Writes message events, blocks strictly one after the other. */
export function createStreamWriter(context: AnswerContext): StreamWriter {
  return new MessageStreamWriter(context);
}

class MessageStreamWriter implements StreamWriter {
  readonly #context: AnswerContext;
  readonly #sequencer: ReturnType<typeof createPartSequencer>;
  #index = -1;
  #kind: StreamPartKind = "text";
  /** Encrypted reasoning has no deltas: it is written whole at its end. */
  #redacted = "";
  #usage: CanonicalUsage | null = null;
  #finish: Finish | null = null;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#sequencer = createPartSequencer(context.book);
  }

  write(event: CanonicalStreamEvent): string {
    switch (event.type) {
      case "start":
        this.#usage = event.usage;
        return sse("message_start", { message: this.#message(event) });
      case "part-start":
      case "part-delta":
      case "part-signature":
      case "part-citation":
      case "part-end":
        return this.#writeParts(this.#sequencer.push(event));
      case "usage":
        this.#usage = event.usage;
        return "";
      case "finish":
        // OpenAI reports usage after the end, and Anthropic together with it.
        this.#finish ??= event.finish;
        return this.#writeParts(this.#sequencer.flush());
      case "ping":
        return sse("ping", {});
      case "done":
        return this.#done();
      case "error":
        return errorEvent({ status: 0, parameter: "", requestId: "", ...event.error });
    }
  }

  #message(event: CanonicalStreamEvent & { type: "start" }): JsonObject {
    return {
      ...writeHead(event.head, this.#context),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      usage: {
        ...writeUsage(event.usage, event.head.serviceTier),
        // Some clients look nowhere else, as Claude Code does; most providers count at the end, which is told there.
        ...(event.usage === null ? { input_tokens: this.#context.inputTokensEstimate } : {}),
      },
    };
  }

  #writeParts(events: readonly SequencedEvent[]): string {
    return events.map((event) => this.#writePart(event)).join("");
  }

  #writePart(event: SequencedEvent): string {
    switch (event.type) {
      case "part-start":
        this.#index += 1;
        this.#kind = event.kind;
        this.#redacted = "";
        return event.kind === "redacted_reasoning"
          ? ""
          : this.#block("content_block_start", { content_block: startOf(event) });
      case "part-delta":
        return this.#writeDelta(event.text);
      case "part-signature":
        return this.#delta({ type: "signature_delta", signature: event.signature });
      case "part-citation":
        this.#context.book.dropped(
          "response.annotations",
          "Anthropic's citations prove themselves by data that only it has.",
        );
        return "";
      case "part-end":
        return this.#endPart();
    }
  }

  #endPart(): string {
    const stop = this.#block("content_block_stop", {});
    if (this.#kind !== "redacted_reasoning") return stop;
    const block = { type: "redacted_thinking", data: this.#redacted };
    return this.#block("content_block_start", { content_block: block }) + stop;
  }

  #writeDelta(text: string): string {
    switch (this.#kind) {
      case "text":
      case "refusal":
        return this.#delta({ type: "text_delta", text });
      case "reasoning":
        return this.#delta({ type: "thinking_delta", thinking: text });
      case "tool_call":
        return this.#delta({ type: "input_json_delta", partial_json: text });
      case "redacted_reasoning":
        this.#redacted += text;
        return "";
    }
  }

  #delta(delta: JsonObject): string {
    return this.#block("content_block_delta", { delta });
  }

  #block(type: string, fields: JsonObject): string {
    return sse(type, { index: this.#index, ...fields });
  }

  #done(): string {
    const finish = this.#finish ?? { reason: "stop", stopSequence: null, refusal: "" };
    const rest = this.#writeParts(this.#sequencer.flush());
    const delta = { container: null, ...writeStop(finish) };
    const usage = writeDeltaUsage(this.#usage);
    return rest + sse("message_delta", { delta, usage }) + sse("message_stop", {});
  }
}

function startOf(event: CanonicalStreamEvent & { type: "part-start" }): JsonObject {
  switch (event.kind) {
    case "reasoning":
      return { type: "thinking", thinking: "", signature: "" };
    case "tool_call":
      return { type: "tool_use", id: event.id, name: event.name, input: {} };
    default:
      return { type: "text", text: "" };
  }
}

function sse(type: string, fields: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
