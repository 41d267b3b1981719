import { BinaryReader } from "@bufbuild/protobuf/wire";
import { emptySpan } from "../span.ts";
import type { AttributeValue, Attributes, OtlpEvent, OtlpLink, OtlpSpan, OtlpSpanGroup } from "../span.ts";
import { admits, type Quotas } from "./quota.ts";

/** Values nested deeper than this are refused: nothing sane sends them, and they could exhaust the stack. */
const nestingMax = 32;

// Field number and wire type in one number, as they are on the wire, so that one comparison checks both.
const BYTES = 2;
const bytes1 = (1 << 3) | BYTES;
const bytes2 = (2 << 3) | BYTES;
const bytes3 = (3 << 3) | BYTES;
const bytes4 = (4 << 3) | BYTES;
const bytes5 = (5 << 3) | BYTES;
const bytes6 = (6 << 3) | BYTES;
const bytes7 = (7 << 3) | BYTES;
const bytes9 = (9 << 3) | BYTES;
const bytes11 = (11 << 3) | BYTES;
const bytes13 = (13 << 3) | BYTES;
const bytes15 = (15 << 3) | BYTES;
const varint2 = 2 << 3;
const varint3 = 3 << 3;
const varint10 = 10 << 3;
const varint12 = 12 << 3;
const varint14 = 14 << 3;
const fixed64of1 = (1 << 3) | 1;
const fixed64of4 = (4 << 3) | 1;
const fixed64of7 = (7 << 3) | 1;
const fixed64of8 = (8 << 3) | 1;

/**
 * Reads an `ExportTraceServiceRequest` (opentelemetry-proto 1.x) straight from its bytes, without generated
 * classes. Fields it does not know are skipped. Throws where the bytes are no such message.
 */
export function decodeProtobuf(body: Uint8Array, quotas: Quotas): OtlpSpanGroup[] {
  const reader = new BinaryReader(body, decodeText);
  const groups: OtlpSpanGroup[] = [];
  while (reader.pos < body.length) {
    const tag = reader.uint32();
    if (tag === bytes1) readResourceSpans(reader, enter(reader, body.length), { groups, quotas });
    else skip(reader, tag);
  }
  return groups;
}

/** Quicker than the decoder that the reader brings, above all for the long texts of messages. */
function decodeText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** Reads the length of an embedded message, and says where it ends. */
function enter(reader: BinaryReader, parentEnd: number): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > parentEnd) throw new RangeError("a message reaches beyond the one that holds it");
  return end;
}

function leave(reader: BinaryReader, end: number): void {
  if (reader.pos !== end) throw new RangeError("a field reaches beyond its message");
}

function skip(reader: BinaryReader, tag: number): void {
  if (tag >>> 3 === 0) throw new RangeError("there is no field 0");
  reader.skip(tag & 7, tag >>> 3);
}

interface Export {
  groups: OtlpSpanGroup[];
  quotas: Quotas;
}

function readResourceSpans(reader: BinaryReader, end: number, { groups, quotas }: Export): void {
  // The order of fields is free, so the resource may come after the spans that it holds for.
  const resource: Attributes = new Map();
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === bytes1) readResource(reader, enter(reader, end), resource);
    else if (tag === bytes2) {
      const group: OtlpSpanGroup = { resource, scopeName: "", scopeVersion: "", spans: [] };
      readScopeSpans(reader, enter(reader, end), { group, quotas });
      if (group.spans.length > 0) groups.push(group);
    } else skip(reader, tag);
  }
  leave(reader, end);
}

function readResource(reader: BinaryReader, end: number, resource: Attributes): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === bytes1) readKeyValue(reader, enter(reader, end), resource);
    else skip(reader, tag);
  }
  leave(reader, end);
}

interface Scope {
  group: OtlpSpanGroup;
  quotas: Quotas;
}

function readScopeSpans(reader: BinaryReader, end: number, { group, quotas }: Scope): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === bytes1) readScope(reader, enter(reader, end), group);
    else if (tag === bytes2 && admits(quotas.spans)) {
      group.spans.push(readSpan(reader, enter(reader, end), quotas));
    } else skip(reader, tag);
  }
  leave(reader, end);
}

function readScope(reader: BinaryReader, end: number, group: OtlpSpanGroup): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === bytes1) group.scopeName = reader.string();
    else if (tag === bytes2) group.scopeVersion = reader.string();
    else skip(reader, tag);
  }
  leave(reader, end);
}

function readSpan(reader: BinaryReader, end: number, quotas: Quotas): OtlpSpan {
  const span = emptySpan();
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case bytes1:
        span.traceId = readHex(reader);
        break;
      case bytes2:
        span.spanId = readHex(reader);
        break;
      case bytes4:
        span.parentSpanId = readHex(reader);
        break;
      case bytes5:
        span.name = reader.string();
        break;
      case fixed64of7:
        span.startMs = readInstant(reader);
        break;
      case fixed64of8:
        span.endMs = readInstant(reader);
        break;
      case bytes9:
        readKeyValue(reader, enter(reader, end), span.attributes);
        break;
      case bytes11:
        if (admits(quotas.events)) span.events.push(readEvent(reader, enter(reader, end)));
        else skip(reader, tag);
        break;
      case bytes13:
        if (admits(quotas.events)) span.links.push(readLink(reader, enter(reader, end)));
        else skip(reader, tag);
        break;
      case bytes15:
        readStatus(reader, enter(reader, end), span);
        break;
      case varint10:
      case varint12:
      case varint14:
        span.droppedCount += reader.uint32();
        break;
      default:
        skip(reader, tag);
    }
  }
  leave(reader, end);
  return span;
}

function readHex(reader: BinaryReader): string {
  const bytes = reader.bytes();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** Nanoseconds since 1970 as milliseconds, kept to the microsecond that a double can hold. */
function readInstant(reader: BinaryReader): number {
  const nanos = reader.fixed64();
  return Number(BigInt(nanos) / 1000n) / 1000;
}

function readEvent(reader: BinaryReader, end: number): OtlpEvent {
  const event: OtlpEvent = { name: "", atMs: 0, attributes: new Map() };
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === fixed64of1) event.atMs = readInstant(reader);
    else if (tag === bytes2) event.name = reader.string();
    else if (tag === bytes3) readKeyValue(reader, enter(reader, end), event.attributes);
    else skip(reader, tag);
  }
  leave(reader, end);
  return event;
}

function readLink(reader: BinaryReader, end: number): OtlpLink {
  const link: OtlpLink = { traceId: "", spanId: "", attributes: new Map() };
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === bytes1) link.traceId = readHex(reader);
    else if (tag === bytes2) link.spanId = readHex(reader);
    else if (tag === bytes4) readKeyValue(reader, enter(reader, end), link.attributes);
    else skip(reader, tag);
  }
  leave(reader, end);
  return link;
}

function readStatus(reader: BinaryReader, end: number, span: OtlpSpan): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === bytes2) span.statusMessage = reader.string();
    else if (tag === varint3) span.statusCode = reader.int32();
    else skip(reader, tag);
  }
  leave(reader, end);
}

function readKeyValue(reader: BinaryReader, end: number, into: Attributes, depth = 0): void {
  let key = "";
  let value: AttributeValue = null;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === bytes1) key = reader.string();
    else if (tag === bytes2) value = readValue(reader, enter(reader, end), depth + 1);
    else skip(reader, tag);
  }
  leave(reader, end);
  into.set(key, value);
}

function readValue(reader: BinaryReader, end: number, depth: number): AttributeValue {
  if (depth > nestingMax) throw new RangeError(`an attribute is nested deeper than ${nestingMax}`);
  let value: AttributeValue = null;
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case bytes1:
        value = reader.string();
        break;
      case varint2:
        value = reader.bool();
        break;
      case varint3:
        value = readInteger(reader);
        break;
      case fixed64of4:
        value = readDouble(reader);
        break;
      case bytes5:
        value = readList(reader, enter(reader, end), depth);
        break;
      case bytes6:
        value = readMap(reader, enter(reader, end), depth);
        break;
      case bytes7:
        value = Buffer.from(reader.bytes()).toString("base64");
        break;
      default:
        skip(reader, tag);
    }
  }
  leave(reader, end);
  return value;
}

/** NaN and the infinities become text, as OTLP's JSON has them: the row is JSON, which has no such numbers. */
function readDouble(reader: BinaryReader): number | string {
  const value = reader.double();
  return Number.isFinite(value) ? value : String(value);
}

function readInteger(reader: BinaryReader): number | string {
  const value = reader.int64();
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function readList(reader: BinaryReader, end: number, depth: number): AttributeValue[] {
  const values: AttributeValue[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === bytes1) values.push(readValue(reader, enter(reader, end), depth + 1));
    else skip(reader, tag);
  }
  leave(reader, end);
  return values;
}

function readMap(reader: BinaryReader, end: number, depth: number): AttributeValue {
  const entries: Attributes = new Map();
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === bytes1) readKeyValue(reader, enter(reader, end), entries, depth);
    else skip(reader, tag);
  }
  leave(reader, end);
  return Object.fromEntries(entries);
}
