import type { IncomingMessage, ServerResponse } from "node:http";
import type { ReceiptItem, SnapshotKey } from "@weir/schema";
import type { Operation, RequestFacts, ResponseFacts, WireProtocol } from "@weir/providers";
import type { AnswerTranslation } from "./answer/answer-translation.ts";
import type { GatewayError } from "./errors.ts";
import type { Gate } from "./gate.ts";
import type { RawKeeper } from "./record/raw-text.ts";
import { readCallerContext, type CallerContext } from "./request/caller-context.ts";
import { startTrace, type TraceContext } from "./request/trace-context.ts";
import type { CompiledSnapshot } from "./snapshot/compiled-snapshot.ts";
import type { Resolution } from "./snapshot/resolve-model.ts";

/** The gateway's hold on a call under way at a provider (or at the simulator). */
export interface UpstreamControl {
  /** Ends it at once; nothing more comes after. */
  abort(): void;
  pause(): void;
  resume(): void;
}

/** What serves a call at the moment and must be told when it cannot go on. */
export interface CallHolder {
  /** Ends the call as an error, upstream too, in whatever way the caller can still be told. */
  stop(error: GatewayError): void;
  /** The caller has gone: what is known of the answer so far. */
  abandon(): ResponseFacts | null;
}

/** One authenticated call, from its headers to its record. */
export interface Call {
  readonly gate: Gate;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly protocol: WireProtocol;
  readonly operation: Operation;
  readonly startedAtMs: number;
  readonly snapshot: CompiledSnapshot;
  readonly key: SnapshotKey;
  readonly trace: TraceContext;
  /** What was dropped, emulated or rewritten so far. */
  readonly receipt: ReceiptItem[];
  /** The body as received, decompressed; null until it is whole. */
  body: Buffer | null;
  /** The body's text for the row, large media moved out; null until somebody asks. */
  rawRequest: string | null;
  facts: RequestFacts | null;
  /** What headers and body say of the caller; null until somebody asks. */
  context: CallerContext | null;
  resolution: Resolution | null;
  /** How to turn the provider's answer into the caller's protocol; null when they are the same. */
  translation: AnswerTranslation | null;
  /** The usage chunk was asked for on Weir's own account, so the caller must not see it. */
  stripUsage: boolean;
  /** The provider's own request as JSON, when the call was translated. */
  upstreamRequest: string;
  dispatchedAtMs: number | null;
  /** When the upstream's headers came. */
  upstreamAtMs: number | null;
  /** The provider's answer, kept for the row. */
  raw: RawKeeper | null;
  rawMediaType: string;
  upstream: UpstreamControl | null;
  holder: CallHolder | null;
  /** True once its record is written; there is exactly one. */
  settled: boolean;
}

/** Begins a call whose key was found good. */
export function openCall(options: {
  gate: Gate;
  req: IncomingMessage;
  res: ServerResponse;
  protocol: WireProtocol;
  operation: Operation;
  startedAtMs: number;
  snapshot: CompiledSnapshot;
  key: SnapshotKey;
}): Call {
  const trace = startTrace(options.req.headers.traceparent);
  const call: Call = {
    ...options,
    trace,
    receipt: trace.receipt === null ? [] : [trace.receipt],
    body: null,
    rawRequest: null,
    facts: null,
    context: null,
    resolution: null,
    translation: null,
    stripUsage: false,
    upstreamRequest: "",
    dispatchedAtMs: null,
    upstreamAtMs: null,
    raw: null,
    rawMediaType: "",
    upstream: null,
    holder: null,
    settled: false,
  };
  options.gate.activeCalls.add(call);
  options.gate.counters.add("calls", 1);
  options.gate.counters.add("callsInFlight", 1);
  return call;
}

const silentBody = { userId: "", sessionId: "", metadata: {} };

/** Who calls and why, from headers and body; read once, its receipts added to the call's. */
export function callerContextOf(call: Call): CallerContext {
  if (call.context === null) {
    const { limits } = call.gate.ports;
    call.context = readCallerContext(call.req.headers, call.facts ?? silentBody, limits);
    call.receipt.push(...call.context.receipt);
  }
  return call.context;
}
