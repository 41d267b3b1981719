import { z } from "zod";

/**
 * The disjoint buckets that a call's tokens are split into. A token is counted in exactly one bucket, so
 * the buckets of a call add up to `inputTokens + outputTokens` as the provider reported them.
 *
 * Input side: `input` (text read at the full price), `cache_read`, `cache_write_5m`, `cache_write_1h`,
 * `input_audio`, `input_image`. Output side: `output` (visible text and tool calls), `reasoning`,
 * `output_audio`, `output_image`.
 */
export const tokenBuckets = [
  "input",
  "cache_read",
  "cache_write_5m",
  "cache_write_1h",
  "input_audio",
  "input_image",
  "output",
  "reasoning",
  "output_audio",
  "output_image",
] as const;

export const tokenBucketSchema = z.enum(tokenBuckets);
export type TokenBucket = z.infer<typeof tokenBucketSchema>;

/** Tokens per bucket; a bucket that is absent holds zero. */
export const tokenCountsSchema = z.partialRecord(tokenBucketSchema, z.number().int().nonnegative());
export type TokenCounts = z.infer<typeof tokenCountsSchema>;

/**
 * How far a call's usage can be trusted: `reported` as the provider sent it and the buckets add up;
 * `mismatch` when they do not add up to the reported total; `estimated` when the provider sent none and
 * it was counted here; `missing` when nothing is known (an error, a cancelled stream).
 */
export const usageStatusSchema = z.enum(["reported", "mismatch", "estimated", "missing"]);
export type UsageStatus = z.infer<typeof usageStatusSchema>;

/** Why a call has the cost it has: one line per bucket, all in US dollars. */
export const costLineSchema = z.object({
  bucket: tokenBucketSchema,
  tokens: z.number().nonnegative(),
  /** Price of one million tokens of this bucket, in US dollars. */
  usdPerMillion: z.number().nonnegative(),
  usd: z.number().nonnegative(),
});
export type CostLine = z.infer<typeof costLineSchema>;

/** What a call costs beside its tokens, in US dollars. */
export const feeLineSchema = z.object({
  name: z.enum(["requests", "web_searches"]),
  count: z.number().nonnegative(),
  usdPerThousand: z.number().nonnegative(),
  usd: z.number().nonnegative(),
});
export type FeeLine = z.infer<typeof feeLineSchema>;

export const costProofSchema = z.object({
  /** `priced`: every bucket has a price. `partial`: some bucket has none. `unpriced`: the model has none. */
  status: z.enum(["priced", "partial", "unpriced", "free"]),
  totalUsd: z.number().nonnegative().nullable(),
  lines: z.array(costLineSchema),
  /** Fees per request or per search; absent where there are none. The total includes them. */
  fees: z.array(feeLineSchema).optional(),
  /** The price entry's provider and model as the price list names them. */
  priceModel: z.string(),
  /** Version of the price list, e.g. `genai-prices@0.1.8`. */
  priceVersion: z.string(),
  /** A sentence for whoever wonders: a tier that applied, a bucket that has no price. */
  note: z.string(),
});
export type CostProof = z.infer<typeof costProofSchema>;
