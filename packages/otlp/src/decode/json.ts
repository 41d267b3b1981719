import { emptySpan } from "../span.ts";
import type { AttributeValue, Attributes, OtlpEvent, OtlpLink, OtlpSpan, OtlpSpanGroup } from "../span.ts";
import { admits, type Quotas } from "./quota.ts";

/** Values nested deeper than this are refused: nothing sane sends them, and they could exhaust the stack. */
const nestingMax = 32;

interface JsonObject {
  [name: string]: unknown;
}

/**
 * Reads an `ExportTraceServiceRequest` in OTLP/JSON: ids in hex, 64-bit integers as text, names in camel case.
 * Ids in base64 and names in snake case, as plain protobuf JSON has them, are read as well. Throws where the
 * body is no such object.
 */
export function decodeJson(body: Uint8Array, quotas: Quotas): OtlpSpanGroup[] {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const request: unknown = JSON.parse(text);
  if (!isObject(request)) throw new TypeError("the body is no JSON object");
  const groups: OtlpSpanGroup[] = [];
  for (const resourceSpans of objectsOf(field(request, "resourceSpans", "resource_spans"))) {
    const resource: Attributes = new Map();
    const holder = field(resourceSpans, "resource");
    if (isObject(holder)) readAttributes(field(holder, "attributes"), resource);
    for (const scopeSpans of objectsOf(field(resourceSpans, "scopeSpans", "scope_spans"))) {
      const group = readScopeSpans(scopeSpans, { resource, quotas });
      if (group.spans.length > 0) groups.push(group);
    }
  }
  return groups;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first of the names that is there. */
function field(holder: JsonObject, ...names: string[]): unknown {
  for (const name of names) {
    if (holder[name] !== undefined) return holder[name];
  }
  return undefined;
}

/** A repeated field; absent and null mean that there is none, anything else that is no list is an error. */
function objectsOf(value: unknown): JsonObject[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new TypeError("a repeated field is no list");
  return value.filter((item) => isObject(item));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function readScopeSpans(
  scopeSpans: JsonObject,
  { resource, quotas }: { resource: Attributes; quotas: Quotas },
): OtlpSpanGroup {
  const spans = objectsOf(field(scopeSpans, "spans")).filter(() => admits(quotas.spans));
  const scope = field(scopeSpans, "scope");
  return {
    resource,
    scopeName: isObject(scope) ? text(scope.name) : "",
    scopeVersion: isObject(scope) ? text(scope.version) : "",
    spans: spans.map((span) => readSpan(span, quotas)),
  };
}

function readSpan(source: JsonObject, quotas: Quotas): OtlpSpan {
  const span = emptySpan();
  const admitted = (list: unknown) => objectsOf(list).filter(() => admits(quotas.events));
  span.traceId = readId(field(source, "traceId", "trace_id"), 16);
  span.spanId = readId(field(source, "spanId", "span_id"), 8);
  span.parentSpanId = readId(field(source, "parentSpanId", "parent_span_id"), 8);
  span.name = text(source.name);
  span.startMs = readInstant(field(source, "startTimeUnixNano", "start_time_unix_nano"));
  span.endMs = readInstant(field(source, "endTimeUnixNano", "end_time_unix_nano"));
  readAttributes(source.attributes, span.attributes);
  span.events = admitted(source.events).map((event) => readEvent(event));
  span.links = admitted(source.links).map((link) => readLink(link));
  const status = source.status;
  if (isObject(status)) {
    span.statusCode = readStatusCode(status.code);
    span.statusMessage = text(status.message);
  }
  for (const name of ["Attributes", "Events", "Links"]) {
    const count = field(source, `dropped${name}Count`, `dropped_${name.toLowerCase()}_count`);
    if (typeof count === "number") span.droppedCount += count;
  }
  return span;
}

/** Hex of the right length, or base64 of as many bytes; anything else is handed on for the refusal to name. */
function readId(value: unknown, byteLength: number): string {
  const id = text(value);
  if (id.length === byteLength * 2) return id.toLowerCase();
  const isBase64 = id.length === Math.ceil(byteLength / 3) * 4 && /^[A-Za-z0-9+/_-]+=*$/.test(id);
  return isBase64 ? Buffer.from(id, "base64").toString("hex") : id;
}

const uint64Max = 2n ** 64n - 1n;

/** Milliseconds since 1970; 0 where there is no time, and NaN where it is no 64-bit count of nanoseconds. */
function readInstant(value: unknown): number {
  if (value === undefined || value === null || value === "") return 0;
  if (typeof value === "number") {
    return value >= 0 && value <= Number(uint64Max) ? Math.floor(value / 1000) / 1000 : Number.NaN;
  }
  const nanos = typeof value === "string" && /^\d{1,20}$/.test(value) ? BigInt(value) : undefined;
  return nanos !== undefined && nanos <= uint64Max ? Number(nanos / 1000n) / 1000 : Number.NaN;
}

function readStatusCode(code: unknown): number {
  if (typeof code === "number") return code;
  return code === "STATUS_CODE_ERROR" ? 2 : code === "STATUS_CODE_OK" ? 1 : 0;
}

function readEvent(source: JsonObject): OtlpEvent {
  const event: OtlpEvent = {
    name: text(source.name),
    atMs: readInstant(field(source, "timeUnixNano", "time_unix_nano")),
    attributes: new Map(),
  };
  readAttributes(source.attributes, event.attributes);
  return event;
}

function readLink(source: JsonObject): OtlpLink {
  const link: OtlpLink = {
    traceId: readId(field(source, "traceId", "trace_id"), 16),
    spanId: readId(field(source, "spanId", "span_id"), 8),
    attributes: new Map(),
  };
  readAttributes(source.attributes, link.attributes);
  return link;
}

function readAttributes(list: unknown, into: Attributes, depth = 0): void {
  for (const item of objectsOf(list)) into.set(text(item.key), readValue(item.value, depth + 1));
}

function readValue(value: unknown, depth: number): AttributeValue {
  if (depth > nestingMax) throw new RangeError(`an attribute is nested deeper than ${nestingMax}`);
  if (!isObject(value)) return null;
  const plain = field(
    value,
    "stringValue",
    "string_value",
    "boolValue",
    "bool_value",
    "bytesValue",
    "bytes_value",
  );
  if (typeof plain === "string" || typeof plain === "boolean") return plain;
  const integer = field(value, "intValue", "int_value");
  if (integer !== undefined) return readInteger(integer);
  const double = field(value, "doubleValue", "double_value");
  if (double !== undefined) return readDouble(double);
  const list = field(value, "arrayValue", "array_value");
  if (isObject(list)) return objectsOf(list.values).map((item) => readValue(item, depth + 1));
  const map = field(value, "kvlistValue", "kvlist_value");
  if (isObject(map)) {
    const entries: Attributes = new Map();
    readAttributes(map.values, entries, depth);
    return Object.fromEntries(entries);
  }
  return null;
}

/** NaN and the infinities, which come as text, stay text: the row is JSON, which has no such numbers. */
function readDouble(value: unknown): AttributeValue {
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number !== "number") return null;
  return Number.isFinite(number) ? number : String(value);
}

function readInteger(value: unknown): AttributeValue {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value === "") return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
