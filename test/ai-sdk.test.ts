import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { embed, generateText, Output, streamText, tool, stepCountIs, type LanguageModel } from "ai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startSystem, until, type System } from "./system.ts";
import { providersAt, startUpstream, type Upstream } from "./upstream.ts";

let upstream: Upstream;
let system: System;

beforeAll(async () => {
  upstream = await startUpstream();
  system = await startSystem({ env: providersAt(upstream) });
});

afterAll(async () => {
  await system?.dispose();
  await upstream?.close();
});

const openAiModel = (name: string): LanguageModel =>
  createOpenAI({ baseURL: `${system.origin}/v1`, apiKey: system.key }).chat(name);
const anthropicModel = (name: string): LanguageModel =>
  createAnthropic({ baseURL: `${system.origin}/v1`, apiKey: system.key })(name);

describe.each([
  ["@ai-sdk/openai to OpenAI", () => openAiModel("openai/gpt-4o-mini")],
  ["@ai-sdk/openai to Anthropic", () => openAiModel("anthropic/claude-sonnet-4-5")],
  ["@ai-sdk/anthropic to Anthropic", () => anthropicModel("anthropic/claude-sonnet-4-5")],
  ["@ai-sdk/anthropic to OpenAI", () => anthropicModel("openai/gpt-4o-mini")],
])("the ai package with %s", (_, model) => {
  test("generates text", async () => {
    const { text, finishReason, usage } = await generateText({
      model: model(),
      prompt: "hello",
      maxRetries: 0,
    });
    expect(text).toBe("Hello there, friend.");
    expect(finishReason).toBe("stop");
    expect(usage).toMatchObject({ inputTokens: 20, outputTokens: 12 });
  });

  test("streams text", async () => {
    const result = streamText({ model: model(), prompt: "hello", maxRetries: 0 });
    const parts: string[] = [];
    for await (const part of result.textStream) parts.push(part);
    expect(parts.join("")).toBe("Hello there, friend.");
    expect(await result.usage).toMatchObject({ outputTokens: 12 });
  });

  test("runs parallel tools to the end", async () => {
    const asked: string[] = [];
    const { text, steps } = await generateText({
      model: model(),
      prompt: "weather in Paris and Berlin?",
      maxRetries: 0,
      stopWhen: stepCountIs(3),
      tools: {
        get_weather: tool({
          description: "The weather of a city",
          inputSchema: z.object({ city: z.string() }),
          execute: async ({ city }) => {
            asked.push(city);
            return "sunny";
          },
        }),
      },
    });
    expect(asked.toSorted()).toEqual(["Berlin", "Paris"]);
    expect(steps).toHaveLength(2);
    expect(text).toBe("Sunny in Paris, rain in Berlin.");
  });

  test("gives structured output", async () => {
    const { output } = await generateText({
      model: model(),
      prompt: "json please",
      maxRetries: 0,
      output: Output.object({ schema: z.object({ city: z.string(), population: z.number() }) }),
    });
    expect(output).toEqual({ city: "Paris", population: 2_102_650 });
  });

  test("reports a provider's error with its status", async () => {
    await expect(generateText({ model: model(), prompt: "fail", maxRetries: 0 })).rejects.toMatchObject({
      statusCode: 429,
    });
  });

  test("an abort reaches the provider", async () => {
    const before = upstream.abandoned();
    const abort = new AbortController();
    const result = streamText({
      model: model(),
      prompt: "slow",
      maxRetries: 0,
      abortSignal: abort.signal,
      onError: () => undefined,
    });
    for await (const _part of result.textStream) break;
    abort.abort();
    await until("the upstream to be let go", () => upstream.abandoned() > before);
  });
});

test("embeds", async () => {
  const provider = createOpenAI({ baseURL: `${system.origin}/v1`, apiKey: system.key });
  const { embedding } = await embed({
    model: provider.embedding("openai/text-embedding-3-small"),
    value: "a weir",
    maxRetries: 0,
  });
  expect(embedding).toEqual([0.25, -0.5, 0.75]);
});
