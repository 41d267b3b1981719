import type { SpanRow } from "@weir/schema";
import { describe, expect, test } from "vitest";
import { keyValues, mapped, messages, text } from "../test-span.ts";
import type { Fields } from "../test-span.ts";

function withEvents(...events: [string, Fields][]): SpanRow {
  return mapped(
    { "gen_ai.operation.name": "chat" },
    { events: events.map(([name, attributes]) => ({ name, attributes: keyValues(attributes) })) },
  );
}

const body = (value: unknown): Fields => ({
  "gen_ai.system": "az.ai.inference",
  "gen_ai.event.content": typeof value === "string" ? value : JSON.stringify(value),
});

describe("events with their body in gen_ai.event.content (Azure)", () => {
  test("are read as the messages that the body holds", () => {
    const call = { id: "a", type: "function", function: { name: "weather", arguments: '{"city":"Bern"}' } };
    const row = withEvents(
      ["gen_ai.system.message", body({ role: "system", content: "Be brief." })],
      ["gen_ai.user.message", body({ role: "user", content: "Weather?" })],
      ["gen_ai.assistant.message", body({ role: "assistant", tool_calls: [call] })],
      ["gen_ai.tool.message", body({ role: "tool", tool_call_id: "a", content: "rain" })],
      ["gen_ai.user.message", body({ role: "user", content: { text: { value: "Thanks" } } })],
      ["gen_ai.user.message", body("no JSON")],
      ["gen_ai.choice", body({ message: { content: "Rain." }, finish_reason: "stop", index: 0 })],
    );
    expect(messages(row.input)).toEqual([
      text("system", "Be brief."),
      text("user", "Weather?"),
      {
        role: "assistant",
        parts: [{ type: "tool_call", id: "a", name: "weather", arguments: { city: "Bern" } }],
      },
      { role: "tool", parts: [{ type: "tool_call_response", id: "a", response: "rain" }] },
      text("user", '{"text":{"value":"Thanks"}}'),
      text("user", "no JSON"),
    ]);
    expect(messages(row.output)).toEqual([{ ...text("assistant", "Rain."), finishReason: "stop" }]);
    expect(row).toMatchObject({ finish_reasons: ["stop"], events: "" });
  });

  test("tell why a choice ended where its content was not recorded", () => {
    const row = withEvents(["gen_ai.choice", body({ finish_reason: "stop", index: 0 })]);
    expect(row).toMatchObject({ finish_reasons: ["stop"], output_preview: "", events: "" });
  });
});

describe("Bedrock's content blocks (Strands Agents)", () => {
  test("are read in messages and in choices", () => {
    const use = { toolUse: { toolUseId: "a", name: "weather", input: { city: "Bern" } } };
    const result = { toolResult: { toolUseId: "a", status: "error", content: [{ text: "no idea" }] } };
    const thought = { reasoningContent: { reasoningText: { text: "hm", signature: "s" } } };
    const row = withEvents(
      ["gen_ai.user.message", { content: '[{"text":"Weather?"},{"cachePoint":{"type":"default"}}]' }],
      ["gen_ai.tool.message", { content: JSON.stringify([result]) }],
      [
        "gen_ai.choice",
        { finish_reason: "tool_use", message: JSON.stringify([thought, { text: "Let me see." }, use]) },
      ],
    );
    expect(messages(row.input)).toEqual([
      {
        role: "user",
        parts: [
          { type: "text", content: "Weather?" },
          { type: "other", name: "cachePoint", value: { cachePoint: { type: "default" } } },
        ],
      },
      {
        role: "tool",
        parts: [{ type: "tool_call_response", id: "a", response: "no idea", isError: true }],
      },
    ]);
    expect(messages(row.output)).toEqual([
      {
        role: "assistant",
        finishReason: "tool_use",
        parts: [
          { type: "reasoning", content: "hm" },
          { type: "text", content: "Let me see." },
          { type: "tool_call", id: "a", name: "weather", arguments: { city: "Bern" } },
        ],
      },
    ]);
    expect(row).toMatchObject({ output_preview: expect.stringContaining("Let me see."), events: "" });
  });

  test("are not what a list with names of its own is", () => {
    const row = withEvents(["gen_ai.user.message", { content: '[{"id":1,"text":"doc"}]' }]);
    expect(messages(row.input)[0]?.parts).toEqual([
      { type: "other", name: "content", value: { id: 1, text: "doc" } },
    ]);
  });
});

describe("a choice", () => {
  test.each([
    ["42", [text("assistant", "42")]],
    ['{"answer": 1}', [text("assistant", '{"answer": 1}')]],
    ["[1,2]", [text("assistant", "[1,2]")]],
    ['[{"id":1}]', [text("assistant", '[{"id":1}]')]],
    ['[{"type":"text","text":"Ho"}]', [text("assistant", "Ho")]],
    ['[{"type":"text","content":"Ho"}]', [text("assistant", "Ho")]],
    ['[{"role":"assistant","content":"Ho"}]', [text("assistant", "Ho")]],
    ['{"message":"Ho","content":"Hi"}', [text("assistant", "Hi")]],
  ])("of %s is kept", (message, expected) => {
    const row = withEvents(["gen_ai.choice", { message }]);
    expect(messages(row.output)).toEqual(expected);
    expect(row.events).toBe("");
  });
});

test("an event of which nothing was read stays an event", () => {
  const row = withEvents(
    ["gen_ai.user.message", { "gen_ai.system": "openai" }],
    ["gen_ai.choice", { index: 0 }],
    ["gen_ai.content.prompt", { other: "x" }],
    ["gen_ai.client.inference.operation.details", { other: "x" }],
  );
  expect(JSON.parse(row.events)).toHaveLength(4);
  expect(row).toMatchObject({ input: "", output: "" });
});
