const sentence =
  "A weir is a low barrier across a river that raises the water upstream a little and lets the rest run over it, " +
  "so that the flow can be measured and regulated without being stopped. ";

/** A chat completion of about 1.3 KB, as OpenAI sends it. */
export const answer: Buffer = Buffer.from(
  JSON.stringify({
    id: "chatcmpl-bench",
    object: "chat.completion",
    created: 1_790_000_000,
    model: "gpt-4o-mini-2024-07-18",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: sentence.repeat(4), refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: {
      prompt_tokens: 42,
      completion_tokens: 140,
      total_tokens: 182,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    service_tier: "default",
    system_fingerprint: "fp_bench",
  }),
);

function chunk(choices: unknown[], usage: unknown = null): Buffer {
  const event = {
    id: "chatcmpl-bench",
    object: "chat.completion.chunk",
    created: 1_790_000_000,
    model: "gpt-4o-mini-2024-07-18",
    service_tier: "default",
    system_fingerprint: "fp_bench",
    choices,
    usage,
  };
  return Buffer.from(`data: ${JSON.stringify(event)}\n\n`);
}

/** How many content tokens a streamed answer holds. */
export const streamTokens = 60;

/** The same as a stream: a role chunk, one chunk a token, the finish, the usage, the end. */
export const streamChunks: readonly Buffer[] = [
  chunk([{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }]),
  ...Array.from({ length: streamTokens }, (_, index) =>
    chunk([{ index: 0, delta: { content: `word${index} ` }, finish_reason: null }]),
  ),
  chunk([{ index: 0, delta: {}, finish_reason: "stop" }]),
  chunk([], { prompt_tokens: 42, completion_tokens: streamTokens, total_tokens: 42 + streamTokens }),
  Buffer.from("data: [DONE]\n\n"),
];

/** The request that every contender gets. */
export function requestBody(options: { model: string; stream?: boolean; gapMs?: number }): string {
  const { model, stream = false, gapMs } = options;
  return JSON.stringify({
    model,
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    ...(gapMs === undefined ? {} : { user: `gap-${gapMs}` }),
    temperature: 0.2,
    messages: [
      { role: "system", content: "You answer in one short paragraph." },
      { role: "user", content: "What is a weir, and what is it good for?" },
    ],
  });
}
