import { createServer, STATUS_CODES, type Server } from "node:http";
import type { Socket } from "node:net";
import { errorBytes } from "./answer/error-shape.ts";
import { failCall } from "./answer/send-error.ts";
import type { Counters } from "./counters.ts";
import { gatewayErrors, type GatewayError } from "./errors.ts";
import { createGate, type Gate } from "./gate.ts";
import type { GatewayPorts } from "./ports.ts";
import { failPendingBody } from "./request/read-body.ts";
import { createControlPipe } from "./routes/control.ts";
import { route } from "./routes/router.ts";

/** Where to listen; `reusePort` lets several threads share one port. */
export interface ListenOptions {
  host: string;
  port: number;
  reusePort?: boolean;
}

/** One gateway thread's server. */
export interface Gateway {
  readonly server: Server;
  readonly counters: Counters;
  /** Resolves with the port once connections are accepted; rejects when it cannot listen. */
  listen(options: ListenOptions): Promise<{ port: number }>;
  /**
   * Stops accepting, lets calls under way finish for `drainTimeoutMs` (default: the limit of that name), then
   * ends the rest as errors. All are on record when it resolves.
   */
  close(options?: { drainTimeoutMs?: number }): Promise<void>;
}

/** Longer than the idle time of common load balancers, so that they close connections and not we. */
const keepAliveTimeoutMs = 75_000;
const slowClientCheckMs = 1_000;
const idleSweepMs = 50;
const lastWordsMs = 250;

/** Answers what never became a request: broken HTTP, headers too large or too slow. */
function answerRaw(socket: Socket, error: GatewayError): void {
  // Into the middle of another answer nothing can be written.
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const body = errorBytes("openai", error, "");
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? "Error"}`,
    "content-type: application/json",
    `content-length: ${body.length}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body.toString("utf8")}`);
}

function onClientError(gate: Gate, error: NodeJS.ErrnoException, socket: Socket): void {
  const { limits } = gate.ports;
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") {
    const { requestTimeoutMs, headersTimeoutMs } = limits;
    const body = { part: "request", limit: "requestTimeoutMs", ms: requestTimeoutMs } as const;
    if (failPendingBody(socket, gatewayErrors.requestTimeout(body))) return;
    const head = { part: "request's head", limit: "headersTimeoutMs", ms: headersTimeoutMs } as const;
    answerRaw(socket, gatewayErrors.requestTimeout(head));
  } else if (error.code === "HPE_HEADER_OVERFLOW") {
    answerRaw(socket, gatewayErrors.headersTooLarge(limits.headerMaxBytes));
  } else if (error.code === "ECONNRESET") socket.destroy();
  else answerRaw(socket, gatewayErrors.requestMalformed(error));
}

function listenOn(server: Server, options: ListenOptions): Promise<{ port: number }> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ ...options, backlog: 1024 }, () => {
      server.off("error", reject);
      const address = server.address();
      resolve({ port: typeof address === "object" && address !== null ? address.port : options.port });
    });
  });
}

async function drain(gate: Gate, server: Server, drainTimeoutMs: number): Promise<void> {
  gate.draining = true;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that falls idle while others still work would be kept for its next request.
  const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs);
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    for (const call of gate.activeCalls) {
      if (call.holder === null) failCall(call, gatewayErrors.shuttingDown());
      else call.holder.stop(gatewayErrors.shuttingDown());
    }
    // The last error events get a moment on the wire before connections that stay open are cut.
    setTimeout(() => server.closeAllConnections(), lastWordsMs).unref();
  }, drainTimeoutMs);
  await closed;
  clearTimeout(timer);
  clearInterval(sweep);
  await gate.upstreams.close();
}

/**
 * Makes the data plane of one thread. It depends on its ports alone: a snapshot and a local disk.
 *
 * @example
 * const gateway = createGateway({ recorder, snapshot, clock, control: { socketPath }, limits: defaultLimits });
 * const { port } = await gateway.listen({ host: "127.0.0.1", port: 0 });
 */
export function createGateway(ports: GatewayPorts): Gateway {
  const gate = createGate(ports);
  const { limits } = ports;
  const control = createControlPipe(ports.control);
  const server = createServer(
    {
      noDelay: true,
      maxHeaderSize: limits.headerMaxBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: slowClientCheckMs,
      // Node's refusal has no body; the router's has.
      requireHostHeader: false,
    },
    (req, res) => route(gate, control, { req, res }),
  );
  server.on("checkContinue", (req, res) => {
    // A client that asks first is not told to go on with a body that would be refused.
    const tooLarge = Number(req.headers["content-length"] ?? 0) > limits.requestBodyMaxBytes;
    if (!tooLarge || !(req.url ?? "").startsWith("/v1/")) res.writeContinue();
    route(gate, control, { req, res });
  });
  // Nobody has to heed an expectation that he does not know, and Node's refusal has no body.
  server.on("checkExpectation", (req, res) => route(gate, control, { req, res }));
  server.on("clientError", (error, socket) => onClientError(gate, error, socket as Socket));
  return {
    server,
    counters: gate.counters,
    listen: (listenOptions) => listenOn(server, listenOptions),
    async close(closing = {}) {
      control.drain();
      await drain(gate, server, closing.drainTimeoutMs ?? limits.drainTimeoutMs);
      control.close();
    },
  };
}
