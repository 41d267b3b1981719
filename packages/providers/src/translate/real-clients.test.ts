import { betaZodOutputFormat } from "@anthropic-ai/sdk/helpers/beta/zod";
import { zodResponseFormat } from "openai/helpers/zod";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../contract.ts";
import { errorBody, errorEvent } from "./protocol-errors.ts";
import { anthropicClient, nowMs, openAiClient, readFixture, replay, toSse } from "./replay.ts";
import { translateRequest, translateResponse } from "./translate.ts";

// The clients are the real ones, unmodified; only their `fetch` answers from memory.

const answer = z.object({ answer: z.number() });
const messages = [{ role: "user" as const, content: "hello" }];

function streamFor(name: string, from: "openai" | "anthropic"): string {
  return replay({ from, chunks: [toSse(from, readFixture(name))] }).text;
}

describe("the OpenAI client on an Anthropic model", () => {
  test("streams thinking and parallel tool calls", async () => {
    const client = openAiClient(streamFor("anthropic-thinking-tools", "anthropic"));
    const stream = client.chat.completions.stream({
      model: "m",
      messages,
      stream_options: { include_usage: true },
    });
    const completion = await stream.finalChatCompletion();
    expect(completion.choices[0]?.message.content).toBe("I'll look.");
    expect(completion.choices[0]?.finish_reason).toBe("tool_calls");
    const calls = completion.choices[0]?.message.tool_calls?.map((call) =>
      call.type === "function" ? [call.id, call.function.name, JSON.parse(call.function.arguments)] : [],
    );
    expect(calls).toEqual([
      ["toolu_a", "weather", { city: "Köln" }],
      ["toolu_b", "now", {}],
    ]);
    expect(completion.usage?.prompt_tokens).toBe(137);
  });

  test("parses a streamed structured answer that was emulated by a tool", async () => {
    const client = openAiClient(streamFor("anthropic-structured", "anthropic"));
    const stream = client.chat.completions.stream({
      model: "m",
      messages,
      response_format: zodResponseFormat(answer, "answer"),
    });
    const completion = await stream.finalChatCompletion();
    expect(completion.choices[0]?.message.parsed).toEqual({ answer: 42 });
  });

  test("parses a whole structured answer that was emulated by a tool", async () => {
    const body = {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-0",
      content: [{ type: "tool_use", id: "t", name: "weir_structured_output", input: { answer: 42 } }],
      stop_reason: "tool_use",
      usage: { input_tokens: 1, output_tokens: 2 },
    };
    const translated = translateResponse({ from: "anthropic", to: "openai", body, model: "m", nowMs });
    const client = openAiClient(JSON.stringify(translated.body));
    const completion = await client.chat.completions.parse({
      model: "m",
      messages,
      response_format: zodResponseFormat(answer, "answer"),
    });
    expect(completion.choices[0]?.message.parsed).toEqual({ answer: 42 });
    expect(completion.choices[0]?.finish_reason).toBe("stop");
  });

  test("its own structured format reaches Anthropic as output_config, or as a tool on older models", () => {
    const body = { messages, response_format: zodResponseFormat(answer, "answer") };
    const native = translateRequest({
      from: "openai",
      to: "anthropic",
      body: { ...body, model: "claude-opus-5" },
      strict: false,
    });
    expect(native.body["output_config"]).toMatchObject({ format: { type: "json_schema" } });
    expect(native.receipt.map((item) => item.parameter)).toEqual(["max_tokens"]);
    const older = translateRequest({
      from: "openai",
      to: "anthropic",
      body: { ...body, model: "claude-sonnet-4-0" },
      strict: false,
    });
    expect(older.body["tool_choice"]).toMatchObject({ type: "tool", name: "weir_structured_output" });
    expect(older.receipt).toContainEqual(
      expect.objectContaining({ action: "emulated", parameter: "response_format" }),
    );
  });

  test("rejects on an error event, and on a stream that the provider broke off", async () => {
    const text = streamFor("anthropic-thinking-tools", "anthropic");
    const event = Buffer.from(
      errorEvent({ protocol: "openai", status: 529, code: "overloaded", message: "Try again later." }),
    ).toString();
    const interrupted = openAiClient(text.slice(0, text.indexOf("data: [DONE]")) + event);
    await expect(
      interrupted.chat.completions.stream({ model: "m", messages }).finalChatCompletion(),
    ).rejects.toThrow("Try again later.");
    const cut = replay({
      from: "anthropic",
      chunks: [toSse("anthropic", readFixture("anthropic-thinking-tools").slice(0, -1))],
    });
    await expect(
      openAiClient(cut.text).chat.completions.stream({ model: "m", messages }).finalChatCompletion(),
    ).rejects.toThrow("broke off");
  });

  test("finds code and parameter in an error body", async () => {
    const body = errorBody({
      protocol: "openai",
      status: 400,
      code: "unreadable_image",
      message: "No image.",
      parameter: "messages[0]",
    });
    const call = openAiClient(JSON.stringify(body), 400).chat.completions.create({ model: "m", messages });
    await expect(call).rejects.toMatchObject({ status: 400, code: "unreadable_image", param: "messages[0]" });
  });
});

describe("the Anthropic client on an OpenAI model", () => {
  const request = { model: "m", max_tokens: 10, messages };

  test("streams parallel tool calls, one without arguments", async () => {
    const client = anthropicClient(streamFor("openai-parallel-tools", "openai"));
    const message = await client.messages.stream(request).finalMessage();
    expect(message.stop_reason).toBe("tool_use");
    expect(
      message.content.map((block) => (block.type === "tool_use" ? [block.id, block.input] : [])),
    ).toEqual([
      ["call_a", { city: "Köln }{" }],
      ["call_b", { city: "Bonn" }],
      ["call_c", {}],
    ]);
    expect(message.usage).toMatchObject({ input_tokens: 30, cache_read_input_tokens: 64, output_tokens: 20 });
  });

  test("streams interleaved tool calls", async () => {
    const client = anthropicClient(streamFor("openai-interleaved-tools", "openai"));
    const message = await client.messages.stream(request).finalMessage();
    expect(message.content.map((block) => (block.type === "tool_use" ? block.input : block.type))).toEqual([
      "text",
      { x: 1 },
      { y: 2 },
    ]);
  });

  test("streams reasoning as thinking", async () => {
    const client = anthropicClient(streamFor("openai-reasoning", "openai"));
    const message = await client.messages.stream(request).finalMessage();
    expect(message.content).toMatchObject([
      { type: "thinking", thinking: "Six times seven." },
      { type: "text", text: "42 🙂" },
    ]);
  });

  test("parses a structured answer, and its format reaches OpenAI as response_format", async () => {
    const format = betaZodOutputFormat(answer);
    const { body } = translateRequest({
      from: "anthropic",
      to: "openai",
      body: {
        ...request,
        model: "gpt-4.1",
        output_config: { format: { type: "json_schema", schema: format.schema } },
      },
      strict: true,
    });
    expect(body["response_format"]).toMatchObject({ json_schema: { strict: true, schema: format.schema } });
    const completion: JsonObject = {
      id: "c",
      model: "gpt-4.1",
      choices: [
        { index: 0, message: { role: "assistant", content: '{"answer":42}' }, finish_reason: "stop" },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    };
    const translated = translateResponse({ from: "openai", to: "anthropic", body: completion, model: "m" });
    const client = anthropicClient(JSON.stringify(translated.body));
    const message = await client.beta.messages.parse({ ...request, output_config: { format } });
    expect(message.parsed_output).toEqual({ answer: 42 });
  });

  test("rejects on a stream that the provider broke off, and finds the code of an error body", async () => {
    const cut = replay({
      from: "openai",
      to: "anthropic",
      chunks: [toSse("anthropic", readFixture("openai-reasoning"))],
    });
    await expect(anthropicClient(cut.text).messages.stream(request).finalMessage()).rejects.toThrow(
      "broke off",
    );
    const body = errorBody({
      protocol: "anthropic",
      status: 429,
      code: "rate_limited",
      message: "Slow down.",
      requestId: "req_1",
    });
    const call = anthropicClient(JSON.stringify(body), 429).messages.create(request);
    await expect(call).rejects.toMatchObject({
      status: 429,
      type: "rate_limit_error",
      errorCode: "rate_limited",
    });
  });
});

test("thinking blocks come back signed when an OpenAI client sends the collected message on", async () => {
  const client = openAiClient(streamFor("anthropic-thinking-tools", "anthropic"));
  const chunks = await client.chat.completions.create({ model: "m", messages, stream: true });
  const details: unknown[] = [];
  for await (const chunk of chunks) {
    const delta: JsonObject = { ...chunk.choices[0]?.delta };
    if (Array.isArray(delta["reasoning_details"])) details.push(...delta["reasoning_details"]);
  }
  const { body } = translateRequest({
    from: "openai",
    to: "anthropic",
    strict: false,
    body: {
      model: "claude-opus-5",
      max_tokens: 100,
      messages: [...messages, { role: "assistant", content: "I'll look.", reasoning_details: details }],
    },
  });
  expect(body["messages"]).toMatchObject([
    {},
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Two cities, two calls – grüße.", signature: "c2lnbmF0dXJl" },
        { type: "redacted_thinking", data: "ZW5jcnlwdGVk" },
        { type: "text", text: "I'll look." },
      ],
    },
  ]);
});
