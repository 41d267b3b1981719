import { spanKindSchema, spanSourceSchema, spanStatusSchema, usageStatusSchema } from "@weir/schema";
import { z } from "zod";
import { querySettings, traceLimits } from "../limits.ts";
import { instantSchema, isCall } from "./columns.ts";
import type { Reader } from "./list-queries.ts";

/** What a span is at a glance; inputs, outputs and raw bodies are left in their columns. */
const lightColumns = `
  span_id, parent_span_id, kind, name, source, service_name, toString(started_at) AS started, duration_ms,
  ttft_ms, inter_token_ms, status, http_status, error_code, error_message, provider, model_asked, model_answered,
  streamed, input_tokens, output_tokens, cost_usd, input_preview, output_preview`;

const spanRowSchema = z.object({
  span_id: z.string(),
  parent_span_id: z.string(),
  kind: spanKindSchema,
  name: z.string(),
  source: spanSourceSchema,
  service_name: z.string(),
  started: instantSchema,
  duration_ms: z.number(),
  ttft_ms: z.number().nullable(),
  inter_token_ms: z.number().nullable(),
  status: spanStatusSchema,
  http_status: z.number(),
  error_code: z.string(),
  error_message: z.string(),
  provider: z.string(),
  model_asked: z.string(),
  model_answered: z.string(),
  streamed: z.boolean(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cost_usd: z.number().nullable(),
  input_preview: z.string(),
  output_preview: z.string(),
});
export type SpanRow = z.output<typeof spanRowSchema>;

const ofTrace = "project_id = {projectId:String} AND trace_id = {traceId:String}";

const placementSchema = z.object({
  span_id: z.string(),
  parent_span_id: z.string(),
  gateway: z.number().transform((flag) => flag === 1),
  call: z.number().transform((flag) => flag === 1),
});

/** Where the spans of a trace hang, to see whether one of them counts. */
export async function readPlacements(
  { clickhouse, signal }: Reader,
  { projectId, traceId }: { projectId: string; traceId: string },
): Promise<z.output<typeof placementSchema>[]> {
  return clickhouse.query({
    sql: `
SELECT span_id, parent_span_id, source = 'gateway' AS gateway, ${isCall} AS call
FROM spans WHERE ${ofTrace} ORDER BY started_at, span_id LIMIT {spansMax:UInt32}`,
    params: { projectId, traceId, spansMax: traceLimits.traceSpansMax },
    settings: querySettings,
    signal,
    row: placementSchema,
  });
}

const textMap = z.record(z.string(), z.string());

const wholeSpanSchema = spanRowSchema.extend({
  operation: z.string(),
  protocol: z.string(),
  upstream_ms: z.number().nullable(),
  provider_fingerprint: z.string(),
  response_id: z.string(),
  finish_reasons: z.array(z.string()),
  key_id: z.string(),
  user_id: z.string(),
  session_id: z.string(),
  environment: z.string(),
  release: z.string(),
  tags: z.array(z.string()),
  metadata: textMap,
  attributes: textMap,
  versions: textMap,
  tokens: z.record(z.string(), z.number()),
  usage_status: usageStatusSchema,
  usage_raw: z.string(),
  cost_proof: z.string(),
  input: z.string(),
  output: z.string(),
  raw_request: z.string(),
  raw_response: z.string(),
  upstream_request: z.string(),
  receipt: z.string(),
  events: z.string(),
  links: z.string(),
});
export type WholeSpan = z.output<typeof wholeSpanSchema>;

/** One span with everything that is kept of it; null when there is none. */
export async function readWholeSpan(
  { clickhouse, signal }: Reader,
  { projectId, traceId, spanId }: { projectId: string; traceId: string; spanId: string },
): Promise<WholeSpan | null> {
  const rows = await clickhouse.query({
    sql: `
SELECT ${lightColumns},
  operation, protocol, upstream_ms, provider_fingerprint, response_id, finish_reasons, key_id, user_id, session_id,
  environment, release, tags, metadata, attributes, versions, tokens, usage_status, usage_raw, cost_proof,
  input, output, raw_request, raw_response, upstream_request, receipt, events, links
FROM spans WHERE ${ofTrace} AND span_id = {spanId:String} LIMIT 1`,
    params: { projectId, traceId, spanId },
    settings: querySettings,
    signal,
    row: wholeSpanSchema,
  });
  return rows[0] ?? null;
}
