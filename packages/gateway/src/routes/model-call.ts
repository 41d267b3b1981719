import type { IncomingMessage, ServerResponse } from "node:http";
import {
  isDeeperThan,
  nestingMax,
  ProvidersError,
  readRequestFacts,
  translateRequest,
  type JsonObject,
  type Operation,
  type Translated,
  type WireProtocol,
} from "@weir/providers";
import { createAnswerSink } from "../answer/answer-sink.ts";
import { createAnswerTranslation } from "../answer/answer-translation.ts";
import { failCall } from "../answer/send-error.ts";
import { callerContextOf, openCall, type Call } from "../call.ts";
import { GatewayError, gatewayErrors } from "../errors.ts";
import { internalFault } from "../fault.ts";
import type { Gate } from "../gate.ts";
import { prepareRawRequest, settleCall } from "../record/settle.ts";
import { parseCallBody } from "../request/parse-call-body.ts";
import { mustAskForUsage } from "../request/asked-usage.ts";
import { passBody } from "../request/pass-body.ts";
import { withWrittenInputs } from "../request/written-inputs.ts";
import { answerCountEstimate } from "../answer/count-estimate.ts";
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

function send(
  call: Call,
  request: { resolution: Resolution; protocol: WireProtocol; body: Buffer; query: string },
): void {
  const { provider } = request.resolution;
  const path = paths[request.protocol][call.operation];
  if (path === undefined) throw operationMissing(call, provider.name);
  sendUpstream(
    call,
    {
      provider,
      path: provider.pathPrefix + path + request.query,
      headers: upstreamHeaders({ caller: call.req.headers, provider, stream: call.facts?.stream ?? false }),
      body: request.body,
    },
    createAnswerSink(call),
  );
}

function operationMissing(call: Call, provider: string): GatewayError {
  const embeddings = call.operation === "embeddings";
  return gatewayErrors.operationUnsupported({
    operation: embeddings ? "embeddings" : call.operation,
    provider,
    mend: "Use a model of a provider that has them, e.g. openai/text-embedding-3-small.",
  });
}

/** The caller's own protocol: the body goes as it is, but for a model's name and the request for usage. */
function sendUntouched(call: Call, resolution: Resolution, parsed: JsonObject): void {
  const { body, facts, protocol, req } = call;
  if (body === null || facts === null) throw new Error("A call is sent before its body is read");
  const passed = passBody({ call, body, parsed, facts, resolution });
  call.stripUsage = passed.stripUsage;
  const url = req.url ?? "";
  const mark = url.indexOf("?");
  send(call, { resolution, protocol, body: passed.body, query: mark === -1 ? "" : url.slice(mark) });
}

const wantsStrict = (call: Call): boolean =>
  call.snapshot.strict || call.req.headers["x-weir-strict"]?.toString().trim().toLowerCase() === "true";

/** Another protocol: the request is translated, and so will be whatever comes back. */
function sendTranslated(
  call: Call,
  route: { resolution: Resolution; to: WireProtocol; parsed: JsonObject; bytes: Buffer },
): void {
  const { resolution, to, parsed, bytes } = route;
  if (call.operation === "embeddings") throw operationMissing(call, resolution.provider.name);
  if (call.operation === "count_tokens") {
    answerCountEstimate(call, parsed, wantsStrict(call));
    return;
  }
  const asked = withWrittenInputs(parsed, { protocol: call.protocol, bytes, field: "messages" });
  const { body, receipt } = translate({
    from: call.protocol,
    to,
    body: { ...asked, model: resolution.model },
    strict: wantsStrict(call),
  });
  if (!mustAskForUsage(resolution)) delete body["stream_options"];
  call.receipt.push(...receipt);
  call.translation = createAnswerTranslation(call, { providerProtocol: to, request: parsed });
  call.upstreamRequest = JSON.stringify(body);
  send(call, { resolution, protocol: to, body: Buffer.from(call.upstreamRequest), query: "" });
}

function translate(options: Parameters<typeof translateRequest>[0]): Translated {
  try {
    return translateRequest(options);
  } catch (cause) {
    if (!(cause instanceof ProvidersError)) throw cause;
    const { code, message, parameter } = cause;
    throw gatewayErrors.requestUntranslatable({ code, message, parameter, cause });
  }
}

function forward(call: Call, body: Buffer): void {
  const { gate } = call;
  call.body = body;
  gate.counters.add("receivedBytes", body.length);
  const parsed = parseCallBody(call, body);
  call.facts = readRequestFacts({ protocol: call.protocol, operation: call.operation, body: parsed });
  callerContextOf(call);
  call.resolution = resolveModel(call.snapshot, call.facts.model);
  const { resolution } = call;
  const spoken = resolution.provider.protocol;
  // Only what passes untouched may be nested in any way.
  if (spoken !== call.protocol && isDeeperThan(parsed, nestingMax))
    throw gatewayErrors.bodyTooDeep(nestingMax);
  if (spoken === "sim") simulate(call, parsed, createAnswerSink(call));
  else if (spoken === call.protocol) sendUntouched(call, resolution, parsed);
  else sendTranslated(call, { resolution, to: spoken, parsed, bytes: body });
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
      failCall(call, cause instanceof GatewayError ? cause : internalFault(gate, cause, call.trace.traceId));
    }
  });
}
