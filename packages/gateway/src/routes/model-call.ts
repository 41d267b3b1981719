import type { IncomingMessage, ServerResponse } from "node:http";
import { readRequestFacts, type JsonObject, type Operation, type WireProtocol } from "@weir/providers";
import { createAnswerSink } from "../answer/answer-sink.ts";
import { failCall } from "../answer/send-error.ts";
import { callerContextOf, openCall, type Call } from "../call.ts";
import { GatewayError, gatewayErrors } from "../errors.ts";
import type { Gate } from "../gate.ts";
import { prepareRawRequest, settleCall } from "../record/settle.ts";
import { parseCallBody } from "../request/parse-call-body.ts";
import { passBody } from "../request/pass-body.ts";
import { readBody } from "../request/read-body.ts";
import { authenticate } from "../snapshot/authenticate.ts";
import { resolveModel, type Resolution } from "../snapshot/resolve-model.ts";
import { upstreamHeaders } from "../upstream/request-headers.ts";
import { sendUpstream } from "../upstream/send-upstream.ts";
import { simulate } from "../upstream/simulate.ts";

/** Paths of the operations behind a provider's base URL. */
const paths: { readonly [protocol in WireProtocol]: { readonly [operation in Operation]?: string } } = {
  openai: { chat: "/chat/completions", embeddings: "/embeddings" },
  anthropic: { chat: "/messages", count_tokens: "/messages/count_tokens" },
};

/** The caller has gone: the provider stops at once, and what came so far is on record. */
function abandonCall(call: Call): void {
  if (call.settled) {
    // Complete for the record, but the provider may still be sending.
    call.upstream?.abort();
    return;
  }
  call.upstream?.abort();
  const facts = call.holder?.abandon() ?? null;
  const { code, message } = gatewayErrors.clientClosed();
  settleCall(call, {
    status: "cancelled",
    httpStatus: call.res.headersSent ? call.res.statusCode : 0,
    errorCode: code,
    errorMessage: message,
    blame: null,
    facts,
  });
}

function samePath(call: Call, resolution: Resolution, parsed: JsonObject): void {
  const { provider } = resolution;
  const protocol: WireProtocol = provider.protocol === "anthropic" ? "anthropic" : "openai";
  const path = paths[protocol][call.operation];
  if (path === undefined || call.body === null || call.facts === null)
    throw new Error("no path for this call");
  const passed = passBody({ call, body: call.body, parsed, facts: call.facts, model: resolution.model });
  call.stripUsage = passed.stripUsage;
  const query = call.req.url?.indexOf("?") ?? -1;
  sendUpstream(
    call,
    {
      provider,
      path: provider.pathPrefix + path + (query === -1 ? "" : (call.req.url?.slice(query) ?? "")),
      headers: upstreamHeaders({ caller: call.req.headers, provider, stream: call.facts.stream }),
      body: passed.body,
    },
    createAnswerSink(call),
  );
}

function forward(call: Call, body: Buffer): void {
  const { gate } = call;
  call.body = body;
  gate.counters.add("receivedBytes", body.length);
  const parsed = parseCallBody(call, body);
  call.facts = readRequestFacts({ protocol: call.protocol, operation: call.operation, body: parsed });
  callerContextOf(call);
  call.resolution = resolveModel(call.snapshot, call.facts.model);
  if (call.resolution.provider.protocol === "sim") simulate(call, parsed, createAnswerSink(call));
  else samePath(call, call.resolution, parsed);
  if (body.length >= gate.ports.limits.inlineMediaMaxBytes) setImmediate(() => prepareRawRequest(call));
}

/** A model call, from its headers on. */
export function serveModelCall(
  gate: Gate,
  exchange: { req: IncomingMessage; res: ServerResponse },
  route: { protocol: WireProtocol; operation: Operation },
): void {
  const { req, res } = exchange;
  const startedAtMs = gate.ports.clock.nowMs();
  const snapshot = gate.snapshot();
  const key = authenticate(snapshot, req.headers);
  const call = openCall({ gate, req, res, ...route, startedAtMs, snapshot, key });
  res.on("close", () => {
    if (!res.writableFinished) abandonCall(call);
  });
  readBody(req, gate.ports.limits.requestBodyMaxBytes, (error, body) => {
    if (call.settled) return;
    if (error !== null) {
      failCall(call, error);
      return;
    }
    try {
      forward(call, body);
    } catch (cause) {
      call.upstream?.abort();
      failCall(call, cause instanceof GatewayError ? cause : gatewayErrors.internal(cause));
    }
  });
}
