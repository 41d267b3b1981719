import type { IncomingMessage, ServerResponse } from "node:http";
import type { WireProtocol } from "@weir/providers";
import { sendError } from "../answer/send-error.ts";
import { GatewayError, gatewayErrors } from "../errors.ts";
import { internalFault } from "../fault.ts";
import type { Gate } from "../gate.ts";
import type { ControlPipe } from "./control.ts";
import { modelCalls, modelsPath, tracesPath } from "./endpoints.ts";
import { serveHealth } from "./health.ts";
import { baseUrlError } from "./meant-path.ts";
import { serveModelCall } from "./model-call.ts";
import { serveModels } from "./models.ts";
import { serveTraces } from "./traces.ts";

type Exchange = { req: IncomingMessage; res: ServerResponse };

function requireMethod(req: IncomingMessage, path: string, allow: string): void {
  const method = req.method ?? "";
  if (!allow.split(", ").includes(method)) throw gatewayErrors.methodNotAllowed({ method, path, allow });
}

/** The shape that errors of a path take. */
function protocolOf(req: IncomingMessage, path: string): WireProtocol {
  if (path.includes("/messages")) return "anthropic";
  const fromHeader = req.headers["anthropic-version"] !== undefined && !modelCalls.has(path);
  return fromHeader ? "anthropic" : "openai";
}

function modelIdOf(path: string): string {
  try {
    return decodeURIComponent(path.slice(modelsPath.length + 1));
  } catch {
    // An id that is not well escaped is looked up as it is, and not found.
    return path.slice(modelsPath.length + 1);
  }
}

function serveApi(gate: Gate, exchange: Exchange, place: { path: string; query: string }): void {
  const { req } = exchange;
  const { path, query } = place;
  const modelCall = modelCalls.get(path);
  if (modelCall !== undefined) {
    requireMethod(req, path, "POST");
    serveModelCall(gate, exchange, modelCall);
  } else if (path === modelsPath || path.startsWith(`${modelsPath}/`)) {
    requireMethod(req, path, "GET, HEAD");
    serveModels(gate, exchange, { id: path === modelsPath ? "" : modelIdOf(path), query });
  } else if (path === tracesPath) {
    requireMethod(req, path, "POST");
    serveTraces(gate, exchange);
  } else {
    throw baseUrlError(req, path) ?? gatewayErrors.routeUnknown(`${req.method ?? ""} ${path}`);
  }
}

/** Sends each request where it belongs; what a route throws becomes an answer here. */
export function route(gate: Gate, control: ControlPipe, exchange: Exchange): void {
  const { req, res } = exchange;
  const url = req.url ?? "/";
  const mark = url.indexOf("?");
  const path = mark === -1 ? url : url.slice(0, mark);
  try {
    if (req.headers.host === undefined && req.httpVersion === "1.1") {
      throw gatewayErrors.requestMalformed(new Error("HTTP/1.1 needs a Host header"));
    }
    if (req.headers.upgrade?.toLowerCase() === "websocket") throw gatewayErrors.upgradeRefused();
    if (path.startsWith("/v1/"))
      serveApi(gate, exchange, { path, query: mark === -1 ? "" : url.slice(mark) });
    else if (path === "/healthz") serveHealth(gate, res);
    else {
      const wrong = baseUrlError(req, path);
      if (wrong !== null) throw wrong;
      control.serve(gate, exchange);
    }
  } catch (cause) {
    const error = cause instanceof GatewayError ? cause : internalFault(gate, cause);
    if (error.blame === "auth") gate.counters.add("errorsAuth", 1);
    sendError(req, res, { protocol: protocolOf(req, path), error, headers: [], requestId: "" });
  }
}
