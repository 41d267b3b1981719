import type { Price } from "@weir/providers";
import type { SpanRecord } from "@weir/schema";
import { decodeTraces } from "./decode/decode-traces.ts";
import { defaultOtlpLimits } from "./limits.ts";
import type { OtlpLimits } from "./limits.ts";
import { mapSpan } from "./map-span.ts";
import type { StoreBlob } from "./messages/column.ts";
import { refusalOf } from "./refusal.ts";
import { resourceFacts } from "./resource.ts";
import type { OtlpSpan } from "./span.ts";
import { Warnings } from "./warnings.ts";

export interface OtlpIngestOptions {
  pricer: Price;
  limits?: Partial<OtlpLimits>;
  /** Where large media go; without it they stay in the row. */
  storeBlob?: StoreBlob;
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
  const { limits, pricer, storeBlob } = options;
  const { projectId, keyId, nowMs } = request;
  const groups = decodeTraces(request);
  const warnings = new Warnings();
  const rejections = new Rejections();
  const rows: SpanRecord[] = [];
  for (const group of groups) {
    const resource = resourceFacts(group, { limits, warnings });
    const context = { projectId, keyId, resource, pricer, limits, warnings, storeBlob };
    for (const span of group.spans) {
      const refusal = projectId === "" ? "the key belongs to no project" : refusalOf(span, nowMs);
      const isOver = rows.length + rejections.count >= limits.requestSpansMax;
      if (isOver) rejections.add(`an export may hold ${limits.requestSpansMax} spans`, span);
      else if (refusal !== "") rejections.add(refusal, span);
      else rows.push(mapSpan(span, context));
    }
  }
  const message = [rejections.toString(), warnings.toString()].filter((part) => part !== "").join(" ");
  return { rows, rejected: rejections.count, message };
}

/** Rejected spans by reason, each with the first span that it met. */
class Rejections {
  count = 0;
  readonly #reasons = new Map<string, { count: number; first: string }>();

  add(reason: string, span: OtlpSpan): void {
    this.count += 1;
    const known = this.#reasons.get(reason);
    if (known !== undefined) known.count += 1;
    else if (this.#reasons.size < reasonsMax)
      this.#reasons.set(reason, { count: 1, first: span.name.slice(0, 100) });
  }

  toString(): string {
    if (this.count === 0) return "";
    const reasons = [...this.#reasons].map(
      ([reason, { count, first }]) => `${reason} (${count}, first ${JSON.stringify(first)})`,
    );
    return `${this.count} ${this.count === 1 ? "span was" : "spans were"} rejected: ${reasons.join("; ")}.`;
  }
}
