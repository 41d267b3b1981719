import type { ReasoningEffort } from "../translate/canonical.ts";

/** What a model behind an OpenAI-shaped API accepts, judged by its name. */
export interface OpenAiModelTraits {
  /** OpenAI's own models, which refuse message fields that they do not know. */
  isOpenAi: boolean;
  /** Always reasons, so sampling parameters and stop sequences are refused. */
  fixedSampling: boolean;
  /** Takes `reasoning_effort`. */
  takesEffort: boolean;
  /** The effort that stands for "do not reason". */
  leastEffort: "none" | ReasoningEffort;
  /** Wants its own earlier `reasoning_content` back in tool loops. */
  wantsReasoningBack: boolean;
  /** Refuses an earlier turn whose first tool call is not signed (Gemini from 3 on). */
  wantsSignedCalls: boolean;
  /** OpenAI's newer name of `max_tokens`; older compatible servers only know the old one. */
  maxTokensField: "max_tokens" | "max_completion_tokens";
}

/** `model` may carry a provider's prefix (`openai/gpt-5`). */
export function openAiModelTraits(model: string): OpenAiModelTraits {
  const name = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  const isOpenAi = /^(gpt-(?!oss)|chatgpt|o\d|ft:(gpt|o\d))/.test(name);
  const reasons = /^(ft:)?(o\d|gpt-([5-9]|[1-9]\d)(?!.*chat))/.test(name);
  return {
    isOpenAi,
    fixedSampling: reasons,
    takesEffort: reasons || /^(gpt-oss|grok-\d+-mini|grok-4|magistral)/.test(name),
    leastEffort: leastEffort(name),
    wantsReasoningBack: /deepseek|kimi|glm|minimax|qwen|mimo/.test(name),
    wantsSignedCalls: /^gemini-([3-9]|[1-9]\d)/.test(name),
    maxTokensField: isOpenAi ? "max_completion_tokens" : "max_tokens",
  };
}

function leastEffort(name: string): "none" | ReasoningEffort {
  if (/^gpt-5(-|$)/.test(name)) return "minimal";
  return /^gpt-([5-9]|[1-9]\d)/.test(name) ? "none" : "low";
}
