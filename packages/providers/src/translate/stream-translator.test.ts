import { describe, expect, test } from "vitest";
import type { JsonObject } from "../contract.ts";
import { arrayOf, objectOf, textOf } from "../json.ts";
import { cutEvery, payloadsOf, readFixture, replay, toSse } from "./replay.ts";
import { createStreamTranslator } from "./stream-translator.ts";
import { translateResponse } from "./translate.ts";

const fixtures = [
  ["openai-parallel-tools", "openai"],
  ["openai-interleaved-tools", "openai"],
  ["openai-reasoning", "openai"],
  ["anthropic-thinking-tools", "anthropic"],
  ["anthropic-structured", "anthropic"],
] as const;

/** The arguments of all calls, joined. */
function partialJson(text: string): string {
  return payloadsOf(text)
    .map((payload) => textOf(objectOf(payload["delta"])["partial_json"]))
    .join("");
}

function types(text: string): string[] {
  return payloadsOf(text).map((payload) => textOf(payload["type"]));
}

describe.each(fixtures)("%s", (name, from) => {
  const bytes = toSse(from, readFixture(name));
  const whole = replay({ from, chunks: [bytes] });

  test("comes out the same wherever it is cut", () => {
    for (let length = 1; length < 80; length += 1) {
      expect(replay({ from, chunks: cutEvery(bytes, length) })).toEqual(whole);
    }
    for (let at = 1; at < bytes.length; at += 1) {
      const { text } = replay({ from, chunks: [bytes.subarray(0, at), bytes.subarray(at)] });
      expect(text === whole.text, `cut at byte ${at}`).toBe(true);
    }
  });

  test("ends as an error wherever the provider breaks off", () => {
    const lines = readFixture(name);
    for (let kept = 0; kept < lines.length; kept += 1) {
      const cut = toSse("anthropic", lines.slice(0, kept));
      const { text } = replay({ from, chunks: [cut] });
      expect(text).not.toContain("[DONE]");
      expect(text).not.toContain("message_stop");
      expect(text.trimEnd().split("\n\n").at(-1)).toContain("upstream_incomplete");
    }
  });
});

describe("OpenAI to Anthropic", () => {
  test("a call whose arguments are whole ends when the next one begins, without waiting for the answer's end", () => {
    const lines = readFixture("openai-parallel-tools");
    const translator = createStreamTranslator({
      from: "openai",
      to: "anthropic",
      model: "m",
      includeUsage: true,
    });
    const seen = lines.map((line) =>
      Buffer.from(translator.push(Buffer.from(`data: ${line}\n\n`))).toString(),
    );
    expect(types(seen[0] ?? "")).toEqual(["message_start"]);
    expect(types(seen[1] ?? "")).toEqual(["content_block_start"]);
    expect(seen[2]).toContain(String.raw`"partial_json":"{\"city\":"`);
    expect(types(seen[4] ?? "")).toEqual([
      "content_block_stop",
      "content_block_start",
      "content_block_delta",
    ]);
    expect(types(seen[5] ?? "")).toEqual(["content_block_stop", "content_block_start"]);
  });

  test("interleaved calls become blocks one after the other, each delta in its own block", () => {
    const { text } = replay({
      from: "openai",
      chunks: [toSse("openai", readFixture("openai-interleaved-tools"))],
    });
    const blocks = payloadsOf(text)
      .filter((payload) => textOf(payload["type"]).startsWith("content_block"))
      .map((payload) => {
        const json = textOf(objectOf(payload["delta"])["partial_json"]);
        return `${textOf(payload["type"]).slice(14)} ${String(payload["index"])} ${json}`.trim();
      });
    expect(blocks.slice(-9)).toEqual([
      "stop 0",
      "start 1",
      'delta 1 {"x":',
      "delta 1 1}",
      "stop 1",
      "start 2",
      'delta 2 {"y":',
      "delta 2 2}",
      "stop 2",
    ]);
    // The server said "stop" and called tools all the same.
    expect(text).toContain('"stop_reason":"tool_use"');
  });

  test("usage that comes last stands in message_delta, split the way Anthropic counts", () => {
    const { text } = replay({
      from: "openai",
      chunks: [toSse("openai", readFixture("openai-parallel-tools"))],
    });
    const delta = payloadsOf(text).find((payload) => payload["type"] === "message_delta");
    expect(delta?.["usage"]).toMatchObject({
      input_tokens: 30,
      cache_read_input_tokens: 64,
      cache_creation_input_tokens: 6,
      output_tokens: 20,
    });
  });

  test("reasoning that a server counts beside the completion is part of the output", () => {
    const { text } = replay({ from: "openai", chunks: [toSse("openai", readFixture("openai-reasoning"))] });
    const delta = payloadsOf(text).find((payload) => payload["type"] === "message_delta");
    expect(delta?.["usage"]).toMatchObject({
      output_tokens: 42,
      output_tokens_details: { thinking_tokens: 40 },
    });
  });

  test("parallel calls that all have index 0 are told apart by their ids", () => {
    const chunk = (id: string, text: string): string =>
      JSON.stringify({
        id: "c",
        choices: [
          { index: 0, delta: { tool_calls: [{ index: 0, id, function: { name: "f", arguments: text } }] } },
        ],
      });
    const end = JSON.stringify({ id: "c", choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] });
    const lines = [chunk("a", '{"n":1}'), chunk("b", '{"n":2}'), end];
    const { text } = replay({ from: "openai", chunks: [toSse("openai", lines)] });
    const starts = payloadsOf(text).map((payload) => objectOf(payload["content_block"])["id"]);
    expect(starts.filter(Boolean)).toEqual(["a", "b"]);
  });

  test("an empty finish reason ends nothing", () => {
    const chunk = (delta: JsonObject, finish = ""): string =>
      JSON.stringify({ id: "c", choices: [{ index: 0, delta, finish_reason: finish }] });
    const called = (name: string, text: string): JsonObject => ({
      tool_calls: [{ index: 0, id: "a", function: { name, arguments: text } }],
    });
    const lines = [
      chunk({ content: "One " }),
      chunk({ content: "moment." }),
      chunk(called("f", '{"n":')),
      chunk(called("", "1}")),
      chunk({}, "tool_calls"),
    ];
    const { text } = replay({ from: "openai", chunks: [toSse("openai", lines)] });
    expect(types(text).filter((type) => type === "content_block_start")).toHaveLength(2);
    expect(partialJson(text)).toBe('{"n":1}');
    expect(text).toContain('"stop_reason":"tool_use"');
  });

  test.each([[0], [undefined]])("a new id without a name goes on with the call at index %s", (index) => {
    const chunk = (id: string, called: JsonObject): string =>
      JSON.stringify({
        id: "c",
        choices: [{ index: 0, delta: { tool_calls: [{ index, id, function: called }] } }],
      });
    const lines = [
      chunk("a", { name: "f", arguments: "" }),
      chunk("b", { arguments: '{"n":' }),
      chunk("c", { arguments: "1}" }),
      JSON.stringify({ id: "c", choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] }),
    ];
    const { text, receipt } = replay({ from: "openai", chunks: [toSse("openai", lines)] });
    expect(partialJson(text)).toBe('{"n":1}');
    expect(receipt).toEqual([]);
  });

  test("the signature of a Gemini call cannot be carried, and the receipt says so", () => {
    const call = {
      index: 0,
      id: "a",
      function: { name: "f", arguments: "{}" },
      extra_content: { google: { thought_signature: "c2ln" } },
    };
    const line = JSON.stringify({
      id: "c",
      choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: "tool_calls" }],
    });
    const signature = "extra_content.google.thought_signature";
    const { receipt } = replay({ from: "openai", chunks: [toSse("openai", [line])] });
    expect(receipt).toMatchObject([{ action: "dropped", parameter: `response.tool_calls.${signature}` }]);
    const message = { role: "assistant", content: null, tool_calls: [call] };
    const body = { id: "c", choices: [{ index: 0, message, finish_reason: "tool_calls" }] };
    const whole = translateResponse({ from: "openai", to: "anthropic", body, model: "m" });
    expect(whole.receipt).toMatchObject([
      { action: "dropped", parameter: `response.choices[0].message.tool_calls[0].${signature}` },
    ]);
  });
});

describe("Anthropic to OpenAI", () => {
  const bytes = toSse("anthropic", readFixture("anthropic-thinking-tools"));

  test("the role comes first, ids only with a call's first delta, the finish reason last", () => {
    const payloads = payloadsOf(replay({ from: "anthropic", chunks: [bytes] }).text);
    const deltas = payloads.map((payload) => objectOf(objectOf(arrayOf(payload["choices"])[0])["delta"]));
    expect(deltas[0]?.["role"]).toBe("assistant");
    const calls = deltas.flatMap((delta) => arrayOf(delta["tool_calls"]).map(objectOf));
    expect(calls.map((call) => [call["index"], call["id"]])).toEqual([
      [0, "toolu_a"],
      [0, undefined],
      [0, undefined],
      [1, "toolu_b"],
      [1, undefined],
    ]);
    // A call without arguments ends in an object all the same, because clients parse it.
    expect(objectOf(calls.at(-1)?.["function"])["arguments"]).toBe("{}");
    expect(objectOf(arrayOf(payloads.at(-2)?.["choices"])[0])["finish_reason"]).toBe("tool_calls");
  });

  test("prompt tokens include what was read from the cache and written to it", () => {
    const usage = payloadsOf(replay({ from: "anthropic", chunks: [bytes] }).text).at(-1)?.["usage"];
    expect(usage).toMatchObject({
      prompt_tokens: 137,
      completion_tokens: 50,
      total_tokens: 187,
      prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 30 },
      completion_tokens_details: { reasoning_tokens: 15 },
    });
  });

  test("usage is sent only when the caller asked for it", () => {
    const { text } = replay({ from: "anthropic", chunks: [bytes], includeUsage: false });
    expect(text).not.toContain('"usage"');
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("an answer forced into a tool comes out as text", () => {
    const lines = readFixture("anthropic-structured");
    const { text } = replay({ from: "anthropic", chunks: [toSse("anthropic", lines)] });
    expect(text).not.toContain("tool_calls");
    expect(text).toContain('"finish_reason":"stop"');
  });

  test("blocks of tools that run at the provider are named in the receipt", () => {
    const lines = [
      readFixture("anthropic-structured")[0] ?? "",
      '{"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"s","name":"web_search","input":{}}}',
      '{"type":"content_block_stop","index":0}',
      '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}',
      '{"type":"message_stop"}',
    ];
    const { receipt } = replay({ from: "anthropic", chunks: [toSse("anthropic", lines)] });
    expect(receipt).toMatchObject([{ action: "dropped", parameter: "response.content[0]" }]);
  });
});

describe("errors in the middle of a stream", () => {
  test("an Anthropic error event becomes OpenAI's, and nothing follows it", () => {
    const lines = [
      ...readFixture("anthropic-thinking-tools").slice(0, 5),
      '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      '{"type":"message_stop"}',
    ];
    const { text } = replay({ from: "anthropic", chunks: [toSse("anthropic", lines)] });
    const last = payloadsOf(text).at(-1);
    expect(last).toEqual({
      error: { message: "Overloaded", type: "server_error", param: null, code: "overloaded_error" },
    });
    expect(text).not.toContain("[DONE]");
  });

  test("an OpenAI error payload becomes Anthropic's error event", () => {
    const lines = [
      ...readFixture("openai-reasoning").slice(0, 3),
      '{"error":{"message":"The server had an error","type":"server_error","code":null}}',
    ];
    const { text } = replay({ from: "openai", chunks: [toSse("openai", lines)] });
    expect(text).toContain("event: error\n");
    expect(payloadsOf(text).at(-1)).toMatchObject({
      type: "error",
      error: {
        type: "api_error",
        message: "The server had an error",
        details: { error_code: "server_error" },
      },
    });
    expect(text).not.toContain("message_stop");
  });

  test("a finish without a reason, and events of empty data, still make a stream that clients accept", () => {
    const lines = readFixture("anthropic-structured").filter((line) => !line.includes("message_delta"));
    const bytes = Buffer.concat([Buffer.from("data: \n\n"), toSse("anthropic", lines)]);
    const { text } = replay({ from: "anthropic", chunks: [bytes] });
    expect(text).toContain('"finish_reason":"stop"');
    expect(text).toContain("[DONE]");
  });

  test("a second message in one stream is an error, not a garbled answer", () => {
    const [start = ""] = readFixture("anthropic-structured");
    const { text } = replay({ from: "anthropic", chunks: [toSse("anthropic", [start, start])] });
    expect(text).toContain("provider_stream_unreadable");
  });

  test("an event that is too large to read ends the stream: the answer would lack it", () => {
    const lines = readFixture("openai-reasoning");
    const large = JSON.stringify({
      choices: [{ index: 0, delta: { content: "x".repeat(32 * 1024 * 1024) } }],
    });
    const bytes = toSse("openai", [...lines.slice(0, 2), large, ...lines.slice(2)]);
    for (const length of [bytes.length, 64 * 1024]) {
      const { text } = replay({ from: "openai", chunks: cutEvery(bytes, length) });
      expect(text).toContain("too large to translate");
      expect(text).not.toContain("message_stop");
    }
  });

  test("a stream of nothing is an error", () => {
    expect(replay({ from: "openai", chunks: [] }).text).toContain("event: error");
    expect(replay({ from: "openai", chunks: [Buffer.from("data: [DONE]\n\n")] }).text).toContain(
      "event: error",
    );
  });
});
