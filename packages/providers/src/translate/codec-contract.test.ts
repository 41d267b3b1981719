import { describe, expect, test } from "vitest";
import type { JsonObject, WireProtocol } from "../contract.ts";
import { createSseParser, type SseEvent } from "../sse.ts";
import type { CanonicalResponse, CanonicalStreamEvent } from "./canonical.ts";
import type { AnswerContext } from "./codec.ts";
import { codecs } from "./codecs.ts";
import { errorBody, errorEvent, readProviderError } from "./protocol-errors.ts";
import { createReceiptBook } from "./receipt-book.ts";
import { nowMs } from "./replay.ts";
import { translateResponse } from "./translate.ts";

// The contract that every protocol's codec keeps. A new protocol is one more entry of `codecs`.

const protocols: readonly WireProtocol[] = ["openai", "anthropic"];

function context(): AnswerContext {
  return { model: "asked", nowMs, includeUsage: true, inputTokensEstimate: 0, book: createReceiptBook() };
}

const answer: CanonicalResponse = {
  id: "id-1",
  model: "model-1",
  createdAt: nowMs / 1000,
  fingerprint: "",
  serviceTier: "",
  content: [
    { type: "reasoning", text: "hm", signature: "c2ln", path: "" },
    { type: "text", text: "Grüße 🙂", path: "" },
    { type: "tool_call", id: "call_1", name: "f", argumentsText: '{"x":1}', path: "" },
    { type: "tool_call", id: "call_2", name: "g", argumentsText: "{}", path: "" },
  ],
  finish: { reason: "tool_calls", stopSequence: null, refusal: "" },
  usage: {
    inputTokens: 5,
    cacheReadTokens: 3,
    cacheWriteTokens: 2,
    cacheWrite1hTokens: null,
    outputTokens: 9,
    reasoningTokens: 4,
  },
};

const { content, finish, usage, ...head } = answer;

const events: CanonicalStreamEvent[] = [
  { type: "start", head, usage: null },
  ...content.flatMap((part, index): CanonicalStreamEvent[] => {
    const isCall = part.type === "tool_call";
    const kind = isCall ? "tool_call" : part.type === "reasoning" ? "reasoning" : "text";
    const text = isCall ? part.argumentsText : part.type === "redacted_reasoning" ? part.data : part.text;
    return [
      { type: "part-start", part: index, kind, id: isCall ? part.id : "", name: isCall ? part.name : "" },
      { type: "part-delta", part: index, text },
      ...(part.type === "reasoning"
        ? [{ type: "part-signature" as const, part: index, signature: part.signature }]
        : []),
      { type: "part-end", part: index },
    ];
  }),
  { type: "finish", finish },
  { type: "usage", usage: answer.usage ?? unreachable() },
  { type: "done" },
];

function unreachable(): never {
  throw new Error("The answer of this test has usage.");
}

function parse(text: string): SseEvent[] {
  const parsed: SseEvent[] = [];
  const parser = createSseParser((event) => parsed.push(event));
  parser.push(Buffer.from(text));
  parser.end();
  return parsed;
}

describe.each(protocols)("the %s codec", (protocol) => {
  const codec = codecs[protocol];

  test("reads back the request that it writes", () => {
    const body: JsonObject = {
      model: "model-1",
      max_tokens: 10,
      stream: true,
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
        { role: "user", content: "c" },
      ],
    };
    const book = createReceiptBook();
    const written = codec.writeRequest(codec.readRequest(body, book), book);
    const again = codec.writeRequest(codec.readRequest(written, book), book);
    expect(again).toEqual(written);
    expect(written["messages"]).toEqual(body["messages"]);
    expect(book.items).toEqual([]);
  });

  test("names whatever it cannot read in a request, and drops nothing that it does not know in silence", () => {
    const book = createReceiptBook();
    expect(() => codec.readRequest({ model: "m", messages: "none" }, book)).toThrow("messages");
    const request = codec.readRequest({ model: "m", messages: [], invented: 1 }, book);
    codec.writeRequest(request, book);
    expect(book.items.map((item) => item.parameter)).toContain("invented");
  });

  test("reads back the answer that it writes", () => {
    const read = codec.readResponse(codec.writeResponse(answer, context()), createReceiptBook());
    const plain = {
      ...read,
      createdAt: answer.createdAt,
      content: read.content.map((part) => ({ ...part, path: "" })),
    };
    expect(plain).toEqual(answer);
  });

  test("reads back the stream that it writes, to its end", () => {
    const writer = codec.createStreamWriter(context());
    const reader = codec.createStreamReader(createReceiptBook());
    const text = events.map((event) => writer.write(event)).join("");
    const read = parse(text).flatMap((event) => reader.read(event));
    expect(read.at(-1)).toEqual({ type: "done" });
    expect(read.find((event) => event.type === "finish")).toEqual({ type: "finish", finish });
    expect(read.findLast((event) => event.type === "usage")).toEqual({ type: "usage", usage });
    const deltas = (part: number): string =>
      read.map((event) => (event.type === "part-delta" && event.part === part ? event.text : "")).join("");
    expect([0, 1, 2, 3].map(deltas)).toEqual(["hm", "Grüße 🙂", '{"x":1}', "{}"]);
    expect(read).toContainEqual({ type: "part-signature", part: 0, signature: "c2ln" });
  });

  test("a stream event that is no JSON is an error", () => {
    const reader = codec.createStreamReader(createReceiptBook());
    const [read] = reader.read({ event: "message", data: "<html>", id: "" });
    expect(read).toMatchObject({ type: "error", error: { code: "provider_stream_unreadable" } });
  });

  test("reads back the errors that it writes, as a body and as an event", () => {
    const error = { protocol, status: 429, code: "budget_spent", message: "Raise the budget." };
    const read = { code: "budget_spent", message: "Raise the budget." };
    expect(readProviderError({ protocol, status: 429, body: errorBody(error) })).toMatchObject(read);
    expect(
      readProviderError({ protocol, status: 429, body: JSON.stringify(errorBody(error)) }),
    ).toMatchObject(read);
    const [event] = parse(Buffer.from(errorEvent(error)).toString());
    const [streamed] = codec.createStreamReader(createReceiptBook()).read(event ?? unreachable());
    expect(streamed).toMatchObject({ type: "error", error: read });
  });

  test.each([
    ["<html>Bad gateway</html>", "<html>Bad gateway</html>"],
    ["", "HTTP status 502"],
    [{ detail: "Not Found" }, "Not Found"],
    [{ error: "model not found" }, "model not found"],
    [{ object: "error", message: "too long", code: 400 }, "too long"],
    [[{ error: { code: 429, message: "quota", status: "RESOURCE_EXHAUSTED" } }], "quota"],
  ])("finds the message in %j", (body, message) => {
    const error = readProviderError({ protocol, status: 502, body });
    expect(error.message).toContain(message);
    expect(error.code).not.toBe("");
  });

  test("an answer of another kind is refused, not taken for an empty one", () => {
    const to = protocol === "openai" ? "anthropic" : "openai";
    expect(() => translateResponse({ from: protocol, to, body: { ok: true }, model: "m" })).toThrow(
      "base URL",
    );
  });
});
