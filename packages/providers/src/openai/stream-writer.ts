import type { JsonObject } from "../contract.ts";
import type { CanonicalStreamEvent, CanonicalUsage, Finish, StreamPartKind } from "../translate/canonical.ts";
import type { AnswerContext, StreamWriter } from "../translate/codec.ts";
import { errorEvent } from "./error-shape.ts";
import { reasoningEncryptedDetail, reasoningTextDetail } from "./reasoning.ts";
import { writeAnnotation, writeFinishReason, writeHead } from "./response-writer.ts";
import { writeUsage } from "./usage.ts";

interface OpenPart {
  kind: StreamPartKind;
  /** Position among the tool calls, or among the reasoning blocks. */
  index: number;
  /** Where a text begins in the whole answer. */
  start: number;
  hasText: boolean;
}

/** Writes `chat.completion.chunk`s, the usage chunk when it is wanted, and `[DONE]`. */
export function createStreamWriter(context: AnswerContext): StreamWriter {
  return new ChatStreamWriter(context);
}

class ChatStreamWriter implements StreamWriter {
  readonly #context: AnswerContext;
  /** The fields that every chunk begins with, as JSON text without its closing brace. */
  #head: JsonObject | null = null;
  readonly #parts = new Map<number, OpenPart>();
  #toolCalls = 0;
  #reasoningBlocks = 0;
  #textLength = 0;
  #usage: CanonicalUsage | null = null;
  #finished = false;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  write(event: CanonicalStreamEvent): string {
    switch (event.type) {
      case "start":
        this.#head = writeHead(event.head, this.#context, "chat.completion.chunk");
        this.#usage = event.usage;
        return this.#delta({ role: "assistant", content: "", refusal: null });
      case "part-start":
        return this.#startPart(event);
      case "part-delta":
        return this.#addText(this.#parts.get(event.part), event.text);
      case "part-signature":
        return this.#sign(this.#parts.get(event.part), event.signature);
      case "part-citation":
        return this.#cite(this.#parts.get(event.part), event.citation);
      case "part-end":
        return this.#endPart(event.part);
      case "usage":
        this.#usage = event.usage;
        return "";
      case "finish":
        return this.#finish(event.finish);
      case "ping":
        // A comment keeps the connection awake and is no event to any client.
        return ": ping\n\n";
      case "done":
        return this.#done();
      case "error":
        return errorEvent({ status: 0, parameter: "", requestId: "", ...event.error });
    }
  }

  #chunk(fields: JsonObject): string {
    return `data: ${JSON.stringify({ ...this.#head, ...fields })}\n\n`;
  }

  #delta(delta: JsonObject, finishReason: string | null = null): string {
    return this.#chunk({
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      ...(this.#context.includeUsage ? { usage: null } : {}),
    });
  }

  #startPart(event: CanonicalStreamEvent & { type: "part-start" }): string {
    const part: OpenPart = { kind: event.kind, index: 0, start: this.#textLength, hasText: false };
    this.#parts.set(event.part, part);
    if (event.kind === "reasoning" || event.kind === "redacted_reasoning") {
      part.index = this.#reasoningBlocks;
      this.#reasoningBlocks += 1;
    }
    if (event.kind !== "tool_call") return "";
    part.index = this.#toolCalls;
    this.#toolCalls += 1;
    const definition = { name: event.name, arguments: "" };
    return this.#delta({
      tool_calls: [{ index: part.index, id: event.id, type: "function", function: definition }],
    });
  }

  #addText(part: OpenPart | undefined, text: string): string {
    if (part === undefined || text === "") return "";
    part.hasText = true;
    switch (part.kind) {
      case "text":
        this.#textLength += text.length;
        return this.#delta({ content: text });
      case "refusal":
        return this.#delta({ refusal: text });
      case "reasoning":
        return this.#delta({
          reasoning_content: text,
          reasoning_details: [reasoningTextDetail({ index: part.index, text })],
        });
      case "redacted_reasoning":
        return this.#delta({
          reasoning_details: [reasoningEncryptedDetail({ index: part.index, data: text })],
        });
      case "tool_call":
        return this.#delta({ tool_calls: [{ index: part.index, function: { arguments: text } }] });
    }
  }

  #sign(part: OpenPart | undefined, signature: string): string {
    if (part === undefined || signature === "") return "";
    return this.#delta({ reasoning_details: [reasoningTextDetail({ index: part.index, signature })] });
  }

  #cite(part: OpenPart | undefined, citation: { url: string; title: string }): string {
    if (part === undefined) return "";
    const annotation = writeAnnotation({ ...citation, start: part.start, end: this.#textLength });
    return this.#delta({ annotations: [annotation] });
  }

  #endPart(number: number): string {
    const part = this.#parts.get(number);
    this.#parts.delete(number);
    // A call without arguments would otherwise end in text that no client can parse.
    return part?.kind === "tool_call" && !part.hasText ? this.#addText(part, "{}") : "";
  }

  #finish(finish: Finish): string {
    if (this.#finished) return "";
    this.#finished = true;
    const refusal = finish.refusal === "" ? "" : this.#delta({ refusal: finish.refusal });
    return refusal + this.#delta({}, writeFinishReason(finish));
  }

  #done(): string {
    // Clients insist on a reason, whether the provider gave one or not.
    const finish = this.#finish({ reason: "stop", stopSequence: null, refusal: "" });
    const wanted = this.#context.includeUsage && this.#usage !== null;
    const usage =
      wanted && this.#usage !== null ? this.#chunk({ choices: [], usage: writeUsage(this.#usage) }) : "";
    return `${finish}${usage}data: [DONE]\n\n`;
  }
}
