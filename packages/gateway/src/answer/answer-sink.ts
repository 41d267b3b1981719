import type { IncomingHttpHeaders } from "node:http";
import type { ResponseFacts } from "@weir/providers";
import type { Call } from "../call.ts";
import { gatewayErrors, type GatewayError } from "../errors.ts";
import type { UpstreamSink } from "../upstream/sink.ts";
import { failCall } from "./send-error.ts";
import { PassedStream } from "./passed-stream.ts";
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
export function createAnswerSink(call: Call): UpstreamSink {
  let answer: Answer | null = null;
  let over = false;
  const sink: UpstreamSink = {
    head(status, headers) {
      const provider = call.resolution?.provider.name ?? "";
      call.upstreamAtMs = call.gate.ports.clock.nowMs();
      if (status >= 300 && status < 400) {
        call.upstream?.abort();
        sink.fail(gatewayErrors.upstreamRedirect({ provider, status }));
        return;
      }
      const type = headers["content-type"];
      const contentType = typeof type === "string" ? type : "";
      call.rawMediaType = contentType;
      const head = { status, headers, contentType };
      answer = answerFor(call, head);
    },
    data(chunk) {
      if (!over) answer?.data(chunk);
    },
    end() {
      if (over) return;
      over = true;
      answer?.end();
    },
    fail(error) {
      if (over) return;
      over = true;
      if (answer === null) failCall(call, error);
      else answer.fail(error);
    },
  };
  call.holder = {
    fail(error) {
      call.upstream?.abort();
      sink.fail(error);
    },
    abandon() {
      over = true;
      return answer?.abandon() ?? null;
    },
  };
  return sink;
}
