import {
  createResponseTap,
  type ResponseFacts,
  type ResponseTap,
  type StreamTranslator,
  type WireProtocol,
} from "@weir/providers";
import type { Call } from "../call.ts";
import { gatewayErrors, type GatewayError } from "../errors.ts";
import { createRawKeeper, type RawKeeper } from "../record/raw-text.ts";
import { settleCall } from "../record/settle.ts";
import type { Answer, AnswerHead } from "./answer-sink.ts";
import { createBackPressure, type BackPressure } from "./back-pressure.ts";
import { errorEventBytes } from "./error-shape.ts";
import { createUsageStripper, createWholeEvents, holdsLastEvent, mayHoldLastEvent } from "./event-filters.ts";
import type { EventFilter } from "./event-filters.ts";
import { ownHeaders, passedHeaders } from "./response-headers.ts";
import { failCall } from "./send-error.ts";

const emptyLine = Buffer.from("\n");

/** Sends the last bytes and cuts the connection without HTTP's own ending, which no client takes for a clean end. */
function cutAfter(call: Call, bytes: Uint8Array): void {
  const { res, gate } = call;
  if (res.destroyed) return;
  const impatience = setTimeout(() => res.destroy(), gate.ports.limits.clientIdleTimeoutMs);
  res.once("close", () => clearTimeout(impatience));
  res.write(bytes, () => res.socket?.destroySoon());
}

/**
 * Hands an event stream on as it comes. Events are sent first and read after; only those that may be the last
 * are read first, so that the call is on record before its caller can see the end.
 */
export class StreamAnswer implements Answer {
  readonly #call: Call;
  readonly #head: AnswerHead;
  readonly #wire: WireProtocol;
  readonly #tap: ResponseTap;
  readonly #raw: RawKeeper;
  readonly #pressure: BackPressure;
  readonly #translator: StreamTranslator | null;
  readonly #filter: EventFilter;
  #facts: ResponseFacts | null = null;

  constructor(call: Call, head: AnswerHead) {
    this.#call = call;
    this.#head = head;
    this.#wire = call.translation?.providerProtocol ?? call.protocol;
    this.#translator = call.translation?.stream() ?? null;
    this.#filter = call.stripUsage ? createUsageStripper() : createWholeEvents();
    this.#tap = createResponseTap({ protocol: this.#wire, operation: call.operation, stream: true });
    this.#pressure = createBackPressure(call);
    this.#raw = createRawKeeper(call.gate.ports.limits.recordedResponseMaxBytes);
    call.raw = this.#raw;
  }

  data(chunk: Buffer): void {
    const call = this.#call;
    const atMs = call.gate.ports.clock.nowMs();
    if (!call.settled) this.#raw.push(chunk);
    if (this.#translator !== null) {
      this.#tap.push(chunk, atMs);
      this.#sendTranslated(this.#translator.push(chunk));
      return;
    }
    const events = this.#filter.push(chunk);
    if (call.settled || !mayHoldLastEvent(this.#wire, events)) {
      this.#send(events);
      if (!call.settled) this.#tap.push(chunk, atMs);
      return;
    }
    this.#tap.push(chunk, atMs);
    if (this.#tap.ended) this.#settle(null);
    this.#send(events);
  }

  end(): void {
    const { res, resolution, settled } = this.#call;
    const provider = resolution?.provider.name ?? "";
    if (!settled && this.#raw.bytes === 0) {
      failCall(this.#call, gatewayErrors.upstreamEmpty(provider));
      return;
    }
    const rest = this.#translator === null ? this.#filter.end() : this.#translator.end();
    if (this.#translator !== null) this.#sendTranslated(rest);
    else if (this.#call.settled || this.#tap.ended) {
      this.#settle(null);
      this.#send(rest);
    }
    if (!this.#call.settled) {
      const reason = "the stream ended without its last event";
      this.#break(gatewayErrors.upstreamBroken({ provider, reason }), this.#translator !== null);
      return;
    }
    this.#pressure.stop();
    res.end();
  }

  fail(error: GatewayError): void {
    // What breaks after the last event is no loss to anybody.
    if (this.#call.settled) this.#call.res.end();
    else this.#break(error, false);
  }

  abandon(): ResponseFacts {
    this.#pressure.stop();
    return this.#finish();
  }

  #sendTranslated(events: Uint8Array): void {
    if (!this.#call.settled && holdsLastEvent(this.#call.protocol, events)) this.#settle(null);
    this.#send(events);
  }

  /** Ends a stream early: as an HTTP error while that is possible, else with an error event and a cut connection. */
  #break(error: GatewayError, told: boolean): void {
    this.#pressure.stop();
    const call = this.#call;
    if (!call.res.headersSent) {
      failCall(call, error);
      return;
    }
    const reported = this.#finish().error !== null;
    this.#settle(error);
    cutAfter(call, told || reported ? emptyLine : errorEventBytes(call.protocol, error, call.trace.traceId));
  }

  #finish(): ResponseFacts {
    if (this.#facts === null) {
      this.#facts = this.#tap.finish();
      if (this.#translator !== null) this.#call.receipt.push(...this.#translator.receipt);
    }
    return this.#facts;
  }

  #settle(error: GatewayError | null): void {
    if (this.#call.settled) return;
    const facts = this.#finish();
    settleCall(this.#call, {
      status: error === null && facts.error === null ? "ok" : "error",
      httpStatus: this.#head.status,
      errorCode: facts.error?.code ?? error?.code ?? "",
      errorMessage: facts.error?.message ?? error?.message ?? "",
      blame: error?.blame ?? (facts.error === null ? null : "upstream"),
      facts,
    });
  }

  #send(events: Uint8Array): void {
    if (events.length === 0) return;
    if (!this.#call.res.headersSent) this.#commit();
    this.#pressure.write(events);
  }

  #commit(): void {
    const call = this.#call;
    const { headers: upstream, status } = this.#head;
    const translated = this.#translator !== null;
    const headers = passedHeaders(upstream, translated ? "content" : "none");
    if (translated) headers.push("content-type", "text/event-stream; charset=utf-8");
    if (upstream["cache-control"] === undefined) headers.push("cache-control", "no-cache");
    headers.push(...ownHeaders(call, this.#translator?.receipt ?? []));
    call.res.writeHead(status, headers);
  }
}
