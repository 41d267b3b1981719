import type { IncomingHttpHeaders } from "node:http";
import type { ResponseFacts } from "@weir/providers";
import type { Call, CallHolder } from "../call.ts";
import { gatewayErrors, type GatewayError } from "../errors.ts";
import type { UpstreamSink } from "../upstream/sink.ts";
import { PassedStream } from "./passed-stream.ts";
import { failCall, runGuarded } from "./send-error.ts";
import { TranslatedStream } from "./translated-stream.ts";
import { WholeAnswer } from "./whole-answer.ts";

/** The head of a provider's answer. */
export interface AnswerHead {
  status: number;
  headers: IncomingHttpHeaders;
  contentType: string;
}

/** One way of handing an answer to the caller. */
export interface Answer {
  data(chunk: Buffer): void;
  end(): void;
  fail(error: GatewayError): void;
  /** The caller has gone: what is known of the answer so far. */
  abandon(): ResponseFacts | null;
}

function answerFor(call: Call, head: AnswerHead): Answer {
  const { translation } = call;
  const streamed = head.status < 300 && head.contentType.includes("text/event-stream");
  if (!streamed) return new WholeAnswer(call, head);
  return translation === null ? new PassedStream(call, head) : new TranslatedStream(call, head, translation);
}

/**
 * Takes a provider's answer to its caller. Nothing is sent before the first bytes of the body: until then a
 * failure is a real HTTP error.
 */
class AnswerSink implements UpstreamSink, CallHolder {
  readonly #call: Call;
  #answer: Answer | null = null;
  #over = false;

  constructor(call: Call) {
    this.#call = call;
  }

  head(status: number, headers: IncomingHttpHeaders): void {
    const call = this.#call;
    call.upstreamAtMs = call.gate.ports.clock.nowMs();
    if (status >= 300 && status < 400) {
      const provider = call.resolution?.provider.name ?? "";
      this.stop(gatewayErrors.upstreamRedirect({ provider, status }));
      return;
    }
    const type = headers["content-type"];
    const contentType = typeof type === "string" ? type : "";
    call.rawMediaType = contentType;
    this.#answer = answerFor(call, { status, headers, contentType });
  }

  data(chunk: Buffer): void {
    if (!this.#over) this.#answer?.data(chunk);
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    runGuarded(this.#call, () => this.#answer?.end());
  }

  fail(error: GatewayError): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#answer === null) failCall(this.#call, error);
    else this.#answer.fail(error);
  }

  stop(error: GatewayError): void {
    this.#call.upstream?.abort();
    this.fail(error);
  }

  abandon(): ResponseFacts | null {
    this.#over = true;
    return this.#answer?.abandon() ?? null;
  }
}

/** Makes the sink and gives the call into its hands. */
export function createAnswerSink(call: Call): UpstreamSink {
  const sink = new AnswerSink(call);
  call.holder = sink;
  return sink;
}
