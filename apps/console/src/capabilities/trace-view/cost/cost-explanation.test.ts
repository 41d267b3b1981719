import { describe, expect, test } from "vitest";
import { longConversation, longMessage } from "../fixtures/conversations.ts";
import type { TraceFixture } from "../fixtures/build.ts";
import { brokenStream, plainCall, refusedCall, translatedCall } from "../fixtures/single-calls.ts";
import { decimalsFor, explainCost } from "./cost-explanation.ts";
import { timingsOf } from "./timing-parts.ts";

function only(fixture: TraceFixture) {
  const [span] = fixture.spans.values();
  if (span === undefined) throw new Error("a fixture has a span");
  return span;
}
const warnings = (fixture: TraceFixture): string =>
  explainCost(only(fixture))
    .flags.filter((flag) => flag.level === "warn")
    .map((flag) => flag.text)
    .join("\n");

describe("why this cost", () => {
  test("adds up, bucket by bucket, and then has nothing to warn of", () => {
    const explanation = explainCost(only(plainCall()));
    expect(explanation.rows.map((row) => row.bucket)).toEqual(["input", "cache_read", "output", "reasoning"]);
    expect(explanation.tokenSum).toBe(2612);
    expect(explanation.usdSum).toBeCloseTo(0.0010109, 9);
    expect(warnings(plainCall())).toBe("");
  });
  test("says when buckets do not add up, and which has no price", () => {
    expect(warnings(translatedCall())).toContain("add up to 152 tokens, the provider reported 164");
    expect(warnings(translatedCall())).toContain("No price for: input written to cache, 5 minutes");
  });
  test("says when a model has no price, when tokens are estimated, when nothing is known", () => {
    expect(warnings(longMessage())).toContain("no price for llama-4-70b");
    expect(warnings(longConversation())).toContain("an estimate");
    expect(warnings(brokenStream())).toContain("ended before the provider sent its usage");
    expect(warnings(refusedCall())).toBe("");
  });
  test("says when the sum is not what was recorded", () => {
    expect(warnings(translatedCall())).toContain("the span carries");
  });
  test("writes every amount with the same digits, enough to add them by hand", () => {
    expect(decimalsFor([0.0001685, 0.0000384, null])).toBe(7);
    expect(decimalsFor([1, 2])).toBe(2);
  });
});

describe("timings", () => {
  const call = {
    kind: "generation" as const,
    durationMs: 4000,
    ttftMs: 800,
    upstreamMs: 300,
    interTokenMs: 8,
    outputTokens: 401,
  };
  test("cover the whole call without holes", () => {
    const { parts, tokensPerSecond } = timingsOf(call);
    expect(parts.map((part) => [part.id, part.startMs, part.endMs])).toEqual([
      ["upstream", 0, 300],
      ["first-token", 300, 800],
      ["stream", 800, 4000],
    ]);
    expect(tokensPerSecond).toBe(125);
  });
  test("leave out marks that are missing or out of order", () => {
    expect(timingsOf({ ...call, ttftMs: null, interTokenMs: null }).parts.map((part) => part.label)).toEqual([
      "Upstream headers",
      "Body",
    ]);
    expect(timingsOf({ ...call, ttftMs: 200 }).parts.map((part) => part.id)).toEqual(["upstream", "stream"]);
    expect(timingsOf({ ...call, ttftMs: null, upstreamMs: null }).parts.map((part) => part.id)).toEqual([
      "whole",
    ]);
  });
});
