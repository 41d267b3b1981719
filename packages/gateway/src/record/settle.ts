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
    const sha256 = recorder.storeBlob(blob);
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
  if (call.raw === null) return "";
  const { limits } = call.gate.ports;
  const storeBlob = blobStore(call);
  const options = { rowMaxBytes: limits.rawResponseMaxBytes, mediaType: call.rawMediaType, storeBlob };
  const whole = call.raw.whole();
  if (whole === null || whole.length < limits.inlineMediaMaxBytes) return call.raw.text(options);
  const text = whole.toString("utf8");
  const light = extractMedia(text, limits.inlineMediaMaxBytes, storeBlob);
  return fitToRow(light === text ? whole : Buffer.from(light), options);
}

function priceOf(call: Call, facts: ResponseFacts): CostProof | null {
  const { resolution } = call;
  if (facts.usage === null || resolution === null || call.operation === "count_tokens") return null;
  return call.gate.price({
    provider: resolution.provider.source.priceProvider,
    model: facts.modelAnswered === "" ? resolution.model : facts.modelAnswered,
    usage: facts.usage,
    atMs: call.startedAtMs,
  });
}

/** Milliseconds to microseconds, which is all that the clock is good for. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

function timings(call: Call, facts: ResponseFacts | null): Partial<SpanRecord> {
  const first = facts?.firstContentAtMs ?? null;
  const last = facts?.lastContentAtMs ?? null;
  const tokens = facts?.usage?.outputTokens ?? 0;
  const streamed = call.facts?.stream === true && first !== null;
  return {
    upstream_ms: call.upstreamAtMs === null ? null : rounded(call.upstreamAtMs - call.startedAtMs),
    ttft_ms: streamed ? rounded(first - call.startedAtMs) : null,
    inter_token_ms: streamed && last !== null && tokens > 1 ? rounded((last - first) / (tokens - 1)) : null,
  };
}

function answerColumns(call: Call, facts: ResponseFacts): Partial<SpanRecord> {
  const { usage } = facts;
  const proof = priceOf(call, facts);
  return {
    model_answered: facts.modelAnswered,
    provider_fingerprint: facts.providerFingerprint,
    response_id: facts.responseId,
    finish_reasons: facts.finishReasons,
    output_preview: facts.outputPreview,
    output: facts.output.length === 0 ? "" : JSON.stringify(facts.output),
    ...(usage === null
      ? {}
      : {
          input_tokens: usage.inputTokens,
          output_tokens: usage.outputTokens,
          tokens: usage.tokens,
          usage_status: usage.status,
          usage_raw: JSON.stringify(usage.raw),
        }),
    ...(proof === null
      ? {}
      : {
          cost_usd: proof.totalUsd,
          price_version: proof.priceVersion,
          cost_proof: JSON.stringify(proof),
        }),
  };
}

function callerColumns(call: Call): Partial<SpanRecord> {
  const context = callerContextOf(call);
  return {
    key_id: call.key.id,
    user_id: context.userId,
    session_id: context.sessionId,
    environment: context.environment,
    release: context.release,
    tags: context.tags,
    metadata: context.metadata,
  };
}

function spanOf(call: Call, outcome: Outcome, endedAtMs: number): SpanRecord {
  const { facts: asked, resolution } = call;
  const model = asked?.model ?? "";
  const callerSays = callerColumns(call);
  const { limits } = call.gate.ports;
  return {
    project_id: call.key.projectId,
    trace_id: call.trace.traceId,
    span_id: call.trace.spanId,
    parent_span_id: call.trace.parentSpanId,
    kind: kinds[call.operation],
    name: model === "" ? call.operation : `${call.operation} ${model}`,
    source: "gateway",
    started_at: formatInstant(call.startedAtMs),
    duration_ms: rounded(endedAtMs - call.startedAtMs),
    status: outcome.status,
    http_status: outcome.httpStatus,
    error_code: outcome.errorCode,
    error_message: outcome.errorMessage,
    operation: call.operation,
    protocol: call.protocol,
    provider: resolution?.provider.name ?? "",
    model_asked: model,
    streamed: asked?.stream ?? false,
    input_preview: asked?.inputPreview ?? "",
    ...callerSays,
    ...timings(call, outcome.facts),
    ...(outcome.facts === null ? {} : answerColumns(call, outcome.facts)),
    raw_request: prepareRawRequest(call),
    raw_response: rawResponse(call),
    upstream_request: extractMedia(call.upstreamRequest, limits.inlineMediaMaxBytes, blobStore(call)),
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
 */
export function settleCall(call: Call, outcome: Outcome): void {
  if (call.settled) return;
  call.settled = true;
  const { gate } = call;
  gate.activeCalls.delete(call);
  const endedAtMs = gate.ports.clock.nowMs();
  count(call, outcome, endedAtMs - call.startedAtMs);
  if (!gate.ports.recorder.append([spanOf(call, outcome, endedAtMs)]))
    gate.counters.add("recordsUnwritten", 1);
  // A client may keep its connection for hours; nothing of this call should live as long.
  call.body = null;
  call.rawRequest = null;
  call.raw = null;
}
