import { previewMessage } from "@weir/providers";
import type { Price, UsageReport } from "@weir/providers";
import { formatInstant } from "@weir/schema";
import type { CostProof, Message, SpanKind, SpanRecord, SpanStatus } from "@weir/schema";
import { asText, AttributeBag } from "./attribute-bag.ts";
import { isModelRequest } from "./dialects/dialect.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { genAi } from "./dialects/gen-ai.ts";
import { langfuse } from "./dialects/langfuse.ts";
import { openInference } from "./dialects/openinference.ts";
import { traceloop } from "./dialects/traceloop.ts";
import { vercelAi } from "./dialects/vercel-ai.ts";
import { emptyDraft } from "./draft.ts";
import type { SpanDraft } from "./draft.ts";
import type { OtlpLimits } from "./limits.ts";
import { messagesColumn } from "./messages/column.ts";
import type { StoreBlob } from "./messages/column.ts";
import { priceProviderOf } from "./price-provider.ts";
import type { ResourceFacts } from "./resource.ts";
import type { OtlpEvent, OtlpSpan } from "./span.ts";
import { isUsageName, takeUsage } from "./usage.ts";
import { cutText } from "./warnings.ts";
import type { Warnings } from "./warnings.ts";

/** In the order in which they are asked: the more particular one sets a field before the more general one. */
const dialects: readonly Dialect[] = [langfuse, vercelAi, genAi, openInference, traceloop];

export interface MapContext {
  projectId: string;
  keyId: string;
  resource: ResourceFacts;
  pricer: Price;
  limits: OtlpLimits;
  warnings: Warnings;
  storeBlob?: StoreBlob | undefined;
}

/** Makes a row of a span that has passed `refusalOf`. The span's attributes are used up. */
export function mapSpan(span: OtlpSpan, context: MapContext): SpanRecord {
  const bag = new AttributeBag(span.attributes);
  const draft = emptyDraft();
  const spoken = dialectsOf(span);
  for (const dialect of spoken.dialects) dialect.read(bag, draft, span);
  readIdentity(bag, draft, context.resource);
  const kind: SpanKind = draft.kind ?? "span";
  const usage = spoken.hasUsage && isModelRequest(kind) ? takeUsage(bag) : null;
  const outcome = outcomeOf(bag, draft, span);
  const durationMs = span.endMs - span.startMs;
  const cut = (text: string, what: string, maxCharacters: number): string =>
    cutText(text, { maxCharacters, what, warnings: context.warnings });
  const { nameMaxCharacters } = context.limits;
  const name = (text: string): string =>
    text.length <= nameMaxCharacters ? text : cut(text, "A name", nameMaxCharacters);
  const first = <Item>(list: Item[], what: string): Item[] => firstOf(list, { what, ...context });
  return {
    project_id: context.projectId,
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId,
    kind,
    name: name(span.name || "(unnamed)"),
    source: "otlp",
    service_name: context.resource.serviceName,
    started_at: formatInstant(span.startMs),
    duration_ms: durationMs,
    ...timings(draft, { durationMs, outputTokens: usage?.outputTokens ?? 0 }),
    ...outcome,
    error_code: name(outcome.error_code),
    error_message: cut(outcome.error_message, "An error message", context.limits.attributeValueMaxCharacters),
    operation: name(draft.operation),
    provider: name(draft.provider),
    model_asked: name(draft.modelAsked),
    model_answered: name(draft.modelAnswered),
    provider_fingerprint: name(draft.fingerprint),
    response_id: name(draft.responseId),
    finish_reasons: first(draft.finishReasons, "Finish reasons").map((reason) => name(reason)),
    key_id: context.keyId,
    user_id: name(draft.userId),
    session_id: name(draft.sessionId),
    environment: name(draft.environment),
    release: name(draft.release),
    tags: first(draft.tags, "Tags").map((tag) => name(tag)),
    metadata: Object.fromEntries(first([...draft.metadata], "Metadata")),
    versions: draft.versions,
    ...usageColumns(usage, draft, { pricer: context.pricer, atMs: span.startMs }),
    ...messageColumns(draft, context),
    raw_request: cut(draft.rawRequest, "A copied request", context.limits.rawMaxCharacters),
    raw_response: cut(draft.rawResponse, "A copied response", context.limits.rawMaxCharacters),
    ...leftovers(span, context),
    attributes: attributesColumn(bag, context),
  };
}

/** What a list of traces shows whole has to be short. */
function firstOf<Item>(
  list: Item[],
  { what, limits, warnings }: { what: string; limits: OtlpLimits; warnings: Warnings },
): Item[] {
  if (list.length <= limits.attributesMax) return list;
  warnings.add(`${what} beyond ${limits.attributesMax} of a span were left out`);
  return list.slice(0, limits.attributesMax);
}

/** A span mostly speaks one dialect, or none; asking each attribute's name once tells which. */
function dialectsOf(span: OtlpSpan): { dialects: readonly Dialect[]; hasUsage: boolean } {
  const spoken = new Set<Dialect>();
  let hasUsage = false;
  for (const name of span.attributes.keys()) {
    hasUsage ||= isUsageName(name);
    for (const dialect of dialects) if (dialect.speaks(name)) spoken.add(dialect);
  }
  if (span.events.some((event) => event.name.startsWith("gen_ai."))) spoken.add(genAi);
  return { dialects: dialects.filter((dialect) => spoken.has(dialect)), hasUsage };
}

function readIdentity(bag: AttributeBag, draft: SpanDraft, resource: ResourceFacts): void {
  draft.userId ||= bag.text("user.id", "enduser.id");
  draft.sessionId ||= bag.text("session.id");
  draft.environment ||=
    bag.text("deployment.environment.name", "deployment.environment") || resource.environment;
  draft.release ||= bag.text("service.version") || resource.release;
}

function outcomeOf(
  bag: AttributeBag,
  draft: SpanDraft,
  span: OtlpSpan,
): { status: SpanStatus; http_status: number; error_code: string; error_message: string } {
  const httpStatus = bag.number("http.response.status_code", "http.status_code");
  const exception = span.events.find((event) => event.name === "exception");
  const http_status =
    httpStatus !== undefined && httpStatus >= 100 && httpStatus <= 599 ? Math.trunc(httpStatus) : 0;
  if (span.statusCode !== 2 && !draft.isError) {
    return { status: "ok", http_status, error_code: "", error_message: "" };
  }
  const exceptionText = (name: string): string => asText(exception?.attributes.get(name) ?? "");
  return {
    status: "error",
    http_status,
    error_code: draft.errorCode || bag.text("error.type") || exceptionText("exception.type") || "error",
    error_message: draft.errorMessage || span.statusMessage || exceptionText("exception.message"),
  };
}

function timings(
  draft: SpanDraft,
  { durationMs, outputTokens }: { durationMs: number; outputTokens: number },
): Pick<SpanRecord, "ttft_ms" | "inter_token_ms" | "streamed"> {
  const { ttftMs } = draft;
  const spread = ttftMs !== null && outputTokens > 1 && durationMs >= ttftMs;
  return {
    ttft_ms: ttftMs,
    inter_token_ms: spread ? (durationMs - ttftMs) / (outputTokens - 1) : null,
    streamed: draft.streamed || ttftMs !== null,
  };
}

function usageColumns(
  usage: UsageReport | null,
  draft: SpanDraft,
  { pricer, atMs }: { pricer: Price; atMs: number },
): Partial<SpanRecord> {
  if (usage === null) return {};
  const proof = priceOf(usage, draft, { pricer, atMs });
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    tokens: usage.tokens,
    usage_status: usage.status,
    usage_raw: JSON.stringify(usage.raw),
    cost_usd: proof.totalUsd,
    price_version: proof.priceVersion,
    cost_proof: JSON.stringify(proof),
  };
}

/** The answered model is the more exact one, but sometimes a name of the server's own that no list has. */
function priceOf(
  usage: UsageReport,
  draft: SpanDraft,
  { pricer, atMs }: { pricer: Price; atMs: number },
): CostProof {
  const price = (model: string): CostProof =>
    pricer({ provider: priceProviderOf(draft.provider, model), model, usage, atMs });
  const proof = price(draft.modelAnswered || draft.modelAsked);
  const hasOther =
    draft.modelAsked !== "" && draft.modelAnswered !== "" && draft.modelAsked !== draft.modelAnswered;
  return proof.status === "unpriced" && hasOther ? price(draft.modelAsked) : proof;
}

function messageColumns(draft: SpanDraft, context: MapContext): Partial<SpanRecord> {
  const lastUser = draft.input.findLast((message) => message.role === "user") ?? draft.input.at(-1);
  return {
    input: messagesColumn(draft.input, context),
    output: messagesColumn(draft.output, context),
    input_preview: lastUser === undefined ? "" : previewMessage(lastUser),
    output_preview: previewOf(draft.output) || draft.outputPreview,
  };
}

function previewOf(messages: readonly Message[]): string {
  const first = messages[0];
  return first === undefined ? "" : previewMessage(first);
}

/** Events and links, as JSON; what is over the limit is left out and reported. */
function leftovers(span: OtlpSpan, { limits, warnings }: MapContext): Partial<SpanRecord> {
  const columns: Partial<SpanRecord> = {};
  if (span.droppedCount > 0) {
    warnings.add("The sender itself had dropped attributes, events or links of a span");
  }
  if (span.events.length > 0) {
    if (span.events.length > limits.eventsMax)
      warnings.add(`Events beyond ${limits.eventsMax} of a span were left out`);
    const events = span.events.slice(0, limits.eventsMax).map((event) => ({
      name: event.name,
      at: formatInstant(eventInstant(event, span, warnings)),
      attributes: Object.fromEntries(event.attributes),
    }));
    columns.events = JSON.stringify(events);
  }
  if (span.links.length > 0) {
    if (span.links.length > limits.linksMax)
      warnings.add(`Links beyond ${limits.linksMax} of a span were left out`);
    const links = span.links.slice(0, limits.linksMax).map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: Object.fromEntries(link.attributes),
    }));
    columns.links = JSON.stringify(links);
  }
  return columns;
}

/** An event is shown on its span's line, so one without a time of its own stands at the span's start. */
function eventInstant(event: OtlpEvent, span: OtlpSpan, warnings: Warnings): number {
  if (Number.isNaN(event.atMs)) warnings.add("An event whose time is none was put at its span's start");
  return event.atMs > 0 ? event.atMs : span.startMs;
}

function attributesColumn(bag: AttributeBag, context: MapContext): Record<string, string> {
  const { limits, warnings } = context;
  // Names are the sender's, so one may be `__proto__`: an assignment to a property of that name would lose it.
  const attributes = new Map(Object.entries(context.resource.attributes));
  let count = 0;
  for (const [name, value] of bag.left()) {
    if (value === null) continue;
    if (count === limits.attributesMax) {
      warnings.add(`Attributes beyond ${limits.attributesMax} of a span were left out`);
      break;
    }
    count += 1;
    const maxCharacters = limits.attributeValueMaxCharacters;
    attributes.set(name, cutText(asText(value), { maxCharacters, what: "An attribute", warnings }));
  }
  return Object.fromEntries(attributes);
}
