import {
  createResponseTap,
  type ResponseFacts,
  type ResponseTap,
  type StreamTranslator,
} from "@weir/providers";
import type { Call } from "../call.ts";
import { gatewayErrors, type GatewayError } from "../errors.ts";
import type { Answer, AnswerHead } from "./answer-sink.ts";
import type { AnswerTranslation } from "./answer-translation.ts";
import { beginsWithError, holdsLastEvent } from "./event-filters.ts";
import { StreamExit } from "./stream-exit.ts";

/** Hands a stream on in another protocol. */
export class TranslatedStream implements Answer {
  readonly #call: Call;
  readonly #tap: ResponseTap;
  readonly #translator: StreamTranslator;
  readonly #exit: StreamExit;

  constructor(call: Call, head: AnswerHead, translation: AnswerTranslation) {
    this.#call = call;
    const protocol = translation.providerProtocol;
    this.#tap = createResponseTap({ protocol, operation: call.operation, stream: true });
    this.#translator = translation.stream();
    this.#exit = new StreamExit({ call, head, tap: this.#tap, translation: this.#translator });
  }

  data(chunk: Buffer): void {
    const call = this.#call;
    const exit = this.#exit;
    if (call.settled) {
      exit.send(this.#translator.push(chunk));
      return;
    }
    exit.raw.push(chunk);
    this.#tap.push(chunk, call.gate.ports.clock.nowMs());
    const events = this.#translator.push(chunk);
    if (holdsLastEvent(call.protocol, events)) exit.settle(null);
    else if (!exit.begun && beginsWithError(events)) {
      // The provider failed before it said anything: its caller gets an HTTP error, not a stream of one.
      call.upstream?.abort();
      exit.break(gatewayErrors.upstreamReported(exit.finish().error));
      return;
    }
    exit.send(events);
  }

  end(): void {
    const exit = this.#exit;
    const provider = this.#call.resolution?.provider.name ?? "";
    if (this.#call.settled) {
      exit.close();
      return;
    }
    const rest = this.#translator.end();
    if (holdsLastEvent(this.#call.protocol, rest)) {
      exit.settle(null);
      exit.send(rest);
      exit.close();
      return;
    }
    const reason = "the stream ended without its last event";
    if (exit.raw.bytes === 0) exit.break(gatewayErrors.upstreamEmpty(provider));
    else exit.break(gatewayErrors.upstreamBroken({ provider, reason }), rest);
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
