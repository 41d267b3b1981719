import { expect, test } from "vitest";
import { barShare, firstTokenText, timingsOf } from "./timing-parts.ts";

const call = { kind: "generation", source: "gateway", streamed: true, ttftMs: null } as const;
const times = { durationMs: 100, ttftMs: null, interTokenMs: null, upstreamMs: null, outputTokens: 0 };

test("says of a first token only what the record knows", () => {
  expect(firstTokenText({ ...call, ttftMs: 201 })).toBe("201 ms");
  expect(firstTokenText(call)).toBe("none came");
  expect(firstTokenText({ ...call, streamed: false })).toBe("not streamed");
  expect(firstTokenText({ ...call, streamed: false, source: "otlp" })).toBe("not reported");
  expect(firstTokenText({ ...call, kind: "tool" })).toBeNull();
});

test.each([0, 0.02, 900])("a bar of %d ms is filled by its parts, in proportion", (durationMs) => {
  const { parts } = timingsOf({ ...times, kind: "generation", durationMs, upstreamMs: durationMs / 4 });
  const [headers = 0, body = 0] = parts.map((part) => barShare(part, durationMs));
  expect(headers + body).toBeGreaterThan(1);
  expect(body / headers).toBe(durationMs === 0 ? 1 : 3);
});

test("calls nothing a call that is none", () => {
  expect(timingsOf({ ...times, kind: "generation" }).parts).toMatchObject([{ label: "Whole call" }]);
  expect(timingsOf({ ...times, kind: "agent" }).parts).toMatchObject([{ label: "Whole span" }]);
});
