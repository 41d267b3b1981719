import type { IncomingHttpHeaders } from "node:http";
import { errors, type Dispatcher } from "undici";
import type { Call, UpstreamControl } from "../call.ts";
import { GatewayError, gatewayErrors } from "../errors.ts";
import { internalFault } from "../fault.ts";
import type { CompiledProvider } from "../snapshot/compiled-snapshot.ts";
import type { UpstreamSink } from "./sink.ts";

class CallAborted extends Error {
  constructor() {
    super("The call was ended here");
    this.name = "CallAborted";
  }
}

const codeOf = (error: Error): string =>
  "code" in error && typeof error.code === "string" ? error.code : "";

/** What the network's errors mean to a caller; what is no error of the network is a fault of ours. */
function explain(
  error: Error,
  call: Call,
  waits: { headersTimeout: number; bodyTimeout: number },
): GatewayError {
  if (error instanceof GatewayError) return error;
  const provider = call.resolution?.provider.name ?? "";
  const code = codeOf(error);
  if (code === "UND_ERR_HEADERS_TIMEOUT") {
    return gatewayErrors.upstreamTimeout({ provider, waitedMs: waits.headersTimeout, cause: error });
  }
  if (code === "UND_ERR_BODY_TIMEOUT") {
    return gatewayErrors.upstreamStalled({ provider, waitedMs: waits.bodyTimeout, cause: error });
  }
  if (code === "UND_ERR_CONNECT_TIMEOUT") {
    return gatewayErrors.upstreamUnreachable({ provider, reason: "no connection in time", cause: error });
  }
  // undici gives these no code. They are a server that speaks something else, or TLS where http was configured.
  if (error instanceof errors.HTTPParserError) {
    return gatewayErrors.upstreamUnreadable({
      provider,
      reason: "it is not well-formed HTTP/1.1",
      cause: error,
    });
  }
  const ours =
    code === "" ||
    code === "UND_ERR_INVALID_ARG" ||
    (code.startsWith("ERR_") && !/^ERR_(TLS|SSL)_/.test(code));
  if (ours) return internalFault(call.gate, error, call.trace.traceId);
  const reason = code.startsWith("UND_ERR_SOCKET") ? "it closed the connection" : code;
  return call.upstreamAtMs === null
    ? gatewayErrors.upstreamUnreachable({ provider, reason, cause: error })
    : gatewayErrors.upstreamBroken({ provider, reason, cause: error });
}

interface Waits {
  headersTimeout: number;
  bodyTimeout: number;
}

/** One exchange with a provider, from the side of the connection. */
class Exchange implements Dispatcher.DispatchHandler, UpstreamControl {
  readonly #call: Call;
  readonly #sink: UpstreamSink;
  readonly #waits: Waits;
  #controller: Dispatcher.DispatchController | null = null;
  #aborted = false;

  constructor(options: { call: Call; sink: UpstreamSink; waits: Waits }) {
    this.#call = options.call;
    this.#sink = options.sink;
    this.#waits = options.waits;
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#controller?.abort(new CallAborted());
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // The caller may have gone while the connection was being made.
    if (this.#aborted) controller.abort(new CallAborted());
    else this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status >= 200 && !this.#aborted) this.#sink.head(status, headers);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#aborted) this.#sink.data(chunk);
  }

  onResponseEnd(): void {
    if (this.#aborted) return;
    // The connection serves others from here on: nobody may abort it for this call any more.
    this.#aborted = true;
    this.#sink.end();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (!this.#aborted) this.#sink.fail(explain(error, this.#call, this.#waits));
  }
}

/** Sends a call to its provider and hands the answer to the sink. Never throws. */
export function sendUpstream(
  call: Call,
  request: { provider: CompiledProvider; path: string; headers: string[]; body: Buffer },
  sink: UpstreamSink,
): void {
  const { limits } = call.gate.ports;
  const { path, headers, body } = request;
  const headersTimeout = request.provider.source.timeoutMs ?? limits.upstreamHeadersTimeoutMs;
  const waits: Waits = { headersTimeout, bodyTimeout: limits.upstreamIdleTimeoutMs };
  const exchange = new Exchange({ call, sink, waits });
  call.upstream = exchange;
  call.dispatchedAtMs = call.gate.ports.clock.nowMs();
  const { bodyTimeout } = waits;
  call.gate.upstreams
    .pool(request.provider.origin)
    .dispatch({ method: "POST", path, headers, body, headersTimeout, bodyTimeout }, exchange);
}
