import { describe, expect, test } from "vitest";
import { mapped, messages, text } from "../test-span.ts";

const observed = (type: string, fields: { input?: unknown; output?: unknown }) =>
  mapped({
    "langfuse.observation.type": type,
    ...(fields.input === undefined ? {} : { "langfuse.observation.input": fields.input }),
    ...(fields.output === undefined ? {} : { "langfuse.observation.output": fields.output }),
  });

describe("what an observed function took and gave", () => {
  test.each([
    ['{"args":[],"kwargs":{"q":"hi"}}'],
    ['{"args":[],"kwargs":{}}'],
    ['{"answer":"x"}'],
    ["{}"],
    ['[{"id":1,"text":"doc"}]'],
    ['[{"id":1}, 2]'],
    ["[1,2]"],
    ["42"],
    ["12345678901234567890"],
    ["true"],
  ])("is kept as its source text where it is no conversation: %s", (source) => {
    const row = observed("span", { input: source, output: source });
    expect(messages(row.input)).toEqual([text("user", source)]);
    expect(messages(row.output)).toEqual([text("assistant", source)]);
    expect(row.input_preview).toBe(source);
    expect(row.attributes).toEqual({});
  });

  test("is kept where it was sent as a value and not as JSON text", () => {
    const row = observed("span", { input: { q: ["a"] }, output: 42 });
    expect(messages(row.input)).toEqual([text("user", '{"q":["a"]}')]);
    expect(messages(row.output)).toEqual([text("assistant", "42")]);
  });

  test("has no text of its own where a message says that it is empty", () => {
    const row = observed("generation", {
      output: '{"role":"assistant","content":"","id":"m-1","response_metadata":{"model":"x"}}',
    });
    expect(messages(row.output).flatMap(({ parts }) => parts)).toEqual([]);
  });

  test.each([["tool"], ["retriever"]])("of a %s is no message for having a content", (type) => {
    const row = observed(type, {
      input: '{"path":"a.txt","content":"x"}',
      output: '[{"id":1,"content":"doc","score":0.5}]',
    });
    expect(messages(row.input)).toEqual([text("user", '{"path":"a.txt","content":"x"}')]);
    expect(messages(row.output)).toEqual([text("assistant", '[{"id":1,"content":"doc","score":0.5}]')]);
  });

  test("stays among the attributes where nothing was read of it", () => {
    expect(observed("retriever", { output: "[]" }).output_preview).toBe("[]");
    const row = observed("generation", { input: "[]" });
    expect(row.input).toBe("");
    expect(row.attributes).toEqual({ "langfuse.observation.input": "[]" });
  });
});

describe("messages of an unknown form", () => {
  test("are shown as they came, beside those of a known one", () => {
    const list = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: { answer: 42 } },
      { role: "user", parts: ["one", { type: "text", content: "two" }] },
      { role: "user", email: "a@b.ch" },
      { type: "note", name: "f", arguments: "{}" },
    ];
    const row = observed("generation", { input: JSON.stringify(list) });
    expect(messages(row.input)).toEqual([
      text("user", "Hi"),
      text("assistant", '{"answer":42}'),
      {
        role: "user",
        parts: [
          { type: "text", content: "one" },
          { type: "text", content: "two" },
        ],
      },
      text("user", '{"role":"user","email":"a@b.ch"}'),
      text("user", '{"type":"note","name":"f","arguments":"{}"}'),
    ]);
  });

  test.each([
    ['{"role":"assistant","content":null}'],
    ['{"role":"assistant","content":[],"finish_reason":null}'],
    ['{"role":"assistant","id":"m1","index":0}'],
  ])("stay without parts where there is nothing to show: %s", (source) => {
    const row = observed("generation", { output: source });
    expect(messages(row.output)).toEqual([{ role: "assistant", parts: [] }]);
  });

  test("take the reason for their end from the choice around them", () => {
    const output = '[{"index":0,"message":{"role":"assistant","content":"Ho"},"finish_reason":"length"}]';
    const row = observed("generation", { output });
    expect(messages(row.output)).toEqual([{ ...text("assistant", "Ho"), finishReason: "length" }]);
  });
});

describe("a whole request as a generation's input", () => {
  const hi = { role: "user", content: "Hi" };
  const tools = [{ type: "function", function: { name: "look", parameters: { type: "object" } } }];

  test.each([
    ["a chat", { messages: [hi], tools, tool_choice: "auto" }],
    ["the Responses API", { input: [hi], tools }],
    ["the Responses API, asked with a text", { input: "Hi", tools }],
  ])("of %s is read as messages, and kept with its tools", (_name, request) => {
    const row = observed("generation", { input: JSON.stringify(request) });
    expect(messages(row.input)).toEqual([text("user", "Hi")]);
    expect(row.raw_request).toBe(JSON.stringify(request));
    expect(row.attributes).toEqual({});
  });

  test("that has messages alone is not kept twice, and an observed function's argument is none", () => {
    expect(observed("generation", { input: JSON.stringify({ messages: [hi] }) }).raw_request).toBe("");
    const row = observed("span", { input: '{"input":"x","tools":[]}' });
    expect(messages(row.input)).toEqual([text("user", '{"input":"x","tools":[]}')]);
    expect(row.raw_request).toBe("");
  });
});
