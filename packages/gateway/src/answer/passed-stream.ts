import { createResponseTap, type ResponseFacts, type ResponseTap } from "@weir/providers";
import type { Call } from "../call.ts";
import { gatewayErrors, type GatewayError } from "../errors.ts";
import type { Answer, AnswerHead } from "./answer-sink.ts";
import {
  createUsageStripper,
  createWholeEvents,
  mayHoldLastEvent,
  type EventFilter,
} from "./event-filters.ts";
import { StreamExit } from "./stream-exit.ts";

/**
 * Hands a stream of the caller's own protocol on as it comes. Events are sent first and read after; only those
 * that may be the last are read first, so that the call is on record before its caller can see the end.
 */
export class PassedStream implements Answer {
  readonly #call: Call;
  readonly #tap: ResponseTap;
  readonly #filter: EventFilter;
  readonly #exit: StreamExit;

  constructor(call: Call, head: AnswerHead) {
    this.#call = call;
    this.#filter = call.stripUsage ? createUsageStripper() : createWholeEvents();
    this.#tap = createResponseTap({ protocol: call.protocol, operation: call.operation, stream: true });
    this.#exit = new StreamExit({ call, head, tap: this.#tap, translation: null });
  }

  data(chunk: Buffer): void {
    const exit = this.#exit;
    const events = this.#filter.push(chunk);
    if (this.#call.settled) {
      exit.send(events);
      return;
    }
    const atMs = this.#call.gate.ports.clock.nowMs();
    exit.raw.push(chunk);
    if (!mayHoldLastEvent(this.#call.protocol, events)) {
      exit.send(events);
      this.#tap.push(chunk, atMs);
      return;
    }
    this.#tap.push(chunk, atMs);
    if (this.#tap.ended) exit.settle(null);
    exit.send(events);
  }

  end(): void {
    const exit = this.#exit;
    const provider = this.#call.resolution?.provider.name ?? "";
    // Only now is a last event read that no empty line ends, as some servers leave it; clients take it as well.
    exit.finish();
    if (!this.#call.settled && !this.#tap.ended) {
      const reason = "the stream ended without its last event";
      exit.break(
        exit.raw.bytes === 0
          ? gatewayErrors.upstreamEmpty(provider)
          : gatewayErrors.upstreamBroken({ provider, reason }),
      );
      return;
    }
    exit.settle(null);
    exit.send(this.#filter.end());
    exit.close();
  }

  fail(error: GatewayError): void {
    // What breaks after the last event is no loss to anybody.
    if (this.#call.settled) this.#exit.close();
    else this.#exit.break(error);
  }

  abandon(): ResponseFacts {
    return this.#exit.abandon();
  }
}
