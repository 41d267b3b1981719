import { describe, expect, test } from "vitest";
import type { Operation, ResponseFacts } from "../contract.ts";
import { createResponseTap } from "./response-tap.ts";

const bytes = (text: string): Buffer => Buffer.from(text, "utf8");

function event(type: string, fields: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

const start = event("message_start", {
  message: {
    id: "msg_1",
    model: "claude-x",
    role: "assistant",
    content: [],
    usage: { input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 1 },
  },
});
const blockStart = (index: number, content_block: object): string =>
  event("content_block_start", { index, content_block });
const blockDelta = (index: number, delta: object): string => event("content_block_delta", { index, delta });
const blockStop = (index: number): string => event("content_block_stop", { index });
const finish =
  event("message_delta", { delta: { stop_reason: "tool_use" }, usage: { output_tokens: 30 } }) +
  event("message_stop");

function tapped(text: string, options: { stream?: boolean; operation?: Operation } = {}): ResponseFacts {
  const tap = createResponseTap({ protocol: "anthropic", operation: "chat", stream: true, ...options });
  tap.push(bytes(text), 1);
  return tap.finish();
}

describe("a streamed message", () => {
  test("is timed from its first text and ends with message_stop", () => {
    const tap = createResponseTap({ protocol: "anthropic", operation: "chat", stream: true });
    tap.push(bytes(start + event("ping") + blockStart(0, { type: "text", text: "" })), 10);
    tap.push(bytes(blockDelta(0, { type: "text_delta", text: "Hi" })), 25);
    tap.push(bytes(blockDelta(0, { type: "text_delta", text: " there" }) + blockStop(0)), 30);
    expect(tap.ended).toBe(false);
    tap.push(bytes(finish), 40);
    expect(tap.ended).toBe(true);
    expect(tap.finish()).toMatchObject({
      modelAnswered: "claude-x",
      responseId: "msg_1",
      finishReasons: ["tool_use"],
      usage: { tokens: { input: 10, cache_read: 90, output: 30 }, inputTokens: 100, status: "reported" },
      outputPreview: "Hi there",
      firstContentAtMs: 25,
      lastContentAtMs: 30,
      complete: true,
    });
  });

  test("keeps thinking, parallel tools, server tools and citations in their order", () => {
    const facts = tapped(
      start +
        blockStart(0, { type: "thinking", thinking: "" }) +
        blockDelta(0, { type: "thinking_delta", thinking: "hm" }) +
        blockDelta(0, { type: "signature_delta", signature: "s" }) +
        blockStart(1, { type: "server_tool_use", id: "s1", name: "web_search", input: {} }) +
        blockDelta(1, { type: "input_json_delta", partial_json: '{"query":"x"}' }) +
        blockStart(2, {
          type: "web_search_tool_result",
          tool_use_id: "s1",
          content: [{ type: "web_search_result", url: "u" }],
        }) +
        blockStart(3, { type: "text", text: "" }) +
        blockDelta(3, { type: "citations_delta", citation: { url: "u" } }) +
        blockDelta(3, { type: "text_delta", text: "found" }) +
        blockStart(4, { type: "tool_use", id: "a", name: "f", input: {} }) +
        blockStart(5, { type: "tool_use", id: "b", name: "g", input: {} }) +
        blockDelta(5, { type: "input_json_delta", partial_json: '{"n":' }) +
        blockDelta(4, { type: "input_json_delta", partial_json: "" }) +
        blockDelta(5, { type: "input_json_delta", partial_json: "1}" }) +
        finish,
    );
    expect(facts.output).toEqual([
      {
        role: "assistant",
        finishReason: "tool_use",
        parts: [
          { type: "reasoning", content: "hm" },
          { type: "tool_call", id: "s1", name: "web_search", arguments: { query: "x" } },
          { type: "tool_call_response", id: "s1", response: [{ type: "web_search_result", url: "u" }] },
          { type: "text", content: "found" },
          { type: "other", name: "citations", value: [{ url: "u" }] },
          { type: "tool_call", id: "a", name: "f", arguments: {} },
          { type: "tool_call", id: "b", name: "g", arguments: { n: 1 } },
        ],
      },
    ]);
  });

  test("starts over when the provider does", () => {
    const again = start.replace("msg_1", "msg_2");
    const facts = tapped(
      start +
        blockStart(0, { type: "text", text: "half" }) +
        again +
        blockStart(0, { type: "text", text: "whole" }) +
        finish,
    );
    expect(facts).toMatchObject({ responseId: "msg_2", outputPreview: "whole" });
  });

  test("takes the sums of a server that starts with zeros", () => {
    const zero = event("message_start", {
      message: { id: "m", usage: { input_tokens: 0, output_tokens: 0 } },
    });
    const end = event("message_delta", {
      delta: { stop_reason: "end_turn" },
      usage: { input_tokens: 12, output_tokens: 7 },
    });
    expect(tapped(zero + end + event("message_stop")).usage).toMatchObject({
      inputTokens: 12,
      outputTokens: 7,
    });
  });

  test("reports an error event with what had come before it", () => {
    const facts = tapped(
      start +
        blockStart(0, { type: "text", text: "" }) +
        blockDelta(0, { type: "text_delta", text: "Hal" }) +
        event("error", { error: { type: "overloaded_error", message: "Overloaded" } }),
    );
    expect(facts).toMatchObject({
      error: { code: "overloaded_error", message: "Overloaded" },
      complete: false,
      outputPreview: "Hal",
      usage: { inputTokens: 100 },
    });
  });

  test("that breaks off is not complete", () => {
    expect(tapped(start + blockStart(0, { type: "text", text: "a" })).complete).toBe(false);
  });
});

describe("a whole body", () => {
  test("has the same facts as the stream of the same answer", () => {
    const content = [
      { type: "thinking", thinking: "hm", signature: "s" },
      { type: "text", text: "Hi" },
      { type: "tool_use", id: "a", name: "f", input: { x: 1 } },
    ];
    const usage = { input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 30 };
    const body = {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-x",
      content,
      stop_reason: "tool_use",
      usage,
    };
    const streamed = tapped(
      start +
        blockStart(0, { type: "thinking", thinking: "", signature: "" }) +
        blockDelta(0, { type: "thinking_delta", thinking: "hm" }) +
        blockStart(1, { type: "text", text: "" }) +
        blockDelta(1, { type: "text_delta", text: "Hi" }) +
        blockStart(2, { type: "tool_use", id: "a", name: "f", input: {} }) +
        blockDelta(2, { type: "input_json_delta", partial_json: '{"x":1}' }) +
        finish,
    );
    expect({ ...streamed, firstContentAtMs: null, lastContentAtMs: null }).toEqual(
      tapped(JSON.stringify(body), { stream: false }),
    );
  });

  test("of a count is an answer and no usage", () => {
    expect(tapped('{"input_tokens":2095}', { stream: false, operation: "count_tokens" })).toMatchObject({
      complete: true,
      usage: null,
      output: [],
      outputPreview: "2095 input tokens",
    });
  });

  test("may be an error", () => {
    const text = '{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}';
    expect(tapped(text, { stream: true }).error).toEqual({
      code: "authentication_error",
      message: "invalid x-api-key",
    });
  });
});
