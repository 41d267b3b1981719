import type { JsonObject } from "../contract.ts";
import type { CanonicalUsage } from "../translate/canonical.ts";
import { isJsonObject, objectOf } from "../json.ts";
import { countOrZero, numberOrNull } from "../translate/numbers.ts";

/**
 * Reads Anthropic's usage, whose `input_tokens` leave out what was read from the cache or written to it.
 * A stream repeats it; counts that a later event leaves out keep their earlier value.
 */
export function readUsage(value: unknown, before: CanonicalUsage | null = null): CanonicalUsage | null {
  if (!isJsonObject(value)) return before;
  const creation = objectOf(value["cache_creation"]);
  const hour = numberOrNull(creation["ephemeral_1h_input_tokens"]);
  const thinking = numberOrNull(objectOf(value["output_tokens_details"])["thinking_tokens"]);
  return {
    inputTokens: latest(value["input_tokens"], before?.inputTokens),
    cacheReadTokens: latest(value["cache_read_input_tokens"], before?.cacheReadTokens),
    cacheWriteTokens: latest(value["cache_creation_input_tokens"], before?.cacheWriteTokens),
    cacheWrite1hTokens: hour ?? before?.cacheWrite1hTokens ?? null,
    outputTokens: latest(value["output_tokens"], before?.outputTokens),
    reasoningTokens: thinking ?? before?.reasoningTokens ?? null,
  };
}

function latest(value: unknown, before: number | undefined): number {
  return numberOrNull(value) === null ? (before ?? 0) : countOrZero(value);
}

/** Writes the usage of a whole message, with every field that Anthropic's clients expect. */
export function writeUsage(usage: CanonicalUsage | null, serviceTier: string): JsonObject {
  const hour = usage?.cacheWrite1hTokens ?? null;
  const written = usage?.cacheWriteTokens ?? 0;
  return {
    ...writeDeltaUsage(usage),
    cache_creation:
      hour === null
        ? null
        : { ephemeral_5m_input_tokens: Math.max(0, written - hour), ephemeral_1h_input_tokens: hour },
    service_tier: ["standard", "priority", "batch"].includes(serviceTier) ? serviceTier : null,
  };
}

/** Writes the totals that `message_delta` repeats. */
export function writeDeltaUsage(usage: CanonicalUsage | null): JsonObject {
  const reasoning = usage?.reasoningTokens ?? null;
  return {
    input_tokens: usage?.inputTokens ?? 0,
    cache_creation_input_tokens: usage?.cacheWriteTokens ?? 0,
    cache_read_input_tokens: usage?.cacheReadTokens ?? 0,
    output_tokens: usage?.outputTokens ?? 0,
    output_tokens_details: reasoning === null ? null : { thinking_tokens: reasoning },
    server_tool_use: null,
  };
}
