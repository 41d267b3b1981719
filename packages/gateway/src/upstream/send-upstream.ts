import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import type { Call } from "../call.ts";
import { GatewayError, gatewayErrors } from "../errors.ts";
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
  const ours =
    code === "" ||
    code === "UND_ERR_INVALID_ARG" ||
    (code.startsWith("ERR_") && !/^ERR_(TLS|SSL)_/.test(code));
  if (ours) return gatewayErrors.internal(error);
  const reason = code.startsWith("UND_ERR_SOCKET") ? "it closed the connection" : code;
  return call.upstreamAtMs === null
    ? gatewayErrors.upstreamUnreachable({ provider, reason, cause: error })
    : gatewayErrors.upstreamBroken({ provider, reason, cause: error });
}

/** Sends a call to its provider and hands the answer to the sink. Never throws. */
export function sendUpstream(
  call: Call,
  request: { provider: CompiledProvider; path: string; headers: string[]; body: Buffer },
  sink: UpstreamSink,
): void {
  const { limits } = call.gate.ports;
  const waits = {
    headersTimeout: Math.min(request.provider.source.timeoutMs, limits.upstreamHeadersTimeoutMs),
    bodyTimeout: limits.upstreamIdleTimeoutMs,
  };
  let controller: Dispatcher.DispatchController | null = null;
  let aborted = false;
  call.upstream = {
    abort() {
      aborted = true;
      controller?.abort(new CallAborted());
    },
    pause: () => controller?.pause(),
    resume: () => controller?.resume(),
  };
  call.dispatchedAtMs = call.gate.ports.clock.nowMs();
  call.gate.upstreams.pool(request.provider.origin).dispatch(
    { method: "POST", path: request.path, headers: request.headers, body: request.body, ...waits },
    {
      onRequestStart(started) {
        // The caller may have gone while the connection was being made.
        if (aborted) started.abort(new CallAborted());
        else controller = started;
      },
      onResponseStart(_, status: number, headers: IncomingHttpHeaders) {
        if (status >= 200 && !aborted) sink.head(status, headers);
      },
      onResponseData(_, chunk) {
        if (!aborted) sink.data(chunk);
      },
      onResponseEnd() {
        if (!aborted) sink.end();
      },
      onResponseError(_, error) {
        if (!aborted) sink.fail(explain(error, call, waits));
      },
    },
  );
}
