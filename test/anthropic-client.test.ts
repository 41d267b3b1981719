import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { api, startSystem, until, type System } from "./system.ts";
import { providersAt, startUpstream, type Upstream } from "./upstream.ts";

const picture =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const weatherTool: Anthropic.Tool = {
  name: "get_weather",
  description: "The weather of a city",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

let upstream: Upstream;
let system: System;
let client: Anthropic;

beforeAll(async () => {
  upstream = await startUpstream();
  system = await startSystem({ env: providersAt(upstream) });
  client = new Anthropic({ baseURL: system.origin, apiKey: system.key, maxRetries: 0 });
});

afterAll(async () => {
  await system?.dispose();
  await upstream?.close();
});

async function traceOf(response: Response): Promise<Record<string, unknown>> {
  const traceId = response.headers.get("x-weir-trace-id");
  return until("the trace", async () => z.looseObject({}).parse(await api(system, `/traces/${traceId}`)));
}

describe.each([
  ["its own protocol", "anthropic/claude-sonnet-4-5"],
  ["OpenAI's protocol", "openai/gpt-4o-mini"],
])("the @anthropic-ai/sdk package reaches a provider of %s", (_, model) => {
  test("a message, its usage with the cache apart, and the record", async () => {
    const { data, response } = await client.messages
      .create({ model, max_tokens: 100, system: "Be kind.", messages: [{ role: "user", content: "hello" }] })
      .withResponse();
    expect(data.content).toMatchObject([{ type: "text", text: "Hello there, friend." }]);
    expect(data.stop_reason).toBe("end_turn");
    expect(data.usage).toMatchObject({ input_tokens: 12, cache_read_input_tokens: 8, output_tokens: 12 });
    expect(await traceOf(response)).toMatchObject({
      status: "ok",
      inputTokens: 20,
      outputTokens: 12,
      generationCount: 1,
    });
  });

  test("a stream in the order that the strict client wants", async () => {
    const stream = client.messages.stream({
      model,
      max_tokens: 100,
      messages: [{ role: "user", content: "hello" }],
    });
    const texts: string[] = [];
    stream.on("text", (text) => texts.push(text));
    const message = await stream.finalMessage();
    expect(texts.join("")).toBe("Hello there, friend.");
    expect(texts.length).toBeGreaterThan(1);
    expect(message.stop_reason).toBe("end_turn");
    expect(message.usage.output_tokens).toBe(12);
  });

  test.each([{ stream: false }, { stream: true }])(
    "two tools at once, and their results ($stream)",
    async ({ stream }) => {
      const first: Anthropic.MessageParam[] = [{ role: "user", content: "weather in Paris and Berlin?" }];
      const request = { model, max_tokens: 100, tools: [weatherTool], messages: first };
      const message = stream
        ? await client.messages.stream(request).finalMessage()
        : await client.messages.create(request);
      expect(message.stop_reason).toBe("tool_use");
      const calls = message.content.filter((block) => block.type === "tool_use");
      expect(calls.map((call) => [call.name, call.input])).toEqual([
        ["get_weather", { city: "Paris" }],
        ["get_weather", { city: "Berlin" }],
      ]);
      const answer = await client.messages.create({
        ...request,
        messages: [
          ...first,
          { role: "assistant", content: message.content },
          {
            role: "user",
            content: calls.map((call) => ({ type: "tool_result", tool_use_id: call.id, content: "sunny" })),
          },
        ],
      });
      expect(answer.content).toMatchObject([{ type: "text", text: "Sunny in Paris, rain in Berlin." }]);
    },
  );

  test("an image arrives", async () => {
    const message = await client.messages.create({
      model,
      max_tokens: 100,
      messages: [
        {
          role: "user",
          content: [
            { type: "image", source: { type: "base64", media_type: "image/png", data: picture } },
            { type: "text", text: "what is in this picture?" },
          ],
        },
      ],
    });
    expect(JSON.stringify(message.content)).toContain("image/png");
  });

  test("errors are Anthropic's own", async () => {
    const failing = client.messages.create({
      model,
      max_tokens: 100,
      messages: [{ role: "user", content: "fail" }],
    });
    await expect(failing).rejects.toBeInstanceOf(Anthropic.RateLimitError);
    await expect(failing).rejects.toThrow(/too quickly/);
  });

  test("a stream that breaks upstream ends as an error", async () => {
    const stream = client.messages.stream({
      model,
      max_tokens: 100,
      messages: [{ role: "user", content: "break" }],
    });
    await expect(stream.finalMessage()).rejects.toThrow(
      /upstream|broke|ended|terminated|incomplete|connection/i,
    );
  });

  test("a client that goes away cancels the call upstream", async () => {
    const before = upstream.abandoned();
    const stream = await client.messages.create({
      model,
      max_tokens: 100,
      stream: true,
      messages: [{ role: "user", content: "slow" }],
    });
    for await (const _event of stream) break;
    stream.controller.abort();
    await until("the upstream to be let go", () => upstream.abandoned() > before);
  });

  test("tokens are counted before the call", async () => {
    const counted = await client.messages.countTokens({
      model,
      messages: [{ role: "user", content: "hello, how many tokens is this sentence?" }],
    });
    expect(counted.input_tokens).toBeGreaterThan(3);
  });
});

test("reasoning comes as thinking blocks", async () => {
  const message = await client.messages.create({
    model: "anthropic/claude-sonnet-4-5",
    max_tokens: 4000,
    thinking: { type: "enabled", budget_tokens: 1024 },
    messages: [{ role: "user", content: "think" }],
  });
  expect(message.content.map((block) => block.type)).toEqual(["thinking", "text"]);
});

test("a wrong key and an unknown model are refused in Anthropic's shape", async () => {
  const stranger = new Anthropic({ baseURL: system.origin, apiKey: "weir_wrong", maxRetries: 0 });
  const request = { model: "sim/echo", max_tokens: 10, messages: [{ role: "user" as const, content: "hi" }] };
  await expect(stranger.messages.create(request)).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
  await expect(client.messages.create({ ...request, model: "sim/ecco" })).rejects.toBeInstanceOf(
    Anthropic.NotFoundError,
  );
});

test("the simulator speaks this protocol too", async () => {
  const message = await client.messages.create({
    model: "sim/echo",
    max_tokens: 100,
    messages: [{ role: "user", content: "are you there?" }],
  });
  expect(JSON.stringify(message.content)).toContain("are you there?");
});
