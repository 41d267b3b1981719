import type { ResponseFacts, ResponseTap } from "@weir/providers";
import type { ReceiptItem } from "@weir/schema";
import type { Call } from "../call.ts";
import type { GatewayError } from "../errors.ts";
import { createRawKeeper, type RawKeeper } from "../record/raw-text.ts";
import { settleCall } from "../record/settle.ts";
import type { AnswerHead } from "./answer-sink.ts";
import { BackPressure } from "./back-pressure.ts";
import { errorEventBytes } from "./error-shape.ts";
import { ownHeaders, passedHeaders } from "./response-headers.ts";
import { failCall } from "./send-error.ts";

const emptyLine = Buffer.from("\n");

/**
 * The caller's end of a stream: commits the head with the first bytes, puts the call on record, and ends the
 * stream cleanly or in a way that no client can take for clean.
 */
export class StreamExit {
  readonly raw: RawKeeper;
  readonly #call: Call;
  readonly #head: AnswerHead;
  readonly #tap: ResponseTap;
  readonly #pressure: BackPressure;
  /** Null when the stream is in the caller's own protocol. */
  readonly #translation: { readonly receipt: readonly ReceiptItem[] } | null;
  #facts: ResponseFacts | null = null;
  #over = false;

  constructor(options: {
    call: Call;
    head: AnswerHead;
    tap: ResponseTap;
    translation: { readonly receipt: readonly ReceiptItem[] } | null;
  }) {
    this.#call = options.call;
    this.#head = options.head;
    this.#tap = options.tap;
    this.#translation = options.translation;
    this.#pressure = new BackPressure(options.call);
    this.raw = createRawKeeper(options.call.gate.ports.limits.recordedResponseMaxBytes);
    options.call.raw = this.raw;
  }

  /** True once something has been sent to the caller, the status with it. */
  get begun(): boolean {
    return this.#call.res.headersSent;
  }

  send(events: Uint8Array): void {
    if (events.length === 0 || this.#over) return;
    if (!this.begun) this.#commit();
    this.#pressure.write(events);
  }

  /** Puts the call on record as the tap saw it. Before the last event is sent, and once. */
  settle(error: GatewayError | null): void {
    if (this.#call.settled) return;
    const facts = this.finish();
    settleCall(this.#call, {
      status: error === null && facts.error === null ? "ok" : "error",
      httpStatus: this.#head.status,
      errorCode: facts.error?.code ?? error?.code ?? "",
      errorMessage: facts.error?.message ?? error?.message ?? "",
      blame: error?.blame ?? (facts.error === null ? null : "upstream"),
      facts,
    });
  }

  /** Ends a stream that its protocol has ended. */
  close(): void {
    this.#pressure.stop();
    if (this.#over) return;
    this.#over = true;
    this.#call.res.end();
  }

  /**
   * Ends a stream early: as an HTTP error while nothing has been sent, else with an error event (`told`, when
   * the translator wrote it) and a cut connection, on record before the caller sees either.
   */
  break(error: GatewayError, told?: Uint8Array): void {
    this.#pressure.stop();
    if (this.#over) return;
    this.#over = true;
    const call = this.#call;
    if (!this.begun) {
      failCall(call, error);
      return;
    }
    const reported = this.finish().error !== null;
    this.settle(error);
    if (told !== undefined && told.length > 0) this.#cutAfter(told);
    else this.#cutAfter(reported ? emptyLine : errorEventBytes(call.protocol, error, call.trace.traceId));
  }

  /** The caller has gone: nothing more can be sent. */
  abandon(): ResponseFacts {
    this.#pressure.stop();
    this.#over = true;
    return this.finish();
  }

  finish(): ResponseFacts {
    if (this.#facts === null) {
      this.#facts = this.#tap.finish();
      if (this.#translation !== null) this.#call.receipt.push(...this.#translation.receipt);
    }
    return this.#facts;
  }

  /** HTTP's own ending is left out, which no client takes for a clean end. */
  #cutAfter(bytes: Uint8Array): void {
    const { res, gate } = this.#call;
    if (res.destroyed) return;
    const impatience = setTimeout(() => res.destroy(), gate.ports.limits.clientIdleTimeoutMs);
    res.once("close", () => clearTimeout(impatience));
    res.write(bytes, () => res.socket?.destroySoon());
  }

  #commit(): void {
    const call = this.#call;
    const { headers: upstream, status } = this.#head;
    const translated = this.#translation !== null;
    const headers = passedHeaders(upstream, translated ? "content" : "none");
    if (translated) headers.push("content-type", "text/event-stream; charset=utf-8");
    if (upstream["cache-control"] === undefined) headers.push("cache-control", "no-cache");
    headers.push(...ownHeaders(call, this.#translation?.receipt ?? []));
    call.res.writeHead(status, headers);
  }
}
