import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { api, startSystem, until, type System } from "./system.ts";
import { providersAt, startUpstream, type Upstream } from "./upstream.ts";

const picture =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const weatherTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
} as const;

let upstream: Upstream;
let system: System;
let client: OpenAI;

beforeAll(async () => {
  upstream = await startUpstream();
  system = await startSystem({ env: providersAt(upstream) });
  client = new OpenAI({ baseURL: `${system.origin}/v1`, apiKey: system.key, maxRetries: 0 });
});

afterAll(async () => {
  await system?.dispose();
  await upstream?.close();
});

/** The one span of a trace, as the API gives it, once it can be queried. */
async function spanOf(traceId: string | null): Promise<Record<string, unknown>> {
  const trace = await until("the trace", async () =>
    z
      .object({ spans: z.array(z.looseObject({ spanId: z.string() })) })
      .parse(await api(system, `/traces/${traceId}`)),
  );
  expect(trace.spans).toHaveLength(1);
  return z.looseObject({}).parse(await api(system, `/traces/${traceId}/spans/${trace.spans[0]?.spanId}`));
}

// The same client code against a provider of its own protocol and against one of the other: an application must
// not notice which one answers.
describe.each([
  ["its own protocol", "openai/gpt-4o-mini", "gpt-4o-mini-2024-07-18"],
  ["Anthropic's protocol", "anthropic/claude-sonnet-4-5", "claude-sonnet-4-5-20250929"],
])("the openai package reaches a provider of %s", (_, model, answered) => {
  test("a chat, with the record of it", async () => {
    const { data, response } = await client.chat.completions
      .create({ model, max_tokens: 100, user: "ada", messages: [{ role: "user", content: "hello" }] })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe("Hello there, friend.");
    expect(data.choices[0]?.finish_reason).toBe("stop");
    expect(data.usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 12, total_tokens: 32 });
    expect(data.usage?.prompt_tokens_details?.cached_tokens).toBe(8);

    const span = await spanOf(response.headers.get("x-weir-trace-id"));
    expect(span).toMatchObject({
      kind: "generation",
      status: "ok",
      modelAsked: model,
      modelAnswered: answered,
      userId: "ada",
      inputTokens: 20,
      outputTokens: 12,
      usageStatus: "reported",
      inputPreview: "hello",
      outputPreview: "Hello there, friend.",
    });
    const proof = z
      .object({ totalUsd: z.number(), lines: z.array(z.object({ usd: z.number(), tokens: z.number() })) })
      .parse(span["costProof"]);
    expect(proof.totalUsd).toBeGreaterThan(0);
    expect(proof.lines.reduce((sum, line) => sum + line.usd, 0)).toBeCloseTo(proof.totalUsd, 12);
    expect(proof.lines.reduce((sum, line) => sum + line.tokens, 0)).toBe(32);
  });

  test("a stream, token by token, with its usage", async () => {
    const { data, response } = await client.chat.completions
      .create({
        model,
        max_tokens: 100,
        stream: true,
        stream_options: { include_usage: true },
        messages: [{ role: "user", content: "hello" }],
      })
      .withResponse();
    const texts: string[] = [];
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of data) {
      const text = chunk.choices[0]?.delta.content;
      if (text) texts.push(text);
      usage = chunk.usage ?? usage;
    }
    expect(texts.join("")).toBe("Hello there, friend.");
    expect(texts.length).toBeGreaterThan(1);
    expect(usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 12 });
    const span = await spanOf(response.headers.get("x-weir-trace-id"));
    expect(span).toMatchObject({ streamed: true, status: "ok", outputPreview: "Hello there, friend." });
    expect(z.number().parse(span["ttftMs"])).toBeGreaterThan(0);
  });

  test("a stream that did not ask for usage gets none, and the record still has it", async () => {
    const { data, response } = await client.chat.completions
      .create({ model, max_tokens: 100, stream: true, messages: [{ role: "user", content: "hello" }] })
      .withResponse();
    for await (const chunk of data) {
      expect(chunk.usage ?? null).toBeNull();
      expect(chunk.choices).toHaveLength(1);
    }
    expect(await spanOf(response.headers.get("x-weir-trace-id"))).toMatchObject({
      inputTokens: 20,
      outputTokens: 12,
    });
  });

  test.each([{ stream: false }, { stream: true }])(
    "two tools at once, and their results ($stream)",
    async ({ stream }) => {
      const first = [{ role: "user", content: "weather in Paris and Berlin?" }] as const;
      const message = stream
        ? await client.chat.completions
            .stream({ model, max_tokens: 100, tools: [weatherTool], messages: [...first] })
            .finalMessage()
        : (
            await client.chat.completions.create({
              model,
              max_tokens: 100,
              tools: [weatherTool],
              messages: [...first],
            })
          ).choices[0]?.message;
      const calls = (message?.tool_calls ?? []).filter((call) => call.type === "function");
      expect(calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)])).toEqual([
        ["get_weather", { city: "Paris" }],
        ["get_weather", { city: "Berlin" }],
      ]);
      const answer = await client.chat.completions.create({
        model,
        max_tokens: 100,
        tools: [weatherTool],
        messages: [
          ...first,
          { role: "assistant", content: null, tool_calls: calls },
          ...calls.map((call) => ({ role: "tool" as const, tool_call_id: call.id, content: "sunny" })),
        ],
      });
      expect(answer.choices[0]?.message.content).toBe("Sunny in Paris, rain in Berlin.");
    },
  );

  test("structured output is parsed by the client's own helper", async () => {
    const completion = await client.chat.completions.parse({
      model,
      max_tokens: 100,
      messages: [{ role: "user", content: "json please" }],
      response_format: zodResponseFormat(z.object({ city: z.string(), population: z.number() }), "city"),
    });
    expect(completion.choices[0]?.message.parsed).toEqual({ city: "Paris", population: 2_102_650 });
  });

  test("an image arrives", async () => {
    const completion = await client.chat.completions.create({
      model,
      max_tokens: 100,
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "what is in this picture?" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${picture}` } },
          ],
        },
      ],
    });
    expect(completion.choices[0]?.message.content).toContain("image/png");
  });

  test("a provider's refusal keeps its status and becomes the client's own error", async () => {
    const failing = client.chat.completions.create({
      model,
      max_tokens: 100,
      messages: [{ role: "user", content: "fail" }],
    });
    await expect(failing).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    await expect(failing).rejects.toThrow(/too quickly/);
  });

  test("a stream that breaks upstream ends as an error", async () => {
    const stream = await client.chat.completions.create({
      model,
      max_tokens: 100,
      stream: true,
      messages: [{ role: "user", content: "break" }],
    });
    const read = async () => {
      for await (const _chunk of stream);
    };
    await expect(read()).rejects.toThrow(/upstream|broke|ended|terminated|incomplete|connection/i);
  });

  test("a client that goes away cancels the call upstream, and the record says so", async () => {
    const before = upstream.abandoned();
    const { data: stream, response } = await client.chat.completions
      .create({ model, max_tokens: 100, stream: true, messages: [{ role: "user", content: "slow" }] })
      .withResponse();
    for await (const _chunk of stream) break;
    stream.controller.abort();
    await until("the upstream to be let go", () => upstream.abandoned() > before);
    expect(await spanOf(response.headers.get("x-weir-trace-id"))).toMatchObject({ status: "cancelled" });
  });
});

test("reasoning of an Anthropic model reaches an OpenAI client and the record", async () => {
  const { data, response } = await client.chat.completions
    .create({
      model: "anthropic/claude-sonnet-4-5",
      max_tokens: 4000,
      reasoning_effort: "low",
      messages: [{ role: "user", content: "think" }],
    })
    .withResponse();
  expect(data.choices[0]?.message.content).toBe("It is 42.");
  expect(JSON.stringify(data.choices[0]?.message)).toContain("Let me add the numbers.");
  const span = await spanOf(response.headers.get("x-weir-trace-id"));
  expect(JSON.stringify(span["output"])).toContain('"reasoning"');
});

test("same-protocol bytes pass untouched", async () => {
  const body =
    '{ "model":"gpt-4o-mini",  "messages":[{"role":"user","content":"hello \\u00e9"}], "x_extra": 1e2 }';
  const response = await fetch(`${system.origin}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${system.key}` },
    body,
  });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  expect(upstream.requests.at(-1)?.raw).toBe(body);
  expect(upstream.requests.at(-1)?.headers["authorization"]).toBe("Bearer sk-upstream-openai");
  expect(JSON.stringify(upstream.requests.at(-1)?.headers)).not.toContain(system.key);
});

test("what a translation drops is said in a header and in the record; strict mode refuses", async () => {
  const body = {
    model: "anthropic/claude-sonnet-4-5",
    max_tokens: 50,
    logit_bias: { 50256: -100 },
    messages: [{ role: "user" as const, content: "hello" }],
  };
  const { response } = await client.chat.completions.create(body).withResponse();
  expect(response.headers.get("x-weir-receipt")).toContain("logit_bias");
  const span = await spanOf(response.headers.get("x-weir-trace-id"));
  expect(JSON.stringify(span["receipt"])).toContain("logit_bias");
  await expect(
    client.chat.completions.create(body, { headers: { "x-weir-strict": "true" } }),
  ).rejects.toThrow(/logit_bias/);
});

test("embeddings and the list of models", async () => {
  const embedding = await client.embeddings.create({
    model: "openai/text-embedding-3-small",
    input: "a weir",
    encoding_format: "float",
  });
  expect(embedding.data[0]?.embedding).toEqual([0.25, -0.5, 0.75]);
  const models = (await client.models.list()).data.map((model) => model.id);
  expect(models).toContain("sim/echo");
});

test("the simulator answers without any provider", async () => {
  const completion = await client.chat.completions.create({
    model: "sim/echo",
    messages: [{ role: "user", content: "are you there?" }],
  });
  expect(completion.choices[0]?.message.content).toContain("are you there?");
});

test("errors are OpenAI's own, with what to do", async () => {
  const chat = (model: string) =>
    client.chat.completions.create({ model, messages: [{ role: "user", content: "hello" }] });
  await expect(chat("openai-x/gpt-4o")).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  await expect(chat("sim/ecco")).rejects.toThrow(/sim\/echo/);
  await expect(chat("groq/llama-3.3-70b")).rejects.toThrow(/groq/i);
  const stranger = new OpenAI({ baseURL: `${system.origin}/v1`, apiKey: "weir_wrong", maxRetries: 0 });
  await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
});
