import { randomFillSync } from "node:crypto";
import type { ReceiptItem } from "@weir/schema";

/** The place of a call in its trace (W3C Trace Context, https://www.w3.org/TR/trace-context/). */
export interface TraceContext {
  traceId: string;
  spanId: string;
  /** Empty when the call begins a trace. */
  parentSpanId: string;
  /** What to tell the caller when its `traceparent` could not be used. */
  receipt: ReceiptItem | null;
}

/** Random bytes are drawn in bulk: one draw per call costs more than the rest of this file. */
const pool = Buffer.alloc(24 * 256);
let poolOffset = pool.length;

/** 48 random hex digits: enough for a trace id and a span id. */
function randomHex(): string {
  if (poolOffset === pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  const digits = pool.toString("hex", poolOffset, poolOffset + 24);
  poolOffset += 24;
  return digits;
}

/** Version, trace id, parent id, flags; a later version may append fields. */
const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const noTrace = "0".repeat(32);
const noSpan = "0".repeat(16);

/**
 * Makes a span for a call: a child of the caller's span when `traceparent` names one, else the root of a new
 * trace. `tracestate` belongs to other vendors and is not kept.
 */
export function startTrace(traceparent: string | string[] | undefined): TraceContext {
  const random = randomHex();
  const spanId = random.slice(32);
  if (traceparent === undefined) {
    return { traceId: random.slice(0, 32), spanId, parentSpanId: "", receipt: null };
  }
  const match = typeof traceparent === "string" ? pattern.exec(traceparent.trim()) : null;
  const [, version, traceId, parentSpanId, rest] = match ?? [];
  const usable =
    traceId !== undefined &&
    parentSpanId !== undefined &&
    version !== "ff" &&
    (version !== "00" || rest === undefined) &&
    traceId !== noTrace &&
    parentSpanId !== noSpan;
  if (usable) return { traceId, spanId, parentSpanId, receipt: null };
  const receipt: ReceiptItem = {
    action: "dropped",
    parameter: "traceparent",
    detail: "It is not a valid W3C traceparent, so this call began a trace of its own.",
  };
  return { traceId: random.slice(0, 32), spanId, parentSpanId: "", receipt };
}
