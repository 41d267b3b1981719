/** What a model behind the Messages API accepts, judged by its name. */
export interface AnthropicModelTraits {
  outputTokensMax: number;
  /** `none` takes no sampling parameters; `one` takes temperature or top_p, not both. */
  sampling: "all" | "one" | "none";
  /** `thinking: { type: "adaptive" }` with `output_config.effort`. */
  adaptiveThinking: boolean;
  /** `thinking: { type: "enabled", budget_tokens }`. */
  budgetThinking: boolean;
  thinkingCanBeOff: boolean;
  /** Knows the effort `xhigh`. */
  xhighEffort: boolean;
  /** `output_config.format` and strict tools. */
  structuredOutput: boolean;
  /** `tool_choice` may force a tool. */
  forcedTools: boolean;
}

/** Anthropic-compatible servers of others, and Claude models before 4: budgets, and no more. */
const plain: AnthropicModelTraits = {
  outputTokensMax: 8192,
  sampling: "all",
  adaptiveThinking: false,
  budgetThinking: true,
  thinkingCanBeOff: true,
  xhighEffort: false,
  structuredOutput: false,
  forcedTools: true,
};
const claude4: AnthropicModelTraits = { ...plain, outputTokensMax: 32_000 };
const claude45: AnthropicModelTraits = {
  ...claude4,
  outputTokensMax: 64_000,
  sampling: "one",
  structuredOutput: true,
};
const claude46: AnthropicModelTraits = { ...claude45, outputTokensMax: 128_000, adaptiveThinking: true };
/** From Opus 4.7 on: no sampling parameters, five efforts. */
const claude5: AnthropicModelTraits = { ...claude46, sampling: "none", xhighEffort: true };
const alwaysThinking: AnthropicModelTraits = {
  ...claude5,
  thinkingCanBeOff: false,
  budgetThinking: false,
};

/** First match wins, so the longer names stand first. */
const rules: readonly (readonly [RegExp, AnthropicModelTraits])[] = [
  [/claude-(sonnet|opus)-5-5/, { ...alwaysThinking, forcedTools: false }],
  [/claude-haiku-5-5/, { ...claude5, budgetThinking: false }],
  [/claude-(fable|mythos)-5-\d/, { ...alwaysThinking, forcedTools: false }],
  [/claude-(fable|mythos)-5/, alwaysThinking],
  [/claude-(opus|sonnet)-5|claude-opus-4-[78]/, claude5],
  [/claude-(sonnet|opus)-4-6/, claude46],
  [/claude-(sonnet|opus|haiku)-4-5/, claude45],
  [/claude-opus-4-1/, { ...claude45, outputTokensMax: 32_000 }],
  [/claude-sonnet-4/, { ...claude4, outputTokensMax: 64_000 }],
  [/claude-opus-4/, claude4],
  [/claude-3-7/, { ...plain, outputTokensMax: 64_000 }],
  [/claude-3-5/, { ...plain, budgetThinking: false }],
  [/claude-(3|2|v2|instant)/, { ...plain, budgetThinking: false, outputTokensMax: 4096 }],
  // A Claude model that is newer than this list takes what the newest take.
  [/claude-/, claude5],
];

/** `model` may carry a provider's prefix (`anthropic/claude-opus-5`) or a date. */
export function anthropicModelTraits(model: string): AnthropicModelTraits {
  const name = model.toLowerCase().replaceAll(".", "-");
  return rules.find(([pattern]) => pattern.test(name))?.[1] ?? plain;
}
