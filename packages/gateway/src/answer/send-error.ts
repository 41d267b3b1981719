import type { IncomingMessage, ServerResponse } from "node:http";
import type { WireProtocol } from "@weir/providers";
import type { Call } from "../call.ts";
import type { GatewayError } from "../errors.ts";
import { internalFault } from "../fault.ts";
import { settleCall } from "../record/settle.ts";
import { errorBytes } from "./error-shape.ts";
import { ownHeaders } from "./response-headers.ts";

/** How long, and how much of it, an unread request is discarded so that its sender reads the answer. */
const lingerMs = 2_000;
const lingerMaxBytes = 64 * 1024 * 1024;

/**
 * Ends an answer whose request has not arrived whole. Closing at once would reset the connection while the
 * client still sends, and the client would lose the answer: so the answer goes out whole first, and the rest of
 * the request is read away for a moment.
 */
function endAfterRequest(req: IncomingMessage, res: ServerResponse): void {
  let discarded = 0;
  const cut = setTimeout(() => req.destroy(), lingerMs);
  const end = (): void => {
    clearTimeout(cut);
    res.end();
  };
  req.on("data", (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > lingerMaxBytes) req.destroy();
  });
  req.once("end", end);
  req.once("close", end);
  req.resume();
}

/** Sends a refusal whole, so that a client which still sends can read it; nothing has been sent before. */
export function sendRefusal(
  req: IncomingMessage,
  res: ServerResponse,
  refusal: { status: number; contentType: string; body: Uint8Array; headers: readonly string[] },
): void {
  if (res.destroyed || res.headersSent) return;
  const { status, contentType, body } = refusal;
  const headers = ["content-type", contentType, "content-length", String(body.length), ...refusal.headers];
  const mustClose = status === 413 || status === 408;
  if (mustClose && !refusal.headers.includes("connection")) headers.push("connection", "close");
  res.writeHead(status, headers);
  // Who was too slow to send is not waited for again.
  if (req.complete || status === 408) {
    res.end(body);
    return;
  }
  res.write(body);
  endAfterRequest(req, res);
}

/** Sends an error in the protocol's shape. */
export function sendError(
  req: IncomingMessage,
  res: ServerResponse,
  answer: { protocol: WireProtocol; error: GatewayError; headers: readonly string[]; requestId: string },
): void {
  const { error } = answer;
  const headers = [...answer.headers];
  for (const [name, value] of Object.entries(error.headers)) headers.push(name, value);
  const body = errorBytes(answer.protocol, error, answer.requestId);
  sendRefusal(req, res, { status: error.status, contentType: "application/json", body, headers });
}

/** Ends a call that has sent nothing yet with an error: on record first, then to the caller. */
export function failCall(call: Call, error: GatewayError): void {
  if (call.settled) return;
  const gone = error.code === "client_closed";
  settleCall(call, {
    status: gone ? "cancelled" : "error",
    httpStatus: gone ? 0 : error.status,
    errorCode: error.code,
    errorMessage: error.message,
    blame: error.blame,
    facts: null,
  });
  if (gone) return;
  const { protocol, req, res, trace } = call;
  sendError(req, res, { protocol, error, headers: ownHeaders(call), requestId: trace.traceId });
}

/**
 * Runs a step of a call that must not throw into the event loop. A fault of ours becomes an error answer where
 * one can still be sent, else a cut connection; never a call that hangs.
 */
export function runGuarded(call: Call, step: () => void): void {
  try {
    step();
  } catch (cause) {
    const error = internalFault(call.gate, cause, call.trace.traceId);
    if (!call.settled) failCall(call, error);
    else {
      call.gate.counters.add("errorsGateway", 1);
      call.res.destroy();
    }
  }
}
