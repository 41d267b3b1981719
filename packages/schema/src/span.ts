import { z } from "zod";

export const spanKinds = [
  "generation",
  "embedding",
  "token_count",
  "tool",
  "retrieval",
  "agent",
  "workflow",
  "guardrail",
  "evaluation",
  "span",
] as const;
export const spanKindSchema = z.enum(spanKinds);
export type SpanKind = z.infer<typeof spanKindSchema>;

/** Whether spans of a kind are calls of a model, which answer and have tokens and a cost of their own. */
export function isModelCall(kind: SpanKind): boolean {
  return kind === "generation" || kind === "embedding";
}

export const spanStatuses = ["ok", "error", "cancelled"] as const;
export const spanStatusSchema = z.enum(spanStatuses);
export type SpanStatus = z.infer<typeof spanStatusSchema>;

export const spanSources = ["gateway", "otlp"] as const;
export const spanSourceSchema = z.enum(spanSources);

const text = z.string().default("");
const number = z.number().nullable().default(null);

/**
 * One row of the `spans` table, the spine of the record. Its keys are the ClickHouse columns, so a JSON line
 * of this shape is what the spool holds and what ClickHouse inserts as it stands (`FORMAT JSONEachRow`).
 * Absent keys take the column's default. Times are UTC text with microseconds, `2026-11-21 00:04:24.000000`
 * (see `formatInstant`); durations are milliseconds; money is US dollars.
 */
export const spanRowSchema = z.strictObject({
  project_id: z.string(),
  /** 32 lower-case hex digits (W3C trace context). */
  trace_id: z.string().regex(/^[0-9a-f]{32}$/),
  /** 16 lower-case hex digits. */
  span_id: z.string().regex(/^[0-9a-f]{16}$/),
  /** Empty for a root span. */
  parent_span_id: z
    .string()
    .regex(/^([0-9a-f]{16})?$/)
    .default(""),
  kind: spanKindSchema,
  name: z.string(),
  source: spanSourceSchema,
  service_name: text,
  started_at: z.string(),
  duration_ms: z.number().nonnegative(),
  /** From the request's arrival to the first token of content; null when nothing streamed. */
  ttft_ms: number,
  /** Mean time per output token after the first (TPOT); null when nothing streamed. */
  inter_token_ms: number,
  /** From the request's arrival to the upstream's response headers; the rest is the provider streaming. */
  upstream_ms: number,
  status: spanStatusSchema,
  /** The HTTP status the caller saw; 0 where there is none. */
  http_status: z.number().int().default(0),
  /** A stable code of Weir's or of the provider's. */
  error_code: text,
  error_message: text,

  /** `chat`, `embeddings`, `count_tokens`, or the `gen_ai.operation.name` that an application sent. */
  operation: text,
  /** The protocol that the caller spoke: `openai`, `anthropic`; empty for OTLP spans. */
  protocol: text,
  /** Name of the provider in the configuration, or `gen_ai.provider.name`. */
  provider: text,
  model_asked: text,
  model_answered: text,
  provider_fingerprint: text,
  response_id: text,
  finish_reasons: z.array(z.string()).default([]),
  streamed: z.boolean().default(false),

  key_id: text,
  user_id: text,
  session_id: text,
  environment: text,
  release: text,
  tags: z.array(z.string()).default([]),
  metadata: z.record(z.string(), z.string()).default({}),
  /** Attributes of an OTLP span that have no column of their own. */
  attributes: z.record(z.string(), z.string()).default({}),
  /** Versions that produced the span, e.g. `{ prompt: "support@12", route: "default@3" }`. */
  versions: z.record(z.string(), z.string()).default({}),

  /** Sums of the input side and of the output side of `tokens`. */
  input_tokens: z.number().int().nonnegative().default(0),
  output_tokens: z.number().int().nonnegative().default(0),
  /** Disjoint buckets, see `tokenBuckets`. */
  tokens: z.record(z.string(), z.number().int().nonnegative()).default({}),
  usage_status: z.enum(["reported", "mismatch", "estimated", "missing"]).default("missing"),
  /** The provider's usage object as JSON, unchanged. */
  usage_raw: text,
  /** Null when the model has no price. */
  cost_usd: number,
  price_version: text,
  /** JSON of `CostProof`; empty when there was no usage. */
  cost_proof: text,

  /** First characters of the last user message and of the answer, for lists. */
  input_preview: text,
  output_preview: text,
  /** JSON array of `Message`. Empty for gateway calls, whose messages are read from `raw_request`. */
  input: text,
  /** JSON array of `Message`: the assembled answer. */
  output: text,
  /** The request body as received; large media replaced by `weir-blob:sha256/<hex>`. */
  raw_request: text,
  /** The response body as received from the provider (for a stream, its SSE text); media replaced likewise. */
  raw_response: text,
  /** The provider's own request, when the call was translated to another protocol. */
  upstream_request: text,
  /** JSON array of `ReceiptItem`; empty when nothing was changed. */
  receipt: text,
  /** JSON array of `{ name, at, attributes }` of an OTLP span's events. */
  events: text,
  /** JSON array of `{ traceId, spanId, attributes }`. */
  links: text,
});

/** A complete row. */
export type SpanRow = z.output<typeof spanRowSchema>;
/** What a producer writes: columns that are left out take their default. */
export type SpanRecord = z.input<typeof spanRowSchema>;

/**
 * Formats an instant the way the `spans` table wants it.
 * @param epochMs milliseconds since 1970 UTC, with any fraction (kept to microseconds)
 * @example formatInstant(0) // "1970-01-01 00:00:00.000000"
 */
export function formatInstant(epochMs: number): string {
  const whole = Math.floor(epochMs);
  // The fraction is the nearest that a number has, which may lie below the microsecond that is meant.
  const micros = Math.min(999, Math.round((epochMs - whole) * 1000));
  const iso = new Date(whole).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${String(micros).padStart(3, "0")}`;
}

/** Reads `formatInstant`'s text (or ClickHouse's) back to milliseconds since 1970 UTC, with a fraction. */
export function parseInstant(text: string): number {
  const millis = Date.parse(`${text.slice(0, 10)}T${text.slice(11, 23).padEnd(12, "0")}Z`);
  const micros = text.length > 23 ? Number(text.slice(23, 26).padEnd(3, "0")) : 0;
  return millis + micros / 1000;
}
