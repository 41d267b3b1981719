import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { createPricer } from "@weir/providers";
import { expect, test } from "vitest";
import { createOtlpIngest } from "./ingest.ts";
import type { OtlpIngested } from "./ingest.ts";
import type { OtlpLimits } from "./limits.ts";
import { itemsReadMax, readAnyMessages } from "./messages/part.ts";
import { keyValues, mapped, messages, nowMs, plainSpan as span, text, type Fields } from "./test-span.ts";

// An export of a few kilobytes, packed, may say millions of things. What is read of them has a limit, and is told.

const pricer = createPricer();

function ingest(body: Uint8Array, contentType: string, limits: Partial<OtlpLimits> = {}): OtlpIngested {
  const otlp = createOtlpIngest({ pricer, limits });
  return otlp.ingest({ contentType, body, projectId: "p", keyId: "k", nowMs });
}

/** The same resource and spans in both encodings. */
function encodings(resource: Fields, spans: Fields[]): [string, Uint8Array][] {
  const json = {
    resourceSpans: [
      { resource: { attributes: keyValues(resource) }, scopeSpans: spans.map((one) => ({ spans: [one] })) },
    ],
  };
  const writer = new BinaryWriter();
  const nested = (field: number, write: () => void): void => {
    writer.tag(field, WireType.LengthDelimited).fork();
    write();
    writer.join();
  };
  nested(1, () => {
    nested(1, () => {
      for (const [key, value] of Object.entries(resource)) {
        nested(1, () => {
          writer.tag(1, WireType.LengthDelimited).string(key);
          nested(2, () => writer.tag(1, WireType.LengthDelimited).string(String(value)));
        });
      }
    });
    for (const one of spans) {
      nested(2, () =>
        nested(2, () => {
          writer.tag(1, WireType.LengthDelimited).bytes(Buffer.from(span.traceId, "hex"));
          writer.tag(2, WireType.LengthDelimited).bytes(Buffer.from(span.spanId, "hex"));
          writer.tag(5, WireType.LengthDelimited).string(String(one.name));
          writer.tag(7, WireType.Bit64).fixed64(span.startTimeUnixNano);
          writer.tag(8, WireType.Bit64).fixed64(span.endTimeUnixNano);
          for (let left = Number(one.empty ?? 0); left > 0; left -= 1) {
            nested(11, () => undefined);
            nested(13, () => undefined);
          }
        }),
      );
    }
  });
  return [
    ["application/json", Buffer.from(JSON.stringify(json))],
    ["application/x-protobuf", writer.finish()],
  ];
}

const empties = (count: number): unknown[] => Array.from({ length: count }, () => ({}));

test.each(encodings({}, [span, { ...span, name: "t" }, { ...span, name: "u" }]))(
  "spans beyond the limit are counted and not read: %s",
  (contentType, body) => {
    const { rows, rejected, message } = ingest(body, contentType, { requestSpansMax: 1 });
    expect(rows.map((row) => row.name)).toEqual(["s"]);
    expect(rejected).toBe(2);
    expect(message).toBe("2 spans were rejected: an export may hold 1 spans (2).");
  },
);

test.each(encodings({}, [{ ...span, empty: 30, events: empties(30), links: empties(30) }]))(
  "events and links beyond the limit for all spans are left out, and the export is told: %s",
  (contentType, body) => {
    const { rows, rejected, message } = ingest(body, contentType, { requestEventsMax: 40 });
    const { events = "", links = "" } = rows[0] ?? {};
    const count = (json: string): number => (JSON.parse(json) as unknown[]).length;
    expect(count(events) + count(links)).toBe(40);
    expect(rejected).toBe(0);
    expect(message).toBe("Events and links beyond 40 of an export were left out (once).");
  },
);

test.each(
  encodings(
    { a: "x".repeat(1000) },
    Array.from({ length: 9 }, () => span),
  ),
)(
  "spans beyond the room for all rows are rejected, as each has a copy of its resource: %s",
  (contentType, body) => {
    const { rows, rejected, message } = ingest(body, contentType, { requestRowsMaxCharacters: 3000 });
    expect(rows).toHaveLength(3);
    expect(rejected).toBe(6);
    expect(message).toMatch(/^6 spans were rejected: .* may have 3000 characters; send fewer at once \(6, /);
  },
);

test("names of a resource and its scope, which every row has, are cut", () => {
  const long = "n".repeat(5000);
  const [[contentType, body] = ["", new Uint8Array()]] = encodings({ "service.name": long }, [span]);
  const { rows, message } = ingest(body, contentType);
  expect(rows[0]?.service_name).toBe("n".repeat(512));
  expect(message).toBe("A name longer than 512 characters was cut (once).");
});

const many = 200_000;
const listOf = (item: unknown): string => JSON.stringify(Array.from({ length: many }, () => item));

test.each(["langfuse.trace.tags", "ai.telemetry.metadata.tags", "tag.tags"])(
  "%s may be more than a function has arguments, and the first are kept",
  (name) => {
    const { tags } = mapped({ [name]: listOf("a".repeat(600)), "openinference.span.kind": "LLM" });
    expect(tags).toEqual(Array.from({ length: 256 }, () => "a".repeat(512)));
  },
);

test("what lists of traces show is cut, and the export is told", () => {
  const long = "u".repeat(5000);
  const metadata = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, "v"]));
  const attributes = keyValues({ "user.id": long, metadata, "llm.model_name": long });
  const body = { resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, attributes }] }] }] };
  const { rows, message } = ingest(Buffer.from(JSON.stringify(body)), "application/json");
  expect(rows[0]?.user_id).toBe("u".repeat(512));
  expect(rows[0]?.model_asked).toBe("u".repeat(512));
  expect(Object.keys(rows[0]?.metadata ?? {})).toHaveLength(256);
  expect(message).toMatch(
    /^A name longer .* was cut \(3 times\)\. Metadata beyond 256 of a span were left out/,
  );
});

test("no more messages are read than a column has room for, and the newest of them", () => {
  const list = JSON.stringify([...Array.from({ length: many }, () => "old"), "new"]);
  const read = readAnyMessages(list, "user");
  expect(read).toHaveLength(itemsReadMax);
  expect(read.at(-1)).toEqual(text("user", "new"));
  expect(messages(mapped({ "gen_ai.input.messages": list }).input).at(-1)).toEqual(text("user", "new"));
});

test.each(["content", "parts", "tool_calls"])(
  "no more %s of a message are read than its column has room for",
  (name) => {
    const item = { type: "text", text: "a", content: "a" };
    const [message] = readAnyMessages(`[{"role":"assistant","${name}":${listOf(item)}}]`, "assistant");
    expect(message?.parts).toHaveLength(itemsReadMax);
  },
);

test("parts of an indexed message may be more than a function has arguments", () => {
  const attributes = { "gen_ai.prompt.0.content": listOf({ type: "text", text: "a" }) };
  expect(mapped(attributes).input_preview).toMatch(/^a a a/);
});

test("messages of one event may be more than a function has arguments", () => {
  const attributes = keyValues({ "gen_ai.input.messages": listOf("a") });
  const events = [{ name: "gen_ai.client.inference.operation.details", attributes }];
  expect(messages(mapped({}, { events }).input).length).toBeGreaterThan(0);
});
