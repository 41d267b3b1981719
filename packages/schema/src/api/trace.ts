import { z } from "zod";
import { messageSchema, receiptItemSchema, toolDefinitionSchema } from "../message.ts";
import { spanKindSchema, spanSourceSchema, spanStatusSchema } from "../span.ts";
import { costProofSchema, tokenCountsSchema, usageStatusSchema } from "../usage.ts";

/**
 * One row of the trace list. Times are ISO 8601 UTC; durations milliseconds; money US dollars. Sums count each
 * model call once: an application's own span of a call that also passed the gateway is not counted again.
 */
export const traceSummarySchema = z.object({
  traceId: z.string(),
  /** The root span's name, or the earliest span's when the root never arrived. */
  name: z.string(),
  startedAt: z.string(),
  durationMs: z.number(),
  status: spanStatusSchema,
  errorCode: z.string(),
  spanCount: z.number().int(),
  generationCount: z.number().int(),
  errorCount: z.number().int(),
  models: z.array(z.string()),
  providers: z.array(z.string()),
  ttftMs: z.number().nullable(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  costUsd: z.number().nullable(),
  userId: z.string(),
  sessionId: z.string(),
  environment: z.string(),
  tags: z.array(z.string()),
  inputPreview: z.string(),
  outputPreview: z.string(),
  /** False when a parent span was named but has not arrived. */
  complete: z.boolean(),
});
export type TraceSummary = z.infer<typeof traceSummarySchema>;

/** A span as the tree and the waterfall need it: everything but inputs and outputs. */
export const spanSummarySchema = z.object({
  spanId: z.string(),
  parentSpanId: z.string(),
  kind: spanKindSchema,
  name: z.string(),
  source: spanSourceSchema,
  serviceName: z.string(),
  startedAt: z.string(),
  durationMs: z.number(),
  ttftMs: z.number().nullable(),
  interTokenMs: z.number().nullable(),
  status: spanStatusSchema,
  httpStatus: z.number().int(),
  errorCode: z.string(),
  errorMessage: z.string(),
  provider: z.string(),
  modelAsked: z.string(),
  modelAnswered: z.string(),
  streamed: z.boolean(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  costUsd: z.number().nullable(),
  /** False when another span of the trace already counts this call's tokens and cost. */
  counted: z.boolean(),
  inputPreview: z.string(),
  outputPreview: z.string(),
});
export type SpanSummary = z.infer<typeof spanSummarySchema>;

export const traceDetailSchema = traceSummarySchema.extend({
  /** In the order in which they began. */
  spans: z.array(spanSummarySchema),
  /** How many spans there are beyond those in `spans`, of which a limited number is sent; absent or 0 for none. */
  spansOmitted: z.number().int().optional(),
});
export type TraceDetail = z.infer<typeof traceDetailSchema>;

/** `GET /api/v1/traces/{traceId}/spans/{spanId}`: one span whole. */
export const spanDetailSchema = spanSummarySchema.extend({
  traceId: z.string(),
  operation: z.string(),
  protocol: z.string(),
  upstreamMs: z.number().nullable(),
  providerFingerprint: z.string(),
  responseId: z.string(),
  finishReasons: z.array(z.string()),
  keyId: z.string(),
  userId: z.string(),
  sessionId: z.string(),
  environment: z.string(),
  release: z.string(),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.string()),
  attributes: z.record(z.string(), z.string()),
  versions: z.record(z.string(), z.string()),
  tokens: tokenCountsSchema,
  usageStatus: usageStatusSchema,
  usageRaw: z.unknown(),
  costProof: costProofSchema.nullable(),
  /** Messages readable in one form, whatever the protocol. */
  input: z.array(messageSchema),
  output: z.array(messageSchema),
  tools: z.array(toolDefinitionSchema),
  /** Sampling and other parameters as the caller sent them. */
  parameters: z.record(z.string(), z.unknown()),
  rawRequest: z.string(),
  rawResponse: z.string(),
  upstreamRequest: z.string(),
  receipt: z.array(receiptItemSchema),
  events: z.array(
    z.object({ name: z.string(), at: z.string(), attributes: z.record(z.string(), z.unknown()) }),
  ),
  links: z.array(
    z.object({
      traceId: z.string(),
      spanId: z.string(),
      attributes: z.record(z.string(), z.unknown()),
    }),
  ),
});
export type SpanDetail = z.infer<typeof spanDetailSchema>;

/**
 * `GET /api/v1/facets?fields=model,status…`: the most frequent values of each field in the range and filter, and those
 * that the filter asks the field to have.
 */
export const facetSchema = z.object({
  field: z.string(),
  values: z.array(
    z.object({
      value: z.string(),
      count: z
        .number()
        .int()
        .describe(
          "Traces that the list shows with this value of the field, beside the filter's other terms.",
        ),
      estimated: z
        .boolean()
        .describe(
          "Whether the count is an estimate, with a standard error of about 0.3 %. Up to 4,000 it never is.",
        ),
    }),
  ),
});
export const facetsSchema = z.object({ data: z.array(facetSchema) });
export type Facet = z.infer<typeof facetSchema>;
