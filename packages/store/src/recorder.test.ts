import { describe, expect, test } from "vitest";
import { spanRecord } from "../test/store-fixture.ts";
import { createRecorder } from "./recorder.ts";

function linesOf(fields: Parameters<typeof spanRecord>[0]): { line: string; record: object } {
  const lines: string[] = [];
  const recorder = createRecorder({
    spool: {
      append: (given) => {
        lines.push(...given.map(String));
        return true;
      },
      seal: () => undefined,
      close: () => undefined,
      stats: () => {
        throw new Error("nobody asks");
      },
    },
    blobs: { write: () => null, read: () => Promise.resolve(null), belongsTo: () => null },
  });
  recorder.append([spanRecord(fields)]);
  const [line = ""] = lines;
  return { line, record: JSON.parse(line) as object };
}

describe("a record's line", () => {
  test("has no half of a surrogate pair, which ClickHouse would refuse the record for", () => {
    const half = "\ud83d";
    const { line, record } = linesOf({
      user_id: `cut ${half}`,
      tags: ["fine", half],
      metadata: { [`name${half}`]: `value${half}`, whole: "🚣" },
    });
    expect(line.isWellFormed()).toBe(true);
    expect(line).not.toMatch(/\\ud/);
    expect(record).toMatchObject({
      user_id: "cut \ufffd",
      tags: ["fine", "\ufffd"],
      metadata: { "name\ufffd": "value\ufffd", whole: "🚣" },
    });
  });

  test("keeps escapes that are text, as clients write them in their bodies", () => {
    const raw = String.raw`{"content":"\ud83d\ude00 C:\\ud83d"}`;
    expect(linesOf({ raw_request: raw, user_id: "u" }).record).toMatchObject({
      raw_request: raw,
      user_id: "u",
    });
  });
});
