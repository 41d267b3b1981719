import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeAnthropicUsage, usageFromAnthropic } from "./anthropic.ts";
import { usageFromOpenAi } from "./openai.ts";

describe("usageFromOpenAi", () => {
  test("takes cached and audio input, reasoning and audio output out of their sums", () => {
    const report = usageFromOpenAi({
      prompt_tokens: 1000,
      completion_tokens: 500,
      total_tokens: 1500,
      prompt_tokens_details: { cached_tokens: 600, audio_tokens: 100 },
      completion_tokens_details: {
        reasoning_tokens: 300,
        audio_tokens: 50,
        accepted_prediction_tokens: 20,
        rejected_prediction_tokens: 30,
      },
    });
    expect(report.tokens).toEqual({
      input: 300,
      cache_read: 600,
      input_audio: 100,
      output: 150,
      reasoning: 300,
      output_audio: 50,
    });
    expect(report).toMatchObject({ inputTokens: 1000, outputTokens: 500, status: "reported" });
  });

  test("counts cached audio once where the provider says how much of the cache was audio", () => {
    const report = usageFromOpenAi({
      prompt_tokens: 100,
      completion_tokens: 0,
      total_tokens: 100,
      prompt_tokens_details: {
        cached_tokens: 80,
        audio_tokens: 60,
        cached_tokens_details: { audio_tokens: 50, text_tokens: 30 },
      },
    });
    expect(report.tokens).toEqual({ cache_read: 80, input_audio: 10, input: 10 });
    expect(report.status).toBe("reported");
  });

  test("adds xAI's reasoning, which is not part of completion_tokens", () => {
    const report = usageFromOpenAi({
      prompt_tokens: 12,
      completion_tokens: 2,
      total_tokens: 334,
      prompt_tokens_details: { text_tokens: 12, audio_tokens: 0, image_tokens: 0, cached_tokens: 2 },
      completion_tokens_details: { reasoning_tokens: 320, audio_tokens: 0 },
    });
    expect(report.tokens).toEqual({ input: 10, cache_read: 2, output: 2, reasoning: 320 });
    expect(report).toMatchObject({ inputTokens: 12, outputTokens: 322, status: "reported" });
  });

  test.each([
    [
      "DeepSeek's cache hits",
      {
        prompt_tokens: 18,
        completion_tokens: 5,
        total_tokens: 23,
        prompt_cache_hit_tokens: 8,
        prompt_cache_miss_tokens: 10,
      },
      { input: 10, cache_read: 8, output: 5 },
    ],
    [
      "Moonshot's cached_tokens",
      { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25, cached_tokens: 12 },
      { input: 8, cache_read: 12, output: 5 },
    ],
    [
      "reasoning beside the details",
      {
        prompt_tokens: 19,
        completion_tokens: 100,
        total_tokens: 119,
        reasoning_tokens: 40,
        prompt_tokens_details: null,
      },
      { input: 19, output: 60, reasoning: 40 },
    ],
    ["embeddings", { prompt_tokens: 12, total_tokens: 12 }, { input: 12 }],
    ["a total only", { total_tokens: 12 }, { input: 12 }],
    [
      "the names of the Responses API",
      {
        input_tokens: 50,
        output_tokens: 30,
        total_tokens: 80,
        input_tokens_details: { cached_tokens: 20, cache_write_tokens: 5 },
      },
      { input: 25, cache_read: 20, cache_write_5m: 5, output: 30 },
    ],
  ])("reads %s", (_name, raw, tokens) => {
    expect(usageFromOpenAi(raw)).toMatchObject({ tokens, status: "reported", raw });
  });

  test.each([
    ["a total that is another", { prompt_tokens: 10, completion_tokens: 10, total_tokens: 25 }],
    [
      "more cached than asked",
      { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 11 } },
    ],
    ["a negative count", { prompt_tokens: -1, completion_tokens: 1 }],
    ["a text for a count", { prompt_tokens: "10", completion_tokens: 1 }],
    ["half a token", { prompt_tokens: 1.5, completion_tokens: 1 }],
    ["more tokens than can be counted", { prompt_tokens: 1e300, completion_tokens: 2 ** 64 }],
  ])("flags %s", (_name, raw) => {
    expect(usageFromOpenAi(raw).status).toBe("mismatch");
  });

  test.each([[undefined], [null], [{}], ["12"]])("says that usage is missing for %j", (raw) => {
    expect(usageFromOpenAi(raw)).toMatchObject({ status: "missing", tokens: {}, inputTokens: 0 });
  });
});

describe("usageFromAnthropic", () => {
  test("adds cached tokens beside input_tokens and never bills them as input too", () => {
    const report = usageFromAnthropic({
      input_tokens: 10,
      cache_creation_input_tokens: 300,
      cache_read_input_tokens: 2000,
      cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 20 },
    });
    expect(report.tokens).toEqual({
      input: 10,
      cache_read: 2000,
      cache_write_5m: 100,
      cache_write_1h: 200,
      output: 30,
      reasoning: 20,
    });
    expect(report).toMatchObject({ inputTokens: 2310, outputTokens: 50, status: "reported" });
  });

  test("takes writes without a lifetime for five-minute ones, and null for absent", () => {
    const report = usageFromAnthropic({
      input_tokens: 1,
      cache_creation_input_tokens: 7,
      cache_read_input_tokens: null,
      cache_creation: null,
      output_tokens: 2,
    });
    expect(report.tokens).toEqual({ input: 1, cache_write_5m: 7, output: 2 });
    expect(report.status).toBe("reported");
  });

  test.each([
    [{ cache_creation_input_tokens: 5, cache_creation: { ephemeral_5m_input_tokens: 9 } }],
    [{ cache_creation_input_tokens: 9, cache_creation: { ephemeral_5m_input_tokens: 5 } }],
  ])("flags lifetimes that do not add up: %j", (cache) => {
    expect(usageFromAnthropic({ input_tokens: 1, output_tokens: 1, ...cache }).status).toBe("mismatch");
  });

  test("merges a stream's running totals without adding them up", () => {
    const start = {
      input_tokens: 17,
      cache_read_input_tokens: 9,
      output_tokens: 1,
      service_tier: "standard",
    };
    const delta = { input_tokens: null, output_tokens: 65, server_tool_use: { web_search_requests: 1 } };
    const merged = mergeAnthropicUsage(mergeAnthropicUsage(null, start), delta);
    expect(usageFromAnthropic(merged)).toMatchObject({ tokens: { input: 17, cache_read: 9, output: 65 } });
    expect(merged).toMatchObject({ service_tier: "standard", server_tool_use: { web_search_requests: 1 } });
  });
});

test("whatever a provider sends, the buckets add up to the sums", () => {
  const count = fc.oneof(fc.nat(10_000), fc.constantFrom(null, undefined, -5, "7", 0.5, 2 ** 64, 1e300));
  const details = fc.option(
    fc.record({ cached_tokens: count, audio_tokens: count, reasoning_tokens: count, image_tokens: count }),
  );
  const usage = fc.record({
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    input_tokens: count,
    output_tokens: count,
    cache_read_input_tokens: count,
    cache_creation_input_tokens: count,
    prompt_tokens_details: details,
    completion_tokens_details: details,
  });
  fc.assert(
    fc.property(usage, (raw) => {
      for (const report of [usageFromOpenAi(raw), usageFromAnthropic(raw)]) {
        const sum = Object.values(report.tokens).reduce((total, tokens) => total + tokens, 0);
        expect(sum).toBe(report.inputTokens + report.outputTokens);
        expect(
          Object.values(report.tokens).every((tokens) => Number.isSafeInteger(tokens) && tokens > 0),
        ).toBe(true);
      }
    }),
  );
});
