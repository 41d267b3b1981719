import { createPricer } from "@weir/providers";
import { messageSchema, spanRowSchema } from "@weir/schema";
import type { Message, SpanRow } from "@weir/schema";
import { z } from "zod";
import { createOtlpIngest } from "./ingest.ts";
import type { OtlpIngestOptions } from "./ingest.ts";

const pricer = createPricer();
/** When the export of a test arrives. */
export const nowMs = Date.UTC(2026, 10, 21);

export type Fields = Record<string, unknown>;

/** Encodes a plain value the way OTLP/JSON has it. */
function anyValue(value: unknown): unknown {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number")
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map((item) => anyValue(item)) } };
  if (typeof value === "object" && value !== null)
    return { kvlistValue: { values: keyValues({ ...value }) } };
  return {};
}

/** Attributes as OTLP/JSON has them. */
export function keyValues(fields: Fields): unknown[] {
  return Object.entries(fields).map(([key, value]) => ({ key, value: anyValue(value) }));
}

/** A span with nothing but what every span has. */
export const plainSpan = {
  traceId: "5b8efff798038103d269b633813fc60c",
  spanId: "eee19b7ec3c1b174",
  name: "s",
  startTimeUnixNano: `${nowMs - 2000}000000`,
  endTimeUnixNano: `${nowMs - 1000}000000`,
};

/** The row of one span with these attributes. */
export function mapped(
  attributes: Fields,
  more: Fields = {},
  options: Partial<OtlpIngestOptions> = {},
): SpanRow {
  const span = { ...plainSpan, attributes: keyValues(attributes), ...more };
  const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
  const otlp = createOtlpIngest({ pricer, ...options });
  const { rows } = otlp.ingest({ contentType: "application/json", body, projectId: "p", keyId: "k", nowMs });
  return spanRowSchema.parse(rows[0]);
}

/** The messages of a row's column. */
export const messages = (column: string): Message[] =>
  column === "" ? [] : z.array(messageSchema).parse(JSON.parse(column));

export const text = (role: Message["role"], content: string): Message => ({
  role,
  parts: [{ type: "text", content }],
});
