import { describe, expect, test } from "vitest";
import { ApiError } from "../../errors.ts";
import { cutRange, overviewLimits } from "./buckets.ts";

const at = (text: string) => Date.parse(text);
const nowMs = at("2026-11-21T12:34:56.789Z");
const hour = 3_600_000;

describe("cutting a range into buckets", () => {
  test("the last 24 hours are the default", () => {
    const { fromMs, toMs, bucketMs, starts } = cutRange({ fromMs: null, toMs: null }, nowMs);
    expect(bucketMs).toBe(15 * 60_000);
    expect(new Date(fromMs).toISOString()).toBe("2026-11-20T12:30:00.000Z");
    expect(new Date(toMs).toISOString()).toBe("2026-11-21T12:35:00.000Z");
    expect(starts[0]).toBe(fromMs);
    expect(starts.at(-1)).toBe(at("2026-11-21T12:30:00Z"));
  });

  test.each([
    1,
    999,
    60_000,
    5 * 60_000,
    hour,
    24 * hour,
    7 * 24 * hour,
    30 * 24 * hour,
    overviewLimits.rangeMaxMs,
  ])("%d ms give at most the buckets allowed, aligned, without gaps, over the whole range", (lengthMs) => {
    for (const offsetMs of [0, 1, 12_345, 29 * 60_000]) {
      const range = { fromMs: nowMs - offsetMs - lengthMs, toMs: nowMs - offsetMs };
      const { fromMs, toMs, bucketMs, starts } = cutRange(range, nowMs);
      expect(starts.length).toBeLessThanOrEqual(overviewLimits.bucketsMax);
      expect(starts[0]).toBe(fromMs);
      for (const [index, start] of starts.entries()) {
        expect(start % bucketMs).toBe(0);
        expect(start).toBe(fromMs + index * bucketMs);
      }
      expect(fromMs).toBeLessThanOrEqual(range.fromMs);
      expect(range.fromMs - fromMs).toBeLessThan(bucketMs);
      expect(toMs).toBeGreaterThanOrEqual(range.toMs);
      expect(toMs).toBeLessThanOrEqual((starts.at(-1) ?? 0) + bucketMs);
      expect(toMs).toBeGreaterThan(starts.at(-1) ?? 0);
    }
  });

  test("a range beyond the longest is refused", () => {
    expect(() => cutRange({ fromMs: 0, toMs: nowMs }, nowMs)).toThrow(ApiError);
  });

  test("a range that begins in the future is one short bucket", () => {
    const { starts } = cutRange({ fromMs: nowMs + hour, toMs: null }, nowMs);
    expect(starts).toHaveLength(1);
  });
});
