import type { TokenBucket, TokenCounts, UsageStatus } from "@weir/schema";
import type { UsageReport } from "../contract.ts";

/** A reading of one provider field: absent, or a whole number, or something that is no count at all. */
export type Count = number | undefined;

const outputBuckets: ReadonlySet<string> = new Set<TokenBucket>([
  "output",
  "reasoning",
  "output_audio",
  "output_image",
]);

/** Collects the fields of one usage object and remembers whether one of them made no sense. */
export class UsageFields {
  /** True once a field held something else than a number of things that can be counted. */
  invalid = false;

  /** The first of the values that is present; null counts as absent, as providers send it for "not known". */
  count(...values: unknown[]): Count {
    for (const value of values) {
      if (value === undefined || value === null) continue;
      // More than that no column holds: the whole record would be refused for it.
      if (typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER) {
        if (!Number.isInteger(value)) this.invalid = true;
        return Math.round(value);
      }
      this.invalid = true;
    }
    return undefined;
  }
}

/** The report of a call whose provider sent no usage. */
export function missingUsage(raw: unknown = null): UsageReport {
  return { raw, tokens: {}, inputTokens: 0, outputTokens: 0, status: "missing" };
}

/** Takes a part out of a whole; what does not fit is kept out and makes the report a mismatch. */
export class Split {
  rest: number;
  overdrawn = false;
  readonly #tokens: TokenCounts;

  constructor(whole: number, tokens: TokenCounts) {
    this.rest = whole;
    this.#tokens = tokens;
  }

  take(bucket: TokenBucket, count: Count): void {
    if (count === undefined || count === 0) return;
    const taken = Math.min(count, this.rest);
    if (taken < count) this.overdrawn = true;
    if (taken === 0) return;
    this.rest -= taken;
    this.#tokens[bucket] = (this.#tokens[bucket] ?? 0) + taken;
  }
}

/** Sums both sides of the buckets, so that the report adds up by construction. */
export function reportOf(options: { raw: unknown; tokens: TokenCounts; status: UsageStatus }): UsageReport {
  let inputTokens = 0;
  let outputTokens = 0;
  for (const [bucket, count] of Object.entries(options.tokens)) {
    if (outputBuckets.has(bucket)) outputTokens += count;
    else inputTokens += count;
  }
  return { ...options, inputTokens, outputTokens };
}
