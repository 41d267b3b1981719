import { formatInstant, type CostProof, type SpanKind, type SpanRecord, type SpanStatus } from "@weir/schema";
import type { Operation, ResponseFacts } from "@weir/providers";
import { callerContextOf, type Call } from "../call.ts";
import type { Blame } from "../errors.ts";
import { extractMedia, type StoreBlob } from "./media.ts";
import { fitToRow } from "./raw-text.ts";

/** How a call ended, as its caller saw it. */
export interface Outcome {
  status: SpanStatus;
  /** 0 when the caller saw none. */
  httpStatus: number;
  errorCode: string;
  errorMessage: string;
  /** Who must act on an error; null when there was none. */
  blame: Blame | null;
  facts: ResponseFacts | null;
}

const kinds: { [operation in Operation]: SpanKind } = {
  chat: "generation",
  embeddings: "embedding",
  count_tokens: "token_count",
};
const errorCounters = {
  caller: "errorsCaller",
  auth: "errorsAuth",
  upstream: "errorsUpstream",
  gateway: "errorsGateway",
} as const;

function blobStore(call: Call): StoreBlob {
  const { recorder } = call.gate.ports;
  return (blob) => {
    const sha256 = recorder.storeBlob({ projectId: call.key.projectId, ...blob });
    if (sha256 === null) call.gate.counters.add("blobsUnwritten", 1);
    return sha256;
  };
}

/**
 * Makes the request's text for the row. Moving media out takes milliseconds for an image, so it is done while
 * the provider is thinking; whoever settles the call calls it in any case.
 */
export function prepareRawRequest(call: Call): string {
  if (call.rawRequest !== null) return call.rawRequest;
  if (call.body === null) return "";
  const { limits } = call.gate.ports;
  const storeBlob = blobStore(call);
  const text = extractMedia(call.body.toString("utf8"), limits.inlineMediaMaxBytes, storeBlob);
  call.rawRequest = fitRequest(call, text, storeBlob);
  return call.rawRequest;
}

/** A body that does not parse is cut to the size of a row; one that parses stays whole, to be read again. */
function fitRequest(call: Call, text: string, storeBlob: StoreBlob): string {
  const { rawResponseMaxBytes } = call.gate.ports.limits;
  if (call.facts !== null || text.length <= rawResponseMaxBytes) return text;
  return fitToRow(Buffer.from(text), {
    rowMaxBytes: rawResponseMaxBytes,
    mediaType: "text/plain",
    storeBlob,
  });
}

function rawResponse(call: Call): string {
  const { raw } = call;
  if (raw === null) return "";
  const { limits } = call.gate.ports;
  const kept = raw.joined();
  const text = kept.toString("utf8");
  if (raw.bytes < limits.inlineMediaMaxBytes) return text;
  const storeBlob = blobStore(call);
  const lightText = extractMedia(text, limits.inlineMediaMaxBytes, storeBlob);
  const bytes = lightText === text ? kept : Buffer.from(lightText);
  const rowMaxBytes = limits.rawResponseMaxBytes;
  const fitted =
    bytes.length <= rowMaxBytes
      ? lightText
      : fitToRow(bytes, { rowMaxBytes, mediaType: call.rawMediaType, storeBlob });
  return raw.lostBytes === 0 ? fitted : `${fitted}\n(${raw.lostBytes} more bytes were not kept)`;
}

/** A text of the record's without its large media. */
function light(call: Call, text: string): string {
  return extractMedia(text, call.gate.ports.limits.inlineMediaMaxBytes, blobStore(call));
}

function priceOf(call: Call, facts: ResponseFacts): CostProof | null {
  const { resolution } = call;
  if (facts.usage === null || resolution === null || call.operation === "count_tokens") return null;
  return call.gate.price({
    provider: resolution.provider.source.priceProvider,
    model: facts.modelAnswered === "" ? resolution.model : facts.modelAnswered,
    usage: facts.usage,
    atMs: call.gate.ports.clock.dateMs(call.startedAtMs),
  });
}

/** Milliseconds to microseconds, which is all that the clock is good for. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

/** Mean time per token after the first; null when nothing streamed. */
function interTokenMs(facts: ResponseFacts): number | null {
  const tokens = facts.usage?.outputTokens ?? 0;
  if (facts.firstContentAtMs === null || facts.lastContentAtMs === null || tokens < 2) return null;
  return rounded((facts.lastContentAtMs - facts.firstContentAtMs) / (tokens - 1));
}

const noFacts: ResponseFacts = {
  modelAnswered: "",
  responseId: "",
  providerFingerprint: "",
  finishReasons: [],
  usage: null,
  output: [],
  outputPreview: "",
  firstContentAtMs: null,
  lastContentAtMs: null,
  error: null,
  complete: false,
};

/** One literal with every column: rows of one shape are made and written out faster than rows put together. */
function spanOf(call: Call, outcome: Outcome, endedAtMs: number): SpanRecord {
  const { facts: asked, trace, startedAtMs } = call;
  const facts = outcome.facts ?? noFacts;
  const { usage } = facts;
  const proof = priceOf(call, facts);
  const model = asked?.model ?? "";
  const streamed = asked?.stream ?? false;
  const first = streamed ? facts.firstContentAtMs : null;
  const context = callerContextOf(call);
  return {
    project_id: call.key.projectId,
    trace_id: trace.traceId,
    span_id: trace.spanId,
    parent_span_id: trace.parentSpanId,
    kind: kinds[call.operation],
    name: model === "" ? call.operation : `${call.operation} ${model}`,
    source: "gateway",
    started_at: formatInstant(call.gate.ports.clock.dateMs(startedAtMs)),
    duration_ms: rounded(endedAtMs - startedAtMs),
    ttft_ms: first === null ? null : rounded(first - startedAtMs),
    inter_token_ms: streamed ? interTokenMs(facts) : null,
    upstream_ms: call.upstreamAtMs === null ? null : rounded(call.upstreamAtMs - startedAtMs),
    status: outcome.status,
    http_status: outcome.httpStatus,
    error_code: outcome.errorCode,
    error_message: outcome.errorMessage,
    operation: call.operation,
    protocol: call.protocol,
    provider: call.resolution?.provider.name ?? "",
    model_asked: model,
    model_answered: facts.modelAnswered,
    provider_fingerprint: facts.providerFingerprint,
    response_id: facts.responseId,
    finish_reasons: facts.finishReasons,
    streamed,
    key_id: call.key.id,
    user_id: context.userId,
    session_id: context.sessionId,
    environment: context.environment,
    release: context.release,
    tags: context.tags,
    metadata: context.metadata,
    input_tokens: usage?.inputTokens ?? 0,
    output_tokens: usage?.outputTokens ?? 0,
    tokens: usage?.tokens ?? {},
    usage_status: usage?.status ?? "missing",
    usage_raw: usage === null ? "" : JSON.stringify(usage.raw),
    cost_usd: proof?.totalUsd ?? null,
    price_version: proof?.priceVersion ?? "",
    cost_proof: proof === null ? "" : JSON.stringify(proof),
    input_preview: asked?.inputPreview ?? "",
    output_preview: facts.outputPreview,
    output: facts.output.length === 0 ? "" : light(call, JSON.stringify(facts.output)),
    raw_request: prepareRawRequest(call),
    raw_response: rawResponse(call),
    upstream_request: light(call, call.upstreamRequest),
    receipt: call.receipt.length === 0 ? "" : JSON.stringify(call.receipt),
  };
}

function count(call: Call, outcome: Outcome, durationMs: number): void {
  const { counters } = call.gate;
  counters.add("callsInFlight", -1);
  if (outcome.status === "cancelled") counters.add("callsCancelled", 1);
  else if (outcome.status === "ok") counters.add("callsOk", 1);
  else counters.add(errorCounters[outcome.blame ?? "upstream"], 1);
  counters.observe("latencyMs", durationMs);
  const first = outcome.facts?.firstContentAtMs ?? null;
  if (first !== null && call.facts?.stream === true) counters.observe("ttftMs", first - call.startedAtMs);
  if (call.dispatchedAtMs !== null) counters.observe("overheadMs", call.dispatchedAtMs - call.startedAtMs);
}

/**
 * Writes a call's one record. It comes before the last bytes of the answer go out, so that a call which its
 * caller saw answered is on record whatever is killed next.
 *
 * @param thenSend sends these bytes. With it the record may wait for others of the same turn of the event loop,
 *   to be written with them at once; without it, it is written before this function returns
 */
export function settleCall(call: Call, outcome: Outcome, thenSend?: () => void): void {
  if (call.settled) return;
  call.settled = true;
  const { gate } = call;
  gate.activeCalls.delete(call);
  const endedAtMs = gate.ports.clock.nowMs();
  count(call, outcome, endedAtMs - call.startedAtMs);
  const record = spanOf(call, outcome, endedAtMs);
  // A client may keep its connection for hours; nothing of this call should live as long.
  call.body = null;
  call.rawRequest = null;
  call.raw = null;
  gate.journal.append(record, thenSend);
}
