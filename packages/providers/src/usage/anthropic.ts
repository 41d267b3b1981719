import type { TokenCounts } from "@weir/schema";
import type { JsonObject, UsageReport } from "../contract.ts";
import { isJsonObject, objectOf } from "../json.ts";
import { missingUsage, reportOf, Split, UsageFields } from "./usage.ts";

/**
 * Splits an Anthropic usage object into disjoint buckets. `input_tokens` leaves the cache out, so cached
 * tokens are added beside it and never taken out of it; `output_tokens` includes thinking. Null fields are
 * read as absent. The status is `missing` without a usage object, and `mismatch` when the lifetimes of cache
 * writes do not add up to their sum.
 */
export function usageFromAnthropic(raw: unknown): UsageReport {
  if (!isJsonObject(raw)) return missingUsage();
  const fields = new UsageFields();
  const input = fields.count(raw.input_tokens);
  const output = fields.count(raw.output_tokens);
  const cacheRead = fields.count(raw.cache_read_input_tokens);
  const cacheWrite = fields.count(raw.cache_creation_input_tokens);
  const lifetimes = objectOf(raw.cache_creation);
  const write5m = fields.count(lifetimes.ephemeral_5m_input_tokens);
  const write1h = fields.count(lifetimes.ephemeral_1h_input_tokens);
  if (input === undefined && output === undefined && cacheRead === undefined && cacheWrite === undefined) {
    return fields.invalid ? { ...missingUsage(raw), status: "mismatch" } : missingUsage(raw);
  }
  const tokens: TokenCounts = {};
  if (input) tokens.input = input;
  if (cacheRead) tokens.cache_read = cacheRead;
  const written = new Split(cacheWrite ?? (write5m ?? 0) + (write1h ?? 0), tokens);
  written.take("cache_write_1h", write1h);
  written.take("cache_write_5m", write5m);
  const namedAll = written.rest === 0 || (write5m === undefined && write1h === undefined);
  // Five minutes is the lifetime of a write whose lifetime nobody named.
  written.take("cache_write_5m", written.rest);

  const answered = new Split(output ?? 0, tokens);
  answered.take("reasoning", fields.count(objectOf(raw.output_tokens_details).thinking_tokens));
  answered.take("output", answered.rest);
  const sound = !fields.invalid && namedAll && !written.overdrawn && !answered.overdrawn;
  return reportOf({ raw, tokens, status: sound ? "reported" : "mismatch" });
}

/**
 * Merges the usage of `message_delta` into what `message_start` said. The later numbers are running totals,
 * not additions; a field that is absent or null leaves the earlier number in force.
 */
export function mergeAnthropicUsage(earlier: JsonObject | null, later: unknown): JsonObject | null {
  if (!isJsonObject(later)) return earlier;
  if (earlier === null) return later;
  const merged: JsonObject = { ...earlier };
  for (const [name, value] of Object.entries(later)) {
    if (value !== null && value !== undefined) merged[name] = value;
  }
  return merged;
}
