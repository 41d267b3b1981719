import {
  Agent,
  request,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import { gatewayErrors } from "../errors.ts";
import type { Gate } from "../gate.ts";
import { hopByHopHeaders } from "../hop-by-hop.ts";
import type { ControlTarget } from "../ports.ts";
import { calledHost, forwardedHeaders } from "./forwarded.ts";

/** The way to the control server, over its unix socket. */
export interface ControlPipe {
  serve(gate: Gate, exchange: { req: IncomingMessage; res: ServerResponse }): void;
  /** Gives what is under way a moment, then ends it: a console's live stream would go on for ever. */
  drain(): void;
  close(): void;
}

const idleMaxSockets = 16;
const drainMs = 1_000;

/** The headers as the client sent them, and who it was. */
function controlHeaders(req: IncomingMessage, trustProxy: boolean): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...req.headers };
  for (const name of hopByHopHeaders) delete headers[name];
  // What the client waits for it has been told here.
  delete headers.expect;
  if (req.headers["transfer-encoding"] !== undefined) headers["transfer-encoding"] = "chunked";
  return Object.assign(headers, { host: calledHost(req) }, forwardedHeaders(req, trustProxy));
}

function answerAway(req: IncomingMessage, res: ServerResponse, cause: unknown): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const error = gatewayErrors.controlAway(cause);
  const wantsPage = (req.headers.accept ?? "").includes("text/html");
  const body = wantsPage
    ? `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>Weir</title><body><h1>The control server is away</h1><p>${error.message}</p></body></html>\n`
    : JSON.stringify({
        type: "about:blank",
        title: "The control server is away",
        status: error.status,
        detail: error.message,
        code: error.code,
        mend: "Look at `weir status`, or try again in a moment.",
        requestId: "",
      });
  res.writeHead(error.status, {
    "content-type": wantsPage ? "text/html; charset=utf-8" : "application/problem+json",
    "content-length": Buffer.byteLength(body),
    "retry-after": "2",
    "cache-control": "no-store",
  });
  res.end(body);
  req.resume();
}

/** Pipes whatever is no model call to the control server: streaming both ways, ending both ways. */
export function createControlPipe({ socketPath, trustProxy = false }: ControlTarget): ControlPipe {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: idleMaxSockets });
  const open = new Set<ServerResponse>();
  return {
    serve(gate, { req, res }) {
      gate.counters.add("controlRequests", 1);
      const upstream = request({
        socketPath,
        agent,
        method: req.method ?? "GET",
        path: req.url ?? "/",
        headers: controlHeaders(req, trustProxy),
        setHost: false,
      });
      upstream.on("response", (answer) => {
        const headers = [...answer.rawHeaders];
        for (let index = headers.length - 2; index >= 0; index -= 2) {
          if (hopByHopHeaders.includes((headers[index] ?? "").toLowerCase())) headers.splice(index, 2);
        }
        res.writeHead(answer.statusCode ?? 502, headers);
        res.flushHeaders();
        answer.pipe(res);
        answer.on("error", () => res.destroy());
        answer.on("close", () => {
          if (!answer.complete) res.destroy();
        });
      });
      upstream.on("error", (cause) => answerAway(req, res, cause));
      open.add(res);
      res.on("close", () => {
        open.delete(res);
        if (!res.writableFinished) upstream.destroy();
        // What the control server left unread of a request stands before the next one on this connection.
        req.unpipe(upstream).resume();
      });
      req.on("error", () => upstream.destroy());
      req.pipe(upstream);
    },
    drain() {
      const end = (): void => {
        for (const res of open) res.destroy();
      };
      setTimeout(end, drainMs).unref();
    },
    close: () => agent.destroy(),
  };
}
