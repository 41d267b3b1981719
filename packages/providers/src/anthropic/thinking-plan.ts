import type { JsonObject } from "../contract.ts";
import type { CanonicalRequest, ReasoningEffort, ReasoningWish } from "../translate/canonical.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";
import type { AnthropicModelTraits } from "./model-traits.ts";

export interface ThinkingPlan {
  thinking: JsonObject | null;
  outputConfig: JsonObject;
  /** Thinking was switched on, so sampling parameters are refused. */
  thinks: boolean;
}

const budgetTokensMin = 1024;
const nothing: ThinkingPlan = { thinking: null, outputConfig: {}, thinks: false };

interface ThinkingOptions {
  request: CanonicalRequest;
  traits: AnthropicModelTraits;
  maxTokens: number;
  /** `tool_choice` makes the model call a tool, which Anthropic refuses together with thinking. */
  forcesTool: boolean;
  book: ReceiptBook;
}

/** Turns a wish for reasoning into what the model has: an effort, a budget, or nothing. */
export function planThinking(options: ThinkingOptions): ThinkingPlan {
  const { request, traits, forcesTool, book } = options;
  const wish = request.reasoning;
  if (wish === null) return nothing;
  const path = wish.effort?.path ?? wish.path;
  if (wish.mode === "off") return planOff(request, wish, traits, book);
  if (forcesTool) {
    book.dropped(path, "Anthropic does not think when it is made to call a tool.");
    return nothing;
  }
  if (traits.adaptiveThinking) return planAdaptive(wish, traits, book);
  if (!traits.budgetThinking) {
    book.dropped(path, `${request.model} does not think before it answers.`);
    return nothing;
  }
  if (endsInUnsignedToolCall(request)) {
    book.dropped(
      path,
      "Anthropic thinks on after a tool call only when the signed reasoning before it is sent back.",
    );
    return nothing;
  }
  return planBudget(wish, options);
}

function planOff(
  request: CanonicalRequest,
  wish: ReasoningWish,
  traits: AnthropicModelTraits,
  book: ReceiptBook,
): ThinkingPlan {
  if (traits.thinkingCanBeOff) {
    return traits.adaptiveThinking ? { ...nothing, thinking: { type: "disabled" } } : nothing;
  }
  book.rewritten(wish.path, `${request.model} always thinks; its least effort was asked for.`);
  return { ...nothing, outputConfig: { effort: "low" } };
}

function planAdaptive(wish: ReasoningWish, traits: AnthropicModelTraits, book: ReceiptBook): ThinkingPlan {
  const plan = { ...nothing, thinking: { type: "adaptive", display: "summarized" }, thinks: true };
  if (wish.effort === null) return plan;
  const effort = nearestEffort(wish.effort.value, traits);
  if (effort !== wish.effort.value) {
    book.rewritten(wish.effort.path, `The model's nearest effort is "${effort}".`);
  }
  return { ...plan, outputConfig: { effort } };
}

function nearestEffort(effort: ReasoningEffort, traits: AnthropicModelTraits): string {
  if (effort === "minimal") return "low";
  return effort === "xhigh" && !traits.xhighEffort ? "max" : effort;
}

const budgets: Record<ReasoningEffort, number> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_000,
  max: 32_000,
};

/** The answer needs room too: a budget takes at most three quarters of the tokens. */
function planBudget(wish: ReasoningWish, options: ThinkingOptions): ThinkingPlan {
  const { maxTokens, book } = options;
  const asked = wish.budgetTokens ?? budgets[wish.effort?.value ?? "medium"];
  const budget = Math.min(asked, Math.floor(maxTokens * 0.75));
  const path = wish.effort?.path ?? wish.path;
  if (budget < budgetTokensMin) {
    book.dropped(path, `Thinking takes at least ${budgetTokensMin} tokens, and max_tokens is ${maxTokens}.`);
    return nothing;
  }
  if (wish.budgetTokens !== budget) {
    book.emulated(path, `The model knows budgets only; it may think for ${budget} tokens.`);
  }
  return { ...nothing, thinking: { type: "enabled", budget_tokens: budget }, thinks: true };
}

/** True when the conversation goes on after a tool call whose reasoning did not come back signed. */
function endsInUnsignedToolCall(request: CanonicalRequest): boolean {
  if (request.messages.at(-1)?.role !== "tool") return false;
  const turn = request.messages.findLast((message) => message.role === "assistant");
  if (turn?.role !== "assistant") return false;
  return !turn.content.some(
    (part) => part.type === "redacted_reasoning" || (part.type === "reasoning" && part.signature !== ""),
  );
}
