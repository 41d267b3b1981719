import { request } from "node:http";
import { readFileSync } from "node:fs";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { eightAtOnce, seed } from "./at-once.ts";
import { encodeJson, encodeProtobuf, faults, goodExport, nest, writeSpan } from "./otlp-exports.ts";
import type { SentExport, SentSpan } from "./otlp-exports.ts";
import { startSystem, until, type System } from "./system.ts";

// Whatever is exported: no request hangs, none is a fault of Weir's, every answer is OTLP in the sender's own encoding,
// the numbers add up, and every span that was taken can be read, once and as it was called.

let system: System;

beforeAll(async () => {
  system = await startSystem();
});
afterAll(async () => {
  await system?.dispose();
});

const json = "application/json";
const protobuf = "application/x-protobuf";

interface Sent {
  body: Buffer;
  headers?: Record<string, string>;
  /** Without a content-length, in as many chunks. */
  chunks?: number;
}
interface Seen {
  status: number;
  type: string;
  body: Buffer;
}

function send({ body, headers, chunks = 0 }: Sent): Promise<Seen> {
  const all = { authorization: `Bearer ${system.key}`, ...headers };
  return new Promise((resolve, reject) => {
    const sent = request(
      `${system.origin}/v1/traces`,
      { method: "POST", headers: all, agent: false },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, type: answered["content-type"] ?? "", body: Buffer.concat(parts) });
        });
      },
    );
    sent.setTimeout(30_000, () => sent.destroy(new Error("no export may hang")));
    sent.on("error", reject);
    const size = Math.ceil(body.length / chunks);
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      sent.write(body.subarray(chunk * size, (chunk + 1) * size));
    }
    sent.end(chunks === 0 ? body : undefined);
  });
}

interface Outcome {
  rejected: number;
  message: string;
}
const jsonResponse = z.strictObject({
  partialSuccess: z
    .strictObject({ rejectedSpans: z.string().regex(/^\d+$/), errorMessage: z.string().min(1) })
    .optional(),
});
const jsonStatus = z.strictObject({ code: z.number().int().positive(), message: z.string().min(1) });

/** The fields of a message that has only numbers, texts and other messages of such. */
function fieldsOf(body: Uint8Array): Map<number, number | Uint8Array> {
  const fields = new Map<number, number | Uint8Array>();
  const reader = new BinaryReader(body);
  while (reader.pos < body.length) {
    const [field, type] = reader.tag();
    fields.set(field, type === WireType.Varint ? Number(reader.int64()) : reader.bytes());
  }
  return fields;
}
const textOf = (bytes: number | Uint8Array | undefined): string =>
  new TextDecoder("utf-8", { fatal: true }).decode(bytes instanceof Uint8Array ? bytes : undefined);

/** Reads an `ExportTraceServiceResponse`, which a 200 has to be. */
function readResponse({ type, body }: Seen): Outcome {
  if (type === json) {
    const { partialSuccess: partial } = jsonResponse.parse(JSON.parse(body.toString()));
    return { rejected: Number(partial?.rejectedSpans ?? 0), message: partial?.errorMessage ?? "" };
  }
  const partial = fieldsOf(body).get(1);
  if (!(partial instanceof Uint8Array)) return { rejected: 0, message: "" };
  const fields = fieldsOf(partial);
  return { rejected: Number(fields.get(1) ?? 0), message: textOf(fields.get(2)) };
}

/** Reads a `google.rpc.Status`, which every refusal has to be. */
function readStatus({ type, body }: Seen): z.output<typeof jsonStatus> {
  if (type === json) return jsonStatus.parse(JSON.parse(body.toString()));
  const fields = fieldsOf(body);
  return jsonStatus.parse({ code: fields.get(1), message: textOf(fields.get(2)) });
}

/** What every answer has to keep to; null for a refusal. */
function check(what: string, { seen, type }: { seen: Seen; type: string }): Outcome | null {
  expect(seen.type, what).toBe(type);
  expect([200, 400, 401, 413, 415], `${what}: ${seen.body.toString()}`).toContain(seen.status);
  const outcome = seen.status === 200 ? readResponse(seen) : null;
  if (outcome === null) readStatus(seen);
  const { rejected, message } = outcome ?? { rejected: 0, message: "" };
  expect(message.match(/^(\d+) spans? (?:was|were) rejected: ./)?.[1] ?? "0", what).toBe(String(rejected));
  return outcome;
}

/** Null for what is not there, or not yet. */
async function read(path: string): Promise<string | null> {
  const response = await fetch(system.origin + path, { headers: { authorization: `Bearer ${system.key}` } });
  const text = await response.text();
  return response.status === 200 ? text : null;
}

async function metric(name: string): Promise<number> {
  const value = new RegExp(`^${name} (\\d+)`, "m").exec((await read("/metrics")) ?? "")?.[1];
  return Number(value);
}

/** Everything has been recorded, nothing lies dead, and nothing has died of it. */
async function expectHealthy(): Promise<void> {
  await until("everything to be shipped", async () => {
    const [bytes, segments] = [await metric("weir_spool_bytes"), await metric("weir_spool_segments")];
    return bytes + segments === 0;
  });
  const ready = await until("readiness", () => read("/readyz"));
  expect(JSON.parse(ready)).toMatchObject({ state: "ok", notRecording: [] });
  expect(await metric("weir_spool_dead_records")).toBe(0);
  expect(await metric("weir_records_unwritten_total")).toBe(0);
  expect(await metric("weir_gateway_thread_deaths_total")).toBe(0);
}

const packings: Record<string, (body: Buffer) => Buffer> = {
  gzip: (body) => gzipSync(body),
  "x-gzip": (body) => Buffer.concat([gzipSync(body.subarray(0, 9)), gzipSync(body.subarray(9))]),
  deflate: (body) => (body.length % 2 === 0 ? deflateSync(body) : deflateRawSync(body)),
  br: (body) => brotliCompressSync(body),
  ZSTD: (body) => zstdCompressSync(body),
  identity: (body) => body,
};
interface Transport {
  type: string;
  packing: string;
  chunks: number;
}
const transport: fc.Arbitrary<Transport> = fc.record({
  type: fc.constantFrom(json, "Application/JSON; charset=utf-8", protobuf, "application/protobuf;x=y"),
  packing: fc.constantFrom("", "", ...Object.keys(packings)),
  chunks: fc.constantFrom(0, 0, 1, 7),
});
const isJson = (type: string): boolean => type.toLowerCase().startsWith(json);

function sentAs(body: Buffer, { type, packing, chunks }: Transport): Sent {
  const headers = { "content-type": type, ...(packing === "" ? {} : { "content-encoding": packing }) };
  return { body: packings[packing]?.(body) ?? body, headers, chunks };
}

const recorded = z.object({ spans: z.array(z.object({ spanId: z.string(), name: z.string() })) });
const nameOf = ({ name }: SentSpan): string => (name || "(unnamed)").slice(0, 512).toWellFormed();

/** Reads a trace back, and one of its spans whole. */
async function checkTrace(what: string, spans: readonly SentSpan[]): Promise<void> {
  const traceId = spans[0]?.traceId ?? "";
  const text = await until(`the record of ${what}`, () => read(`/api/v1/traces/${traceId}`));
  const found = recorded.parse(JSON.parse(text)).spans.map(({ spanId, name }) => [spanId, name]);
  expect(found.toSorted(), what).toEqual(spans.map((span) => [span.spanId, nameOf(span)]).toSorted());
  const path = `/api/v1/traces/${traceId}/spans/${spans[0]?.spanId}`;
  const detail = await until(`a span of ${what}`, () => read(path));
  expect(JSON.parse(detail), what).toMatchObject({ traceId, spanId: spans[0]?.spanId });
}

test(`what is taken can be read, and what is not is counted (WEIR_TEST_SEED=${seed})`, async () => {
  const broken = fc.option(fc.tuple(fc.nat(4), fc.constantFrom(...faults)), { freq: 2 });
  const cases = fc.sample(fc.tuple(goodExport, broken, transport), { seed, numRuns: 150 });
  const taken = { spans: 0, rejected: 0 };
  const made: { what: string; spans: SentSpan[] }[] = [];
  await eightAtOnce(cases, async ([sent, breaking, how], index) => {
    const what = `export ${index}`;
    const good = [...sent.spans];
    const spans = [...sent.spans];
    const [place, fault] = breaking ?? [-1, null];
    const span = spans[place];
    if (span !== undefined && fault !== null) {
      good.splice(place, 1);
      spans[place] = { ...span, ...fault(span) };
    }
    const whole: SentExport = { ...sent, spans };
    const body = isJson(how.type) ? encodeJson(whole) : encodeProtobuf(whole);
    const seen = await send(sentAs(body, how));
    const outcome = check(what, { seen, type: isJson(how.type) ? json : protobuf });
    expect(outcome?.rejected, `${what}: ${outcome?.message}`).toBe(spans.length - good.length);
    // An exporter that did not hear the answer sends the same bytes again.
    const again = index % 10 === 0 ? readResponse(await send(sentAs(body, how))) : outcome;
    expect(again, what).toEqual(outcome);
    taken.spans += good.length;
    taken.rejected += spans.length - good.length;
    if (good.length > 0) made.push({ what, spans: good });
  });
  await eightAtOnce(made, ({ what, spans }) => checkTrace(what, spans));
  await until("the counts", async () => (await metric("weir_otlp_spans_total")) === taken.spans);
  expect(await metric("weir_otlp_spans_rejected_total")).toBe(taken.rejected);
  await expectHealthy();
});

interface Damage {
  /** Where, as a part of the whole. */
  at: number;
  length: number;
  put: ArrayLike<number>;
  change: "cut" | "double" | "put" | "replace";
}
const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  length: fc.nat(40),
  put: fc.oneof(
    fc.uint8Array({ maxLength: 2 }),
    fc.constantFrom(
      [0xff, 0xff, 0xff, 0xff, 0x0f],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
    ),
    fc.constantFrom([0], [0x0b, 0x0b, 0x0b], [0x0c], [0x07], [0xc3, 0x28], [0xed, 0xa0, 0x80]),
    fc
      .constantFrom("null", "[]", "{}", "-1", "1e999", '"', ",", "}", "\\ud800", "{{", "[[[[")
      .map((text) => Buffer.from(text)),
  ),
  change: fc.constantFrom<Damage["change"][]>("cut", "double", "put", "replace"),
});

function damaged(body: Buffer, { at, length, put, change }: Damage): Buffer {
  const start = Math.floor(at * body.length);
  const [head, tail] = [body.subarray(0, start), body.subarray(start)];
  switch (change) {
    case "cut":
      return length === 0 ? head : Buffer.concat([head, tail.subarray(length)]);
    case "double":
      return Buffer.concat([head, tail.subarray(0, length), tail]);
    case "put":
      return Buffer.concat([head, Buffer.from(put), tail]);
    default:
      return Buffer.concat([head, Buffer.from(put), tail.subarray(put.length)]);
  }
}

test(`whatever the bytes are, they are taken or refused (WEIR_TEST_SEED=${seed})`, async () => {
  const harm = fc.array(damage, { minLength: 1, maxLength: 3 });
  const cases = fc.sample(fc.tuple(goodExport, harm, transport), { seed, numRuns: 300 });
  await eightAtOnce(cases, async ([sent, harms, how], index) => {
    const whole = isJson(how.type) ? encodeJson(sent) : encodeProtobuf(sent);
    const packed = index % 8 === 0 ? sentAs(whole, how) : null;
    const bytes = harms.reduce<Buffer>((body, one) => damaged(body, one), packed?.body ?? whole);
    const seen = await send(packed === null ? sentAs(bytes, how) : { ...packed, body: bytes });
    check(`bytes ${index}: ${bytes.toString("base64").slice(0, 3000)}`, {
      seen,
      type: isJson(how.type) ? json : protobuf,
    });
  });
  await expectHealthy();
});

const limit = 32 * 1024 * 1024;
const zeros = (bytes: number): Buffer => Buffer.alloc(bytes);
const packed = { "content-encoding": "gzip" };
const refusals: [what: string, status: number, sent: Sent][] = [
  ["no content type", 415, { body: Buffer.from("{}") }],
  ["text", 415, { body: Buffer.from("{}"), headers: { "content-type": "text/plain" } }],
  ["an empty body called JSON", 400, { body: zeros(0), headers: { "content-type": json } }],
  ["a list", 400, { body: Buffer.from("[]"), headers: { "content-type": json } }],
  ["deep nesting", 400, { body: Buffer.from("[".repeat(2_000_000)), headers: { "content-type": json } }],
  ["zeros", 400, { body: zeros(1000), headers: { "content-type": protobuf } }],
  ["groups", 400, { body: Buffer.alloc(2_000_000, 0x0b), headers: { "content-type": protobuf } }],
  ["too large", 413, { body: zeros(limit + 1), headers: { "content-type": protobuf } }],
  ["too large in chunks", 413, { body: zeros(limit + 1), headers: { "content-type": json }, chunks: 9 }],
  ["a bomb", 413, { body: gzipSync(zeros(4 * limit)), headers: { "content-type": protobuf, ...packed } }],
  ["no gzip", 400, { body: Buffer.from("{}"), headers: { "content-type": json, ...packed } }],
  [
    "half of gzip",
    400,
    { body: gzipSync("{}".repeat(99)).subarray(0, 20), headers: { "content-type": json, ...packed } },
  ],
  ["lz4", 415, { body: Buffer.from("{}"), headers: { "content-type": json, "content-encoding": "lz4" } }],
  [
    "packed twice",
    415,
    { body: gzipSync(gzipSync("{}")), headers: { "content-type": json, "content-encoding": "gzip, gzip" } },
  ],
  ["no key", 401, { body: Buffer.from("{}"), headers: { "content-type": json, authorization: "" } }],
];

test.each(refusals)("%s: refused with %i and a Status", async (what, status, sent) => {
  const seen = await send(sent);
  check(what, { seen, type: sent.headers?.["content-type"] === protobuf ? protobuf : json });
  expect(seen.status).toBe(status);
});

/** An export of one resource, with as many times the same spans as fill the body. */
function filled(resource: Buffer, span: Buffer): Buffer {
  const spans = Buffer.alloc(Math.floor((limit - resource.length - 100) / span.length) * span.length, span);
  const writer = new BinaryWriter();
  nest(writer, 1, () => {
    writer.tag(1, WireType.LengthDelimited).bytes(resource);
    writer.tag(2, WireType.LengthDelimited).bytes(spans);
  });
  return Buffer.from(writer.finish());
}

function written(write: (writer: BinaryWriter) => void): Buffer {
  const writer = new BinaryWriter();
  write(writer);
  return Buffer.from(writer.finish());
}

test("a few kilobytes that say millions of things are cut, in little memory", async () => {
  const [sample] = fc.sample(
    goodExport.filter(({ spans }) => spans.length > 0),
    { seed, numRuns: 1 },
  );
  const [base] = sample?.spans ?? [];
  if (base === undefined) throw new Error("there is no span to build on");
  const span = { ...base, attributes: [], events: [], links: [], name: "packed" };
  const spanField = (
    more: Partial<SentSpan>,
    write: (writer: BinaryWriter) => void = () => undefined,
  ): Buffer =>
    written((writer) =>
      nest(writer, 2, () => {
        writeSpan(writer, { ...span, ...more });
        write(writer);
      }),
    );
  const none = Buffer.alloc(0);
  const empties = (field: number) => (writer: BinaryWriter) => {
    writer.raw(
      Buffer.alloc(
        20_000_000,
        written((one) => nest(one, field, () => undefined)),
      ),
    );
  };
  const list = `["a"${',"a"'.repeat(7_000_000)}]`;
  const resource = written((writer) => {
    for (let index = 0; index < 200; index += 1) {
      nest(writer, 1, () => {
        writer.tag(1, WireType.LengthDelimited).string(`k${index}`);
        nest(writer, 2, () => writer.tag(1, WireType.LengthDelimited).string("x".repeat(30_000)));
      });
    }
  });
  const bodies = {
    "empty spans": filled(none, Buffer.from([0x12, 0])),
    "spans with a copy each of a large resource": filled(resource, spanField({})),
    "empty events": filled(none, spanField({}, empties(11))),
    "empty links": filled(none, spanField({}, empties(13))),
    messages: filled(none, spanField({ attributes: [["gen_ai.input.messages", list]] })),
    tags: filled(none, spanField({ attributes: [["langfuse.trace.tags", list]] })),
  };
  for (const [what, body] of Object.entries(bodies)) {
    const headers = { "content-type": protobuf, ...packed };
    const outcome = check(what, { seen: await send({ body: gzipSync(body), headers }), type: protobuf });
    expect(outcome?.message, what).not.toBe("");
  }
  const peakKilobytes = Number(
    /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${system.pid}/status`, "utf8"))?.[1],
  );
  expect(peakKilobytes).toBeLessThan(2 * 1024 * 1024);
  await expectHealthy();
});
