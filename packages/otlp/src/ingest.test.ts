import { gzipSync } from "node:zlib";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { createPricer } from "@weir/providers";
import { spanRowSchema } from "@weir/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeError, encodeResponse } from "./encode-response.ts";
import { OtlpError } from "./errors.ts";
import { createOtlpIngest } from "./ingest.ts";
import type { OtlpIngested, OtlpIngestOptions } from "./ingest.ts";

const pricer = createPricer();
const nowMs = Date.UTC(2026, 10, 21);
const startNano = (BigInt(nowMs) - 1000n) * 1_000_000n;

const good = {
  traceId: "5b8efff798038103d269b633813fc60c",
  spanId: "eee19b7ec3c1b174",
  name: "good",
  startTimeUnixNano: String(startNano + 123_456n),
  endTimeUnixNano: String(startNano + 5_123_456n),
};

function json(spans: unknown, resource: unknown = {}): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "lib", version: "1" }, spans }] }],
    }),
  );
}

function ingest(
  body: Uint8Array,
  options: Partial<OtlpIngestOptions> = {},
  contentType = "application/json",
): OtlpIngested {
  return createOtlpIngest({ pricer, ...options }).ingest({
    contentType,
    body,
    projectId: "p",
    keyId: "k",
    nowMs,
  });
}

const attribute = (key: string, value: unknown): unknown => ({ key, value });

describe("an export", () => {
  test("becomes rows that the spans table takes", () => {
    const resource = {
      attributes: [
        attribute("service.name", { stringValue: "shop" }),
        attribute("deployment.environment.name", { stringValue: "prod" }),
        attribute("host.name", { stringValue: "h1" }),
      ],
    };
    const { rows, rejected, message } = ingest(json([good], resource));
    expect({ rejected, message }).toEqual({ rejected: 0, message: "" });
    expect(spanRowSchema.parse(rows[0])).toMatchObject({
      project_id: "p",
      key_id: "k",
      trace_id: good.traceId,
      span_id: good.spanId,
      parent_span_id: "",
      kind: "span",
      source: "otlp",
      name: "good",
      service_name: "shop",
      environment: "prod",
      started_at: "2026-11-20 23:59:59.000123",
      duration_ms: 5,
      status: "ok",
      usage_status: "missing",
      cost_usd: null,
      attributes: { "resource.host.name": "h1", "scope.name": "lib", "scope.version": "1" },
    });
  });

  test("keeps every kind of value that it has no column for", () => {
    const attributes = [
      attribute("text", { stringValue: "t" }),
      attribute("yes", { boolValue: true }),
      attribute("number", { intValue: "42" }),
      attribute("large", { intValue: "9007199254740993" }),
      attribute("half", { doubleValue: 0.5 }),
      attribute("endless", { doubleValue: "-Infinity" }),
      attribute("none", { doubleValue: "NaN" }),
      attribute("list", { arrayValue: { values: [{ intValue: 1 }, { stringValue: "b" }] } }),
      attribute("map", { kvlistValue: { values: [attribute("a", { boolValue: false })] } }),
      attribute("bytes", { bytesValue: "AAEC" }),
      attribute("nothing", {}),
    ];
    expect(ingest(json([{ ...good, attributes }])).rows[0]?.attributes).toMatchObject({
      text: "t",
      yes: "true",
      number: "42",
      large: "9007199254740993",
      half: "0.5",
      endless: "-Infinity",
      none: "NaN",
      list: '[1,"b"]',
      map: '{"a":false}',
      bytes: "AAEC",
    });
  });

  test("keeps attributes and metadata of any name", () => {
    const attributes = [
      attribute("__proto__", { stringValue: "a" }),
      attribute("metadata", { stringValue: '{"__proto__":"b","constructor":"c"}' }),
      attribute("openinference.span.kind", { stringValue: "CHAIN" }),
    ];
    const row = ingest(json([{ ...good, attributes }])).rows[0];
    expect(JSON.parse(JSON.stringify([row?.attributes, row?.metadata]))).toEqual(
      JSON.parse(
        '[{"__proto__":"a","scope.name":"lib","scope.version":"1"},{"__proto__":"b","constructor":"c"}]',
      ),
    );
  });

  test("reads snake case, base64 ids and a parent of zeros", () => {
    const body = {
      resource_spans: [
        {
          scope_spans: [
            {
              spans: [
                {
                  trace_id: Buffer.from(good.traceId, "hex").toString("base64"),
                  span_id: Buffer.from(good.spanId, "hex").toString("base64"),
                  parent_span_id: "0000000000000000",
                  name: "snake",
                  start_time_unix_nano: good.startTimeUnixNano,
                  end_time_unix_nano: good.endTimeUnixNano,
                },
              ],
            },
          ],
        },
      ],
    };
    const { rows } = ingest(Buffer.from(JSON.stringify(body)));
    expect(rows[0]).toMatchObject({
      trace_id: good.traceId,
      span_id: good.spanId,
      parent_span_id: "",
      name: "snake",
    });
  });

  test.each([
    [{ traceId: "nonsense" }, /trace_id must be 16 bytes/],
    [{ traceId: "0".repeat(32) }, /trace_id must be/],
    [{ spanId: "" }, /span_id must be 8 bytes/],
    [{ parentSpanId: "12" }, /parent_span_id must be/],
    [{ startTimeUnixNano: undefined }, /start_time_unix_nano must be set/],
    [{ startTimeUnixNano: "1700000000000" }, /nanoseconds since 1970/],
    [{ startTimeUnixNano: String(startNano * 3n) }, /more than a year ahead/],
    [{ startTimeUnixNano: 1e30 }, /start_time_unix_nano must be an unsigned 64-bit/],
    [{ startTimeUnixNano: -1e30 }, /start_time_unix_nano must be an unsigned/],
    [{ startTimeUnixNano: "-1" }, /start_time_unix_nano must be an unsigned/],
    [{ startTimeUnixNano: "99999999999999999999" }, /start_time_unix_nano must be an unsigned/],
    [{ startTimeUnixNano: "soon" }, /start_time_unix_nano must be an unsigned/],
    [{ startTimeUnixNano: 0.5 }, /start_time_unix_nano must be set/],
    [{ endTimeUnixNano: 1e30 }, /end_time_unix_nano must be an unsigned/],
    [{ endTimeUnixNano: -5 }, /end_time_unix_nano must be an unsigned/],
    [{ endTimeUnixNano: {} }, /end_time_unix_nano must be an unsigned/],
    [{ endTimeUnixNano: "1.5e18" }, /end_time_unix_nano must be an unsigned/],
    [{ endTimeUnixNano: "18446744073709551615" }, /end_time_unix_nano lies more than a year ahead/],
    [{ endTimeUnixNano: null }, /only ended spans/],
    [{ endTimeUnixNano: "0" }, /only ended spans/],
    [{ endTimeUnixNano: String(startNano) }, /must not be before/],
  ])("refuses a span with %j, and keeps the others", (broken, reason) => {
    const { rows, rejected, message } = ingest(json([{ ...good, ...broken, name: "bad" }, good]));
    expect(rows.map((row) => row.name)).toEqual(["good"]);
    expect(rejected).toBe(1);
    expect(message).toMatch(reason);
    expect(message).toContain('"bad"');
  });

  test("without a project is refused as a whole", () => {
    const otlp = createOtlpIngest({ pricer });
    const answer = otlp.ingest({
      contentType: "application/json",
      body: json([good]),
      projectId: "",
      keyId: "",
      nowMs,
    });
    expect(answer).toMatchObject({ rows: [], rejected: 1, message: expect.stringContaining("no project") });
  });

  test("says what it cut, without rejecting the span", () => {
    const attributes = [
      attribute("a", { stringValue: "x".repeat(50) }),
      attribute("b", { stringValue: "y" }),
      attribute("c", { stringValue: "z" }),
    ];
    const events = [{ name: "one" }, { name: "two" }];
    const limits = { attributesMax: 2, attributeValueMaxCharacters: 10, eventsMax: 1, requestSpansMax: 1 };
    const { rows, rejected, message } = ingest(json([{ ...good, attributes, events }, good]), { limits });
    expect(rows[0]?.attributes).toMatchObject({ a: "x".repeat(10), b: "y" });
    expect(rows[0]?.attributes).not.toHaveProperty("c");
    expect(JSON.parse(rows[0]?.events ?? "")).toHaveLength(1);
    expect(rejected).toBe(1);
    expect(message).toMatch(
      /may hold 1 spans.*Events beyond 1 .*longer than 10 characters was cut \(once\).*beyond 2 of a span/,
    );
  });

  test("keeps events and links", () => {
    const events = [
      {
        name: "retry",
        timeUnixNano: good.startTimeUnixNano,
        attributes: [attribute("n", { intValue: "2" })],
      },
    ];
    const links = [{ traceId: good.traceId, spanId: good.spanId }];
    const { rows } = ingest(json([{ ...good, events, links }]));
    expect(JSON.parse(rows[0]?.events ?? "")).toEqual([
      { name: "retry", at: "2026-11-20 23:59:59.000123", attributes: { n: 2 } },
    ]);
    expect(JSON.parse(rows[0]?.links ?? "")).toEqual([
      { traceId: good.traceId, spanId: good.spanId, attributes: {} },
    ]);
  });
});

describe("an event's time", () => {
  test.each([[1e30], [-1e30], [-5], ["-5"], ["soon"], ["99999999999999999999"], [true]])(
    "%j is replaced by its span's start, and the export is told",
    (timeUnixNano) => {
      const { rows, rejected, message } = ingest(
        json([{ ...good, events: [{ name: "e", timeUnixNano }] }, good]),
      );
      expect(rows).toHaveLength(2);
      expect(JSON.parse(rows[0]?.events ?? "")).toMatchObject([{ at: "2026-11-20 23:59:59.000123" }]);
      expect({ rejected, message }).toEqual({
        rejected: 0,
        message: "An event whose time is none was put at its span's start (once).",
      });
    },
  );

  test("that is absent is its span's start", () => {
    const { rows, message } = ingest(json([{ ...good, events: [{ name: "e" }] }]));
    expect(JSON.parse(rows[0]?.events ?? "")).toMatchObject([{ at: "2026-11-20 23:59:59.000123" }]);
    expect(message).toBe("");
  });

  test("that is the largest of all is kept", () => {
    const events = [{ name: "e", timeUnixNano: "18446744073709551615" }];
    const { rows } = ingest(json([{ ...good, events }]));
    expect(JSON.parse(rows[0]?.events ?? "")).toMatchObject([{ at: expect.stringMatching(/^2554-07-21/) }]);
  });
});

describe("a body that is no export", () => {
  test.each([
    ["application/json", "{ not json"],
    ["application/json", "[]"],
    ["application/json", '{"resourceSpans":7}'],
    ["application/x-protobuf", "hello there"],
    ["application/x-protobuf", gzipSync("x").toString("latin1")],
  ])("is refused with 400: %s %j", (contentType, text) => {
    expect(() => ingest(Buffer.from(text, "latin1"), {}, contentType)).toThrow(
      expect.objectContaining({ status: 400, code: "otlp_malformed" }),
    );
  });

  test("of another type is refused with 415", () => {
    expect(() => ingest(json([good]), {}, "text/plain")).toThrow(expect.objectContaining({ status: 415 }));
  });

  test("never fails in another way, whatever the bytes", () => {
    const whole = protobufSpan();
    const attempt = (body: Uint8Array, contentType: string): unknown => {
      try {
        return ingest(body, {}, contentType);
      } catch (error) {
        return error;
      }
    };
    const isExpected = (outcome: unknown): boolean =>
      outcome instanceof OtlpError || (typeof outcome === "object" && outcome !== null && "rows" in outcome);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (body) =>
        isExpected(attempt(body, "application/x-protobuf")),
      ),
    );
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const changed = whole.slice();
        changed[at] = byte;
        return (
          isExpected(attempt(changed, "application/x-protobuf")) &&
          isExpected(attempt(whole.slice(0, at), "application/x-protobuf"))
        );
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        isExpected(
          attempt(
            Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [value] }] }] })),
            "application/json",
          ),
        ),
      ),
    );
  });

  test("nested without end is refused", () => {
    let value: unknown = { stringValue: "x" };
    for (let depth = 0; depth < 100; depth += 1) value = { arrayValue: { values: [value] } };
    expect(() => ingest(json([{ ...good, attributes: [attribute("deep", value)] }]))).toThrow(OtlpError);
  });
});

/** One span in protobuf, with fields in an unusual order and one that nobody knows. */
function protobufSpan(): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).fork();
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(8, WireType.Bit64).fixed64(good.endTimeUnixNano);
  writer.tag(99, WireType.LengthDelimited).string("future");
  writer.tag(5, WireType.LengthDelimited).string("günstig 🧡");
  writer.tag(9, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string("n");
  writer.tag(2, WireType.LengthDelimited).fork().tag(3, WireType.Varint).int64(-7).join().join();
  writer.tag(9, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string("none");
  writer.tag(2, WireType.LengthDelimited).fork().tag(4, WireType.Bit64).double(Number.NaN).join().join();
  writer.tag(1, WireType.LengthDelimited).bytes(Buffer.from(good.traceId, "hex"));
  writer.tag(2, WireType.LengthDelimited).bytes(Buffer.from(good.spanId, "hex"));
  writer.tag(7, WireType.Bit64).fixed64(good.startTimeUnixNano);
  writer
    .tag(15, WireType.LengthDelimited)
    .fork()
    .tag(3, WireType.Varint)
    .int32(2)
    .tag(2, WireType.LengthDelimited)
    .string("bad")
    .join();
  writer.join().join();
  writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string("service.name");
  writer
    .tag(2, WireType.LengthDelimited)
    .fork()
    .tag(1, WireType.LengthDelimited)
    .string("late")
    .join()
    .join()
    .join();
  writer.join();
  return writer.finish();
}

test("protobuf is read whatever the order of its fields, and unknown ones are passed over", () => {
  const { rows, message } = ingest(protobufSpan(), {}, "application/x-protobuf");
  expect(message).toBe("");
  expect(rows).toMatchObject([
    {
      trace_id: good.traceId,
      name: "günstig 🧡",
      duration_ms: 5,
      started_at: "2026-11-20 23:59:59.000123",
      status: "error",
      error_message: "bad",
      attributes: { n: "-7", none: "NaN" },
      service_name: "late",
    },
  ]);
});

describe("answers to exporters", () => {
  test("are empty when all is well", () => {
    expect(
      encodeResponse({ contentType: "application/x-protobuf", rejected: 0, message: "" }).body,
    ).toHaveLength(0);
    expect(
      Buffer.from(
        encodeResponse({ contentType: "application/json", rejected: 0, message: "" }).body,
      ).toString(),
    ).toBe("{}");
  });

  test("carry the rejected spans and why", () => {
    const { body, contentType } = encodeResponse({
      contentType: "application/json; charset=utf-8",
      rejected: 2,
      message: "m",
    });
    expect(contentType).toBe("application/json");
    expect(JSON.parse(Buffer.from(body).toString())).toEqual({
      partialSuccess: { rejectedSpans: "2", errorMessage: "m" },
    });
    const reader = new BinaryReader(
      encodeResponse({ contentType: "application/x-protobuf", rejected: 300, message: "m" }).body,
    );
    expect(reader.tag()).toEqual([1, WireType.LengthDelimited]);
    expect(reader.uint32()).toBe(6);
    expect(reader.tag()).toEqual([1, WireType.Varint]);
    expect(Number(reader.int64())).toBe(300);
    expect(reader.tag()).toEqual([2, WireType.LengthDelimited]);
    expect(reader.string()).toBe("m");
  });

  test("tell errors as google.rpc.Status", () => {
    expect(
      JSON.parse(
        Buffer.from(encodeError({ contentType: "text/plain", status: 415, message: "m" }).body).toString(),
      ),
    ).toEqual({
      code: 3,
      message: "m",
    });
    const reader = new BinaryReader(
      encodeError({ contentType: "application/x-protobuf", status: 401, message: "m" }).body,
    );
    expect(reader.tag()).toEqual([1, WireType.Varint]);
    expect(reader.int32()).toBe(16);
  });
});
