import type { TokenCounts } from "@weir/schema";
import type { UsageReport } from "../contract.ts";
import { isJsonObject, objectOf } from "../json.ts";
import { missingUsage, reportOf, Split, UsageFields } from "./usage.ts";

/**
 * Splits the usage object of an OpenAI-compatible provider into disjoint buckets.
 *
 * What providers agree on: `prompt_tokens` includes the cached, audio and image tokens that
 * `prompt_tokens_details` names, and `completion_tokens` includes reasoning, audio and both kinds of predicted
 * tokens. Where they differ: xAI leaves reasoning out of `completion_tokens` (only `total_tokens` shows it),
 * DeepSeek reports its cache as `prompt_cache_hit_tokens`, Moonshot as `cached_tokens`, Azure's DeepSeek puts
 * `reasoning_tokens` beside the details, and embeddings have no output. The names of the Responses API
 * (`input_tokens`, `output_tokens`) are read as well.
 *
 * The status is `missing` when there is no usage object, and `mismatch` when its own numbers disagree.
 */
export function usageFromOpenAi(raw: unknown): UsageReport {
  if (!isJsonObject(raw)) return missingUsage();
  const fields = new UsageFields();
  const inputDetails = objectOf(
    raw.prompt_tokens_details ?? raw.input_tokens_details ?? raw.input_token_details,
  );
  const outputDetails = objectOf(
    raw.completion_tokens_details ?? raw.output_tokens_details ?? raw.output_token_details,
  );
  const total = fields.count(raw.total_tokens);
  const prompt = fields.count(raw.prompt_tokens, raw.input_tokens);
  const completion = fields.count(raw.completion_tokens, raw.output_tokens);
  if (prompt === undefined && completion === undefined && total === undefined) {
    return fields.invalid ? { ...missingUsage(raw), status: "mismatch" } : missingUsage(raw);
  }
  const reasoning = fields.count(outputDetails.reasoning_tokens, raw.reasoning_tokens) ?? 0;
  const input = prompt ?? Math.max(0, (total ?? 0) - (completion ?? 0));
  const output = outputTotal({ input, completion: completion ?? 0, reasoning, total });

  const tokens: TokenCounts = {};
  const inputSplit = splitInput({ raw, details: inputDetails, input, tokens, fields });
  const outputSplit = new Split(output, tokens);
  outputSplit.take("reasoning", reasoning);
  outputSplit.take("output_audio", fields.count(outputDetails.audio_tokens));
  outputSplit.take("output_image", fields.count(outputDetails.image_tokens));
  outputSplit.take("output", outputSplit.rest);

  const addsUp = total === undefined || total === input + output;
  const sound = addsUp && !fields.invalid && !inputSplit.overdrawn && !outputSplit.overdrawn;
  return reportOf({ raw, tokens, status: sound ? "reported" : "mismatch" });
}

/** Whether reasoning is part of the completion is not said anywhere; the provider's own total tells. */
function outputTotal(options: {
  input: number;
  completion: number;
  reasoning: number;
  total: number | undefined;
}): number {
  const { input, completion, reasoning, total } = options;
  const apart = completion + reasoning;
  if (total === undefined) return reasoning > completion ? apart : completion;
  return input + completion !== total && input + apart === total ? apart : completion;
}

function splitInput(options: {
  raw: { [name: string]: unknown };
  details: { [name: string]: unknown };
  input: number;
  tokens: TokenCounts;
  fields: UsageFields;
}): Split {
  const { raw, details, input, tokens, fields } = options;
  // Where the provider says which of the cached tokens were audio or images, they are not counted twice.
  const cachedDetails = objectOf(details.cached_tokens_details);
  const cachedAudio = fields.count(cachedDetails.audio_tokens) ?? 0;
  const cachedImage = fields.count(cachedDetails.image_tokens) ?? 0;
  const audio = fields.count(details.audio_tokens) ?? 0;
  const image = fields.count(details.image_tokens) ?? 0;
  const split = new Split(input, tokens);
  split.take(
    "cache_read",
    fields.count(
      details.cached_tokens,
      raw.prompt_cache_hit_tokens,
      raw.cached_tokens,
      raw.cache_read_input_tokens,
    ),
  );
  // OpenAI has one kind of cache write, priced like Anthropic's short one, so it shares that bucket.
  split.take("cache_write_5m", fields.count(details.cache_write_tokens, details.cache_creation_tokens));
  split.take("input_audio", Math.max(0, audio - cachedAudio));
  split.take("input_image", Math.max(0, image - cachedImage));
  split.take("input", split.rest);
  return split;
}
