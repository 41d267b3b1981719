import { parseJson, usageFromOpenAi } from "@weir/providers";
import type { UsageReport } from "@weir/providers";
import { isObject } from "./attribute-bag.ts";
import type { AttributeBag } from "./attribute-bag.ts";

/** The names that conventions have given, or give, to one count of tokens. */
const names = {
  input: [
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.token_count.prompt",
    "ai.usage.inputTokens",
    "ai.usage.promptTokens",
    "ai.usage.tokens",
    "llm.usage.prompt_tokens",
  ],
  output: [
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.token_count.completion",
    "ai.usage.outputTokens",
    "ai.usage.completionTokens",
    "llm.usage.completion_tokens",
  ],
  total: [
    "gen_ai.usage.total_tokens",
    "llm.usage.total_tokens",
    "llm.token_count.total",
    "ai.usage.totalTokens",
  ],
  cacheRead: [
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.input_tokens.cached",
    "llm.token_count.prompt_details.cache_read",
    "ai.usage.inputTokenDetails.cacheReadTokens",
    "ai.usage.cachedInputTokens",
  ],
  cacheWrite: [
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "llm.token_count.prompt_details.cache_write",
    "ai.usage.inputTokenDetails.cacheWriteTokens",
  ],
  reasoning: [
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.reasoning_tokens",
    "gen_ai.usage.output_tokens.reasoning",
    "llm.usage.reasoning_tokens",
    "llm.token_count.completion_details.reasoning",
    "ai.usage.outputTokenDetails.reasoningTokens",
    "ai.usage.reasoningTokens",
  ],
  inputAudio: ["gen_ai.usage.audio.input_tokens", "llm.token_count.prompt_details.audio"],
  inputImage: ["gen_ai.usage.image.input_tokens", "llm.token_count.prompt_details.image"],
  outputAudio: ["gen_ai.usage.audio.output_tokens", "llm.token_count.completion_details.audio"],
  outputImage: ["gen_ai.usage.image.output_tokens", "llm.token_count.completion_details.image"],
} as const;

type CountName = keyof typeof names;
type Counts = Partial<Record<CountName, number>>;

const countNames = Object.keys(names).filter((name): name is CountName => Object.hasOwn(names, name));
const usageName =
  /^(gen_ai\.usage\.|llm\.token_count\.|llm\.usage\.|ai\.usage\.|langfuse\.observation\.usage)/;

/** Whether an attribute is about tokens, so that a span without any need not be asked for every name. */
export function isUsageName(name: string): boolean {
  return usageName.test(name);
}

/**
 * Splits the tokens that an instrumentation reported into disjoint buckets. What was read leaves the bag and is
 * kept as the report's `raw`.
 */
export function takeUsage(bag: AttributeBag): UsageReport | null {
  const raw: Record<string, number> = {};
  const details = takeLangfuse(bag, raw);
  const counts = details ?? takeCounts(bag, raw);
  if (counts.input === undefined && counts.output === undefined && counts.total === undefined) return null;
  const { cacheIsApart, reasoningIsApart } = whatIsApart(counts, details !== null);
  const cached = (counts.cacheRead ?? 0) + (counts.cacheWrite ?? 0);
  const report = usageFromOpenAi({
    prompt_tokens: plus(counts.input, cacheIsApart ? cached : 0),
    completion_tokens: plus(counts.output, reasoningIsApart ? counts.reasoning : 0),
    total_tokens: counts.total,
    prompt_tokens_details: {
      cached_tokens: counts.cacheRead,
      cache_write_tokens: counts.cacheWrite,
      audio_tokens: counts.inputAudio,
      image_tokens: counts.inputImage,
    },
    completion_tokens_details: {
      reasoning_tokens: counts.reasoning,
      audio_tokens: counts.outputAudio,
      image_tokens: counts.outputImage,
    },
  });
  return { ...report, raw };
}

function plus(count: number | undefined, more: number | undefined): number | undefined {
  return count === undefined ? undefined : count + (more ?? 0);
}

/**
 * The conventions say that input includes what came from the cache, and output the reasoning. Instrumentations
 * that copy Anthropic's numbers leave the cache out, and Langfuse's keys are all disjoint. The total tells which
 * it is; where there is none, a part that is larger than its whole gives it away.
 */
function whatIsApart(
  counts: Counts,
  usuallyApart: boolean,
): { cacheIsApart: boolean; reasoningIsApart: boolean } {
  const { input = 0, output = 0, reasoning = 0, total } = counts;
  const cached = (counts.cacheRead ?? 0) + (counts.cacheWrite ?? 0);
  const fits = (cache: boolean, thought: boolean): boolean =>
    total === input + output + (cache ? cached : 0) + (thought ? reasoning : 0);
  for (const [cacheIsApart, reasoningIsApart] of possibilities) {
    if (fits(cacheIsApart, reasoningIsApart)) return { cacheIsApart, reasoningIsApart };
  }
  return {
    cacheIsApart: usuallyApart || cached > input,
    reasoningIsApart: usuallyApart || reasoning > output,
  };
}

const possibilities = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

function takeCounts(bag: AttributeBag, raw: Record<string, number>): Counts {
  const counts: Counts = {};
  for (const name of countNames) {
    for (const attribute of names[name]) {
      const count = bag.number(attribute);
      if (count === undefined) continue;
      raw[attribute] = count;
      counts[name] ??= count;
    }
  }
  return counts;
}

/** Langfuse sends one object whose keys are the caller's; these are the ones that its integrations use. */
function takeLangfuse(bag: AttributeBag, raw: Record<string, number>): Counts | null {
  const source = bag.peek("langfuse.observation.usage_details");
  const details = typeof source === "string" ? parseJson(source) : source;
  if (!isObject(details)) return null;
  const number = (...keys: string[]): number | undefined => {
    const value = keys.map((key) => details[key]).find((candidate) => typeof candidate === "number");
    return typeof value === "number" ? value : undefined;
  };
  const counts: Record<CountName, number | undefined> = {
    input: number("input", "input_tokens", "prompt_tokens", "promptTokens"),
    output: number("output", "output_tokens", "completion_tokens", "completionTokens"),
    total: number("total", "total_tokens", "totalTokens"),
    cacheRead: number(
      "input_cached_tokens",
      "cache_read_input_tokens",
      "input_cache_read",
      "cachedInputTokens",
    ),
    cacheWrite: number("cache_creation_input_tokens", "input_cache_creation"),
    reasoning: number("output_reasoning_tokens", "reasoning_tokens", "reasoningTokens"),
    inputAudio: number("input_audio_tokens", "input_audio"),
    inputImage: number("input_image_tokens"),
    outputAudio: number("output_audio_tokens", "output_audio"),
    outputImage: number("output_image_tokens"),
  };
  bag.take("langfuse.observation.usage_details");
  for (const [key, value] of Object.entries(details)) if (typeof value === "number") raw[key] = value;
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== undefined));
}
