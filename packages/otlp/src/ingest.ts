import type { Price } from "@weir/providers";
import type { SpanRecord } from "@weir/schema";
import { decodeTraces } from "./decode/decode-traces.ts";
import { defaultOtlpLimits } from "./limits.ts";
import type { OtlpLimits } from "./limits.ts";
import { mapSpan } from "./map-span.ts";
import type { StoreBlob } from "./messages/column.ts";
import { refusalOf } from "./refusal.ts";
import { createResourceReader } from "./resource.ts";
import { Warnings } from "./warnings.ts";

export interface OtlpIngestOptions {
  pricer: Price;
  limits?: Partial<OtlpLimits>;
  /** Where large media go; without it they stay in the row. */
  storeBlob?: (blob: { projectId: string; bytes: Uint8Array; mediaType: string }) => string | null;
}

export interface OtlpExport {
  contentType: string;
  /** The body, already decompressed. */
  body: Uint8Array;
  projectId: string;
  keyId: string;
  nowMs: number;
}

export interface OtlpIngested {
  rows: SpanRecord[];
  /** Spans that did not become rows. */
  rejected: number;
  /** Why, and what else was cut; empty when everything was taken whole. */
  message: string;
}

export interface OtlpIngest {
  /** @throws OtlpError when the body cannot be read at all */
  ingest(request: OtlpExport): OtlpIngested;
}

/** Rejections that are told apart in the answer's message. */
const reasonsMax = 10;

/**
 * Turns OTLP/HTTP trace exports into rows.
 * @example
 * const otlp = createOtlpIngest({ pricer: createPricer() });
 * const { rows, rejected, message } = otlp.ingest({ contentType, body, projectId, keyId, nowMs: Date.now() });
 */
export function createOtlpIngest(options: OtlpIngestOptions): OtlpIngest {
  const limits: OtlpLimits = { ...defaultOtlpLimits, ...options.limits };
  return { ingest: (request) => ingest(request, { ...options, limits }) };
}

function ingest(request: OtlpExport, options: OtlpIngestOptions & { limits: OtlpLimits }): OtlpIngested {
  const { limits, pricer } = options;
  const { projectId, keyId, nowMs } = request;
  const store = options.storeBlob;
  const storeBlob: StoreBlob | undefined =
    store === undefined ? undefined : (blob) => store({ projectId, ...blob });
  const { groups, spansLeftOut, eventsLeftOut } = decodeTraces({ ...request, limits });
  const warnings = new Warnings();
  const rejections = new Rejections();
  if (spansLeftOut > 0) {
    rejections.add(`an export may hold ${limits.requestSpansMax} spans`, { count: spansLeftOut });
  }
  if (eventsLeftOut > 0) {
    warnings.add(`Events and links beyond ${limits.requestEventsMax} of an export were left out`);
  }
  const readResource = createResourceReader({ limits, warnings });
  const rows: SpanRecord[] = [];
  let charactersLeft = limits.requestRowsMaxCharacters;
  for (const group of groups) {
    const resource = readResource(group);
    const context = { projectId, keyId, resource, pricer, limits, warnings, storeBlob };
    for (const span of group.spans) {
      const refusal = projectId === "" ? "the key belongs to no project" : refusalOf(span, nowMs);
      if (refusal !== "") rejections.add(refusal, { count: 1, first: span.name });
      else if (charactersLeft <= 0) {
        const { requestRowsMaxCharacters } = limits;
        const reason = `the spans of an export, each with its resource's attributes, may have ${requestRowsMaxCharacters} characters; send fewer at once`;
        rejections.add(reason, { count: 1, first: span.name });
      } else {
        const row = mapSpan(span, context);
        charactersLeft -= charactersOf(row);
        rows.push(row);
      }
    }
  }
  const message = [rejections.toString(), warnings.toString()].filter((part) => part !== "").join(" ");
  return { rows, rejected: rejections.count, message };
}

function charactersOf(row: SpanRecord): number {
  let characters = 0;
  // Every span comes past here: loops over keys make no lists of them.
  for (const column in row) {
    const value = row[column as keyof SpanRecord];
    if (typeof value === "string") characters += value.length;
    else if (typeof value === "object" && value !== null) {
      const texts = value as Record<string, unknown>;
      for (const name in texts) characters += name.length + String(texts[name]).length;
    }
  }
  return characters;
}

interface Rejected {
  count: number;
  /** Name of the first span; absent where the spans were not read. */
  first?: string;
}

/** Rejected spans by reason, each with the first span that it met. */
class Rejections {
  count = 0;
  readonly #reasons = new Map<string, Rejected>();

  add(reason: string, spans: Rejected): void {
    this.count += spans.count;
    const known = this.#reasons.get(reason);
    if (known !== undefined) known.count += spans.count;
    else if (this.#reasons.size < reasonsMax) this.#reasons.set(reason, spans);
  }

  toString(): string {
    if (this.count === 0) return "";
    const reasons = [...this.#reasons].map(
      ([reason, { count, first }]) =>
        `${reason} (${count}${first === undefined ? "" : `, first ${JSON.stringify(first.slice(0, 100))}`})`,
    );
    return `${this.count} ${this.count === 1 ? "span was" : "spans were"} rejected: ${reasons.join("; ")}.`;
  }
}
