import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSseParser } from "./sse.ts";
import type { SseEvent } from "./sse.ts";

function parse(chunks: readonly Uint8Array[], eventMaxBytes?: number): SseEvent[] {
  const events: SseEvent[] = [];
  const parser = createSseParser(
    (event) => events.push(event),
    eventMaxBytes === undefined ? {} : { eventMaxBytes },
  );
  for (const chunk of chunks) parser.push(chunk);
  parser.end();
  return events;
}

const bytes = (text: string): Buffer => Buffer.from(text, "utf8");
const data = (events: readonly SseEvent[]): string[] => events.map((event) => event.data);

describe("createSseParser", () => {
  test("reads names, ids, comments, empty fields and data of several lines", () => {
    const text = ": hello\nevent: ping\nid: 7\ndata: one\ndata:two\ndata\n\nretry: 10\n\ndata:  three\n\n";
    expect(parse([bytes(text)])).toEqual([
      { event: "ping", data: "one\ntwo\n", id: "7" },
      { event: "message", data: " three", id: "7" },
    ]);
  });

  test.each([
    ["line feeds", "\n"],
    ["carriage return and line feed", "\r\n"],
    ["carriage returns", "\r"],
  ])("takes %s as line ends, wherever the chunks are cut", (_name, end) => {
    const text = `data: ä🧡1${end}${end}: c${end}event: x${end}data: 2${end}data: 3${end}${end}`;
    const whole = bytes(text);
    for (let cut = 0; cut <= whole.length; cut += 1) {
      expect(data(parse([whole.subarray(0, cut), whole.subarray(cut)]))).toEqual(["ä🧡1", "2\n3"]);
    }
    expect(data(parse([...whole].map((byte) => Uint8Array.of(byte))))).toEqual(["ä🧡1", "2\n3"]);
  });

  test("delivers an event with the byte that ends it, not with the next chunk", () => {
    const events: SseEvent[] = [];
    const parser = createSseParser((event) => events.push(event));
    parser.push(bytes("data: [DONE]\n"));
    expect(events).toEqual([]);
    parser.push(bytes("\n"));
    expect(data(events)).toEqual(["[DONE]"]);
  });

  test("leaves a byte order mark out and keeps an event that lacks its blank line", () => {
    expect(data(parse([bytes("\uFEFFdata: a\n\ndata: b")]))).toEqual(["a", "b"]);
  });

  test("leaves out an event over the limit, counts it, and reads the next one", () => {
    const events: SseEvent[] = [];
    const parser = createSseParser((event) => events.push(event), { eventMaxBytes: 20 });
    for (const chunk of ["data: 0123456789", "0123456789", "0123456789\n", "data: x\n\nda", "ta: ok\n\n"]) {
      parser.push(bytes(chunk));
    }
    expect(data(events)).toEqual(["ok"]);
    expect(parser.oversized).toBe(1);
  });

  test("does not depend on the caller leaving its memory alone", () => {
    const events: SseEvent[] = [];
    const parser = createSseParser((event) => events.push(event));
    const reused = Buffer.alloc(8);
    for (const part of ["data: ab", "cdefgh\n\n"]) {
      reused.write(part);
      parser.push(reused.subarray(0, part.length));
    }
    expect(data(events)).toEqual(["abcdefgh"]);
  });

  test("any cutting of any stream gives the same events", () => {
    const line = fc.oneof(
      fc.constantFrom("", ":c", "event: e", "id: 1", "data", "data:", "data: x", "dat", "x: y"),
      fc.string({ unit: "grapheme", maxLength: 8 }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, "")}`),
    );
    const stream = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r")), { maxLength: 20 });
    fc.assert(
      fc.property(stream, fc.array(fc.nat(200), { maxLength: 12 }), (lines, cuts) => {
        const whole = bytes(lines.map(([text, end]) => text + end).join(""));
        const points = [
          0,
          ...cuts.map((cut) => cut % (whole.length + 1)).toSorted((a, b) => a - b),
          whole.length,
        ];
        const chunks = points.slice(1).map((point, index) => whole.subarray(points[index], point));
        expect(parse(chunks)).toEqual(parse([whole]));
      }),
    );
  });
});
