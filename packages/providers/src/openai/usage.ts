import type { JsonObject } from "../contract.ts";
import type { CanonicalUsage } from "../translate/canonical.ts";
import { isJsonObject, objectOf } from "../json.ts";
import { countOrZero, numberOrNull } from "../translate/numbers.ts";

/**
 * Reads OpenAI's usage, whose `prompt_tokens` include what was read from the cache or written to it, and
 * whose `completion_tokens` include reasoning.
 */
export function readUsage(value: unknown): CanonicalUsage | null {
  if (!isJsonObject(value)) return null;
  const prompt = countOrZero(value["prompt_tokens"]);
  const promptDetails = objectOf(value["prompt_tokens_details"]);
  const cacheReadTokens = Math.min(
    prompt,
    countOrZero(promptDetails["cached_tokens"] ?? value["prompt_cache_hit_tokens"]),
  );
  const cacheWriteTokens = Math.min(
    prompt - cacheReadTokens,
    countOrZero(promptDetails["cache_write_tokens"]),
  );
  const completion = countOrZero(value["completion_tokens"]);
  const reasoningTokens = numberOrNull(objectOf(value["completion_tokens_details"])["reasoning_tokens"]);
  const reasoning = countOrZero(reasoningTokens);
  // xAI counts reasoning beside the completion; the total tells which way a server counts.
  const isBeside = reasoning > 0 && countOrZero(value["total_tokens"]) === prompt + completion + reasoning;
  return {
    inputTokens: prompt - cacheReadTokens - cacheWriteTokens,
    cacheReadTokens,
    cacheWriteTokens,
    cacheWrite1hTokens: null,
    outputTokens: isBeside ? completion + reasoning : completion,
    reasoningTokens: reasoningTokens === null ? null : reasoning,
  };
}

/** Writes usage as OpenAI does; what the provider did not count is left out, because it is not zero. */
export function writeUsage(usage: CanonicalUsage): JsonObject {
  const prompt = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens,
    },
    ...(usage.reasoningTokens === null
      ? {}
      : { completion_tokens_details: { reasoning_tokens: usage.reasoningTokens } }),
  };
}
