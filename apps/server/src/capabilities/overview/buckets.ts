import { invalidInput } from "../../errors.ts";
import type { TimeRange } from "../traces/request.ts";

export const overviewLimits = {
  /** Points of a series. */
  bucketsMax: 120,
  /** Range when none is given, and the longest one. */
  rangeDefaultMs: 24 * 3600 * 1000,
  rangeMaxMs: 400 * 24 * 3600 * 1000,
  /** Models with a series of their own; the rest is summed as `other`. */
  modelsMax: 8,
  /** How long after an application's own record of a call the gateway's record of it may begin. */
  callReachMs: 3600 * 1000,
} as const;

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Lengths that a person reads without counting. */
const steps = [
  second,
  5 * second,
  10 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
] as const;

export interface Buckets {
  fromMs: number;
  toMs: number;
  bucketMs: number;
  /** When each bucket begins. */
  starts: number[];
}

/**
 * Cuts a range into at most `bucketsMax` equal buckets that begin at whole multiples of their length since 1970
 * UTC. The range is widened to where its first bucket begins and to the end of its last minute (or bucket, where
 * buckets are shorter), so that the figures are exactly those of the range that is answered.
 */
export function cutRange(range: TimeRange, nowMs: number): Buckets {
  const toMs = range.toMs ?? Math.max(nowMs, (range.fromMs ?? 0) + 1);
  const fromMs = range.fromMs ?? Math.max(0, toMs - overviewLimits.rangeDefaultMs);
  if (toMs - fromMs > overviewLimits.rangeMaxMs) {
    const days = overviewLimits.rangeMaxMs / day;
    const errors = [{ path: "from", message: `makes a range that is longer than ${days} days` }];
    throw invalidInput({ where: "query", errors, mend: `Ask for at most ${days} days at once.` });
  }
  const bucketMs =
    steps.find((step) => bucketCount({ fromMs, toMs, step }) <= overviewLimits.bucketsMax) ?? 7 * day;
  const first = Math.floor(fromMs / bucketMs) * bucketMs;
  const grain = Math.min(bucketMs, minute);
  const starts = Array.from(
    { length: bucketCount({ fromMs, toMs, step: bucketMs }) },
    (_, index) => first + index * bucketMs,
  );
  return { fromMs: first, toMs: Math.ceil(toMs / grain) * grain, bucketMs, starts };
}

function bucketCount({ fromMs, toMs, step }: { fromMs: number; toMs: number; step: number }): number {
  return Math.ceil(toMs / step) - Math.floor(fromMs / step);
}
