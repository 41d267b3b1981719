import { parseJson, parseWrittenJson, readConversation, readOutput } from "@weir/providers";
import {
  costProofSchema,
  messageSchema,
  receiptItemSchema,
  spanDetailSchema,
  tokenCountsSchema,
} from "@weir/schema";
import type { Message, SpanDetail, SpanSummary, ToolDefinition } from "@weir/schema";
import { z } from "zod";
import type { SpanRow, WholeSpan } from "./queries/span-queries.ts";

function toSpanSummary(row: SpanRow, counted: boolean): SpanSummary {
  return {
    spanId: row.span_id,
    parentSpanId: row.parent_span_id,
    kind: row.kind,
    name: row.name,
    source: row.source,
    serviceName: row.service_name,
    startedAt: row.started,
    durationMs: row.duration_ms,
    ttftMs: row.ttft_ms,
    interTokenMs: row.inter_token_ms,
    status: row.status,
    httpStatus: row.http_status,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    provider: row.provider,
    modelAsked: row.model_asked,
    modelAnswered: row.model_answered,
    streamed: row.streamed,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    costUsd: row.cost_usd,
    counted,
    inputPreview: row.input_preview,
    outputPreview: row.output_preview,
  };
}

/** One span whole. What is kept as JSON is parsed; a text that does not parse is left out here and stays raw. */
export function toSpanDetail(
  row: WholeSpan,
  { traceId, counted }: { traceId: string; counted: boolean },
): SpanDetail {
  return {
    ...toSpanSummary(row, counted),
    traceId,
    operation: row.operation,
    protocol: row.protocol,
    upstreamMs: row.upstream_ms,
    providerFingerprint: row.provider_fingerprint,
    responseId: row.response_id,
    finishReasons: row.finish_reasons,
    keyId: row.key_id,
    userId: row.user_id,
    sessionId: row.session_id,
    environment: row.environment,
    release: row.release,
    tags: row.tags,
    metadata: row.metadata,
    attributes: row.attributes,
    versions: row.versions,
    tokens: tokenCountsSchema.catch({}).parse(row.tokens),
    usageStatus: row.usage_status,
    usageRaw: parseText(row.usage_raw, z.unknown().optional()) ?? null,
    costProof: parseText(row.cost_proof, costProofSchema),
    ...readMessages(row),
    rawRequest: row.raw_request,
    rawResponse: row.raw_response,
    upstreamRequest: row.upstream_request,
    receipt: parseText(row.receipt, z.array(receiptItemSchema)) ?? [],
    events: parseText(row.events, spanDetailSchema.shape.events) ?? [],
    links: parseText(row.links, spanDetailSchema.shape.links) ?? [],
  };
}

/** Null for what is not of the form: producers write these texts as JSON, but one may have been cut or be foreign. */
function parseText<Value>(text: string, schema: z.ZodType<Value>): Value | null {
  if (text === "") return null;
  // What was sent keeps its numbers as they were written; a number of the form's own has to be one.
  const written = schema.safeParse(parseWrittenJson(text));
  return written.success ? written.data : (schema.safeParse(parseJson(text)).data ?? null);
}

interface Messages {
  input: Message[];
  output: Message[];
  tools: ToolDefinition[];
  parameters: Record<string, unknown>;
}

function readMessages(row: WholeSpan): Messages {
  const recorded = {
    input: parseText(row.input, z.array(messageSchema)) ?? [],
    output: parseText(row.output, z.array(messageSchema)) ?? [],
  };
  const protocol = z.enum(["openai", "anthropic"]).safeParse(row.protocol);
  if (row.raw_request === "") return { ...recorded, tools: [], parameters: {} };
  const operation = z.enum(["chat", "embeddings", "count_tokens"]).catch("chat").parse(row.operation);
  const call = { protocol: protocol.data ?? "openai", operation };
  const { input, tools, parameters } = readConversation({ ...call, request: row.raw_request });
  // A request that an application recorded says of itself only what has the same form everywhere.
  if (!protocol.success) return { ...recorded, tools, parameters: {} };
  const { output } = recorded;
  return {
    input,
    tools,
    parameters,
    // The gateway assembles the answer as it passes; only a record without it is read from the raw response.
    output: output.length > 0 ? output : answerOf(row, call),
  };
}

function answerOf(
  row: WholeSpan,
  call: Omit<Parameters<typeof readOutput>[0], "stream" | "response">,
): Message[] {
  if (row.raw_response === "") return [];
  return readOutput({ ...call, stream: row.streamed, response: row.raw_response });
}
