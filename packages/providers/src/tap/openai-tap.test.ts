import { describe, expect, test } from "vitest";
import type { Operation, ResponseFacts } from "../contract.ts";
import { createResponseTap } from "./response-tap.ts";

const bytes = (text: string): Buffer => Buffer.from(text, "utf8");

function streamOf(...chunks: unknown[]): string {
  return chunks
    .map((chunk) => `data: ${typeof chunk === "string" ? chunk : JSON.stringify(chunk)}\n\n`)
    .join("");
}

function delta(fields: unknown, more: { finish_reason?: string; index?: number } = {}): unknown {
  const { index = 0, finish_reason = null } = more;
  return {
    id: "c1",
    model: "m-1",
    system_fingerprint: "fp",
    choices: [{ index, delta: fields, finish_reason }],
  };
}

function tapped(text: string, options: { stream?: boolean; operation?: Operation } = {}): ResponseFacts {
  const tap = createResponseTap({ protocol: "openai", operation: "chat", stream: true, ...options });
  tap.push(bytes(text), 1);
  return tap.finish();
}

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

describe("a streamed chat completion", () => {
  test("is timed from its first content, not from a role, and ends with [DONE]", () => {
    const tap = createResponseTap({ protocol: "openai", operation: "chat", stream: true });
    tap.push(bytes(`: keep-alive\n\n${streamOf(delta({ role: "assistant", content: "" }))}`), 10);
    tap.push(bytes(streamOf(delta({ content: "Hello" }))), 20);
    tap.push(bytes(streamOf(delta({ content: " you" }))), 30);
    tap.push(bytes(streamOf(delta({}, { finish_reason: "stop" }), { choices: [], usage })), 40);
    expect(tap.ended).toBe(false);
    tap.push(bytes(streamOf("[DONE]")), 41);
    expect(tap.ended).toBe(true);
    expect(tap.finish()).toEqual({
      modelAnswered: "m-1",
      responseId: "c1",
      providerFingerprint: "fp",
      finishReasons: ["stop"],
      usage: {
        raw: usage,
        tokens: { input: 3, output: 2 },
        inputTokens: 3,
        outputTokens: 2,
        status: "reported",
      },
      output: [{ role: "assistant", parts: [{ type: "text", content: "Hello you" }], finishReason: "stop" }],
      outputPreview: "Hello you",
      firstContentAtMs: 20,
      lastContentAtMs: 30,
      error: null,
      complete: true,
    });
  });

  test.each([
    ["reasoning_content", { reasoning_content: "hm" }],
    ["reasoning", { reasoning: "hm" }],
    ["a tool call", { tool_calls: [{ index: 0, id: "t", function: { name: "f", arguments: "" } }] }],
    ["a refusal", { refusal: "no" }],
    ["audio", { audio: { id: "a", data: "AAAA" } }],
  ])("counts %s as content", (_name, fields) => {
    expect(tapped(streamOf(delta(fields))).firstContentAtMs).toBe(1);
  });

  test("keeps parallel tool calls apart, interleaved or one after the other", () => {
    const call = (index: number, fields: { id?: string; name?: string; arguments?: string }): unknown => {
      const { id, ...called } = fields;
      return delta({ tool_calls: [{ index, ...(id === undefined ? {} : { id }), function: called }] });
    };
    const facts = tapped(
      streamOf(
        call(0, { id: "a", name: "weather", arguments: "" }),
        call(1, { id: "b", name: "time", arguments: "" }),
        call(0, { arguments: '{"city":' }),
        call(1, { arguments: '{"zone":"C' }),
        call(0, { arguments: '"Bern"}' }),
        call(1, { arguments: 'ET"}' }),
      ),
    );
    expect(facts.output[0]?.parts).toEqual([
      { type: "tool_call", id: "a", name: "weather", arguments: { city: "Bern" } },
      { type: "tool_call", id: "b", name: "time", arguments: { zone: "CET" } },
    ]);
  });

  test("tells calls apart by their ids where a server sends one index for all", () => {
    const whole = (id: string): unknown =>
      delta({ tool_calls: [{ index: 0, id, function: { name: "f", arguments: `{"id":"${id}"}` } }] });
    expect(tapped(streamOf(whole("a"), whole("b"))).output[0]?.parts).toMatchObject([
      { id: "a", arguments: { id: "a" } },
      { id: "b", arguments: { id: "b" } },
    ]);
  });

  test("keeps the raw text of arguments that were cut off", () => {
    const facts = tapped(
      streamOf(delta({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: '{"x":' } }] })),
    );
    expect(facts.output[0]?.parts[0]).toMatchObject({ arguments: '{"x":' });
  });

  test("joins audio that came in separately padded pieces, with its transcript", () => {
    const pieces = [Buffer.from("RIFF0"), Buffer.from("123")];
    const facts = tapped(
      streamOf(
        ...pieces.map((piece) => delta({ audio: { data: piece.toString("base64") } })),
        delta({ audio: { transcript: "hello" } }),
      ),
    );
    expect(facts.output[0]?.parts).toEqual([
      { type: "text", content: "hello" },
      {
        type: "media",
        modality: "audio",
        mediaType: "audio/wav",
        url: `data:audio/wav;base64,${Buffer.concat(pieces).toString("base64")}`,
      },
    ]);
  });

  test("gives each of several answers its own message", () => {
    const facts = tapped(
      streamOf(
        delta({ content: "b" }, { index: 1 }),
        delta({ content: "a" }),
        delta({}, { finish_reason: "stop" }),
        delta({}, { index: 1, finish_reason: "length" }),
      ),
    );
    expect(facts.finishReasons).toEqual(["stop", "length"]);
    expect(facts.output.map((message) => message.parts)).toEqual([
      [{ type: "text", content: "a" }],
      [{ type: "text", content: "b" }],
    ]);
  });

  test.each([
    [
      "an error event",
      streamOf({ error: { message: "overloaded", type: "server_error", code: null } }),
      "server_error",
    ],
    ["Groq's error", streamOf({ choices: [], x_groq: { error: "over capacity" } }), "error"],
    ["a named event", 'event: error\ndata: {"message":"bad","code":1305}\n\n', "1305"],
  ])("reports %s in the middle, and does not call the stream complete", (_name, text, code) => {
    const facts = tapped(streamOf(delta({ content: "He" })) + text + streamOf("[DONE]"));
    expect(facts.error?.code).toBe(code);
    expect(facts.complete).toBe(false);
    expect(facts.outputPreview).toBe("He");
  });

  test("is not complete when it breaks off, and survives what is no JSON", () => {
    const facts = tapped(`data: {broken\n\ndata: 12\n\ndata: null\n\n${streamOf(delta({ content: "x" }))}`);
    expect(facts).toMatchObject({ complete: false, outputPreview: "x", usage: null });
  });

  test.each([
    ["in the last chunk", [{ choices: [], usage }]],
    ["with the finish reason", [{ choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage }]],
    [
      "as a running total",
      [
        { choices: [], usage: { ...usage, total_tokens: 4, completion_tokens: 1 } },
        { choices: [], usage },
      ],
    ],
    ["in Groq's envelope", [{ choices: [], x_groq: { usage } }]],
    [
      "before a chunk with null",
      [
        { choices: [], usage },
        { choices: [], usage: null },
      ],
    ],
  ])("finds usage %s", (_name, chunks) => {
    expect(tapped(streamOf(delta({ content: "x" }), ...chunks, "[DONE]")).usage).toMatchObject({
      inputTokens: 3,
      outputTokens: 2,
      status: "reported",
    });
  });
});

describe("a whole body", () => {
  const body = {
    id: "c2",
    model: "m-2",
    system_fingerprint: null,
    choices: [
      {
        index: 0,
        finish_reason: "tool_calls",
        message: {
          role: "assistant",
          content: null,
          reasoning_content: "so",
          tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
        },
      },
    ],
    usage,
  };

  test("is read however it is cut, and has ended when it is whole", () => {
    const whole = bytes(JSON.stringify(body, null, 2));
    const once = createResponseTap({ protocol: "openai", operation: "chat", stream: false });
    once.push(whole, 5);
    expect(once.ended).toBe(true);
    const expected = once.finish();
    expect(expected).toMatchObject({
      complete: true,
      finishReasons: ["tool_calls"],
      firstContentAtMs: null,
      outputPreview: "f({})",
      usage: { inputTokens: 3 },
    });
    for (let cut = 1; cut < whole.length; cut += 1) {
      const tap = createResponseTap({ protocol: "openai", operation: "chat", stream: false });
      tap.push(whole.subarray(0, cut), 5);
      expect(tap.ended).toBe(false);
      tap.push(whole.subarray(cut), 6);
      expect(tap.finish()).toEqual(expected);
    }
  });

  test("that ends early is not complete", () => {
    expect(tapped('{"id":"c","choices":[', { stream: false })).toMatchObject({ complete: false, output: [] });
    expect(tapped("", { stream: false }).complete).toBe(false);
    expect(tapped("<html>bad gateway</html>", { stream: false }).complete).toBe(false);
  });

  test("may be an error, also where a stream was asked for", () => {
    const text = JSON.stringify({
      error: { message: "no such model", type: "invalid_request_error", code: "model_not_found" },
    });
    for (const stream of [true, false]) {
      expect(tapped(text, { stream }).error).toEqual({ code: "model_not_found", message: "no such model" });
    }
  });

  test("may be a stream where none was asked for", () => {
    expect(tapped(streamOf(delta({ content: "x" }), "[DONE]"), { stream: false })).toMatchObject({
      outputPreview: "x",
      complete: true,
    });
  });

  test.each([
    ["small", 2, 8],
    ["large", 40, 1536],
  ])("of %s embeddings is counted and not kept", (_name, count, dimensions) => {
    const embedding = Array.from({ length: dimensions }, (_value, index) => index / 7);
    const data = Array.from({ length: count }, (_value, index) => ({
      object: "embedding",
      index,
      embedding,
    }));
    const text = JSON.stringify({
      object: "list",
      data,
      model: "e",
      usage: { prompt_tokens: 9, total_tokens: 9 },
    });
    expect(tapped(text, { stream: false, operation: "embeddings" })).toMatchObject({
      complete: true,
      modelAnswered: "e",
      output: [],
      outputPreview: `${count} vectors of ${dimensions} dimensions`,
      usage: { tokens: { input: 9 }, status: "reported" },
    });
  });

  test("of embeddings in another order, or in base64, is read as well", () => {
    const vector = Buffer.from(new Float32Array(20_000).buffer).toString("base64");
    const text = JSON.stringify({
      usage: { prompt_tokens: 9, total_tokens: 9 },
      model: "e",
      data: Array.from({ length: 3 }, (_value, index) => ({ index, embedding: vector })),
    });
    expect(tapped(text, { stream: false, operation: "embeddings" })).toMatchObject({
      outputPreview: "3 vectors of 20000 dimensions",
      usage: { inputTokens: 9 },
    });
  });
});
