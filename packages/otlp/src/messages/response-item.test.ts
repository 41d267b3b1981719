import type { Message } from "@weir/schema";
import { describe, expect, test } from "vitest";
import { mapped, messages, text } from "../test-span.ts";

const asked = {
  role: "user",
  content: [{ type: "input_text", text: "How is the weather in Ulm and Bern?" }],
};
const thought = { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "Two towns." }] };
const call = (id: string, city: string) => ({
  type: "function_call",
  id: `fc_${id}`,
  call_id: id,
  name: "weather",
  arguments: JSON.stringify({ city }),
  status: "completed",
});
const output = (id: string, value: unknown) => ({ type: "function_call_output", call_id: id, output: value });
const said = {
  type: "message",
  id: "msg_1",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text: "Dry in both.", annotations: [] }],
};

const calls: Message = {
  role: "assistant",
  parts: [
    { type: "reasoning", content: "Two towns." },
    { type: "tool_call", id: "c1", name: "weather", arguments: { city: "Ulm" } },
    { type: "tool_call", id: "c2", name: "weather", arguments: { city: "Bern" } },
  ],
};
const results: Message[] = [
  { role: "tool", parts: [{ type: "tool_call_response", id: "c1", response: "dry" }] },
  { role: "tool", parts: [{ type: "tool_call_response", id: "c2", response: "dry" }] },
];

describe("items of OpenAI's Responses API are the turns of a conversation", () => {
  const items = [
    asked,
    thought,
    call("c1", "Ulm"),
    call("c2", "Bern"),
    output("c1", "dry"),
    output("c2", [{ type: "input_text", text: "dry" }]),
  ];
  const conversation = [text("user", "How is the weather in Ulm and Bern?"), calls, ...results];
  const answer = [thought, call("c1", "Ulm"), said];
  const answered: Message = {
    role: "assistant",
    parts: [...calls.parts.slice(0, 2), { type: "text", content: "Dry in both." }],
  };

  test.each([
    ["Langfuse", { "langfuse.observation.type": "generation" }, "langfuse.observation.input"],
    ["OpenTelemetry", { "gen_ai.operation.name": "chat" }, "gen_ai.input.messages"],
  ])("in the input of %s", (_name, fields, attribute) => {
    expect(messages(mapped({ ...fields, [attribute]: JSON.stringify(items) }).input)).toEqual(conversation);
  });

  test("in the request and the response that OpenInference copies", () => {
    const row = mapped({
      "openinference.span.kind": "LLM",
      "input.value": JSON.stringify({ model: "m", input: items }),
      "output.value": JSON.stringify({ object: "response", output: answer }),
    });
    expect(messages(row.input)).toEqual(conversation);
    expect(messages(row.output)).toEqual([answered]);
  });

  test("in Langfuse's output, which is one answer of many items or a single one", () => {
    const read = (value: unknown): Message[] =>
      messages(
        mapped({
          "langfuse.observation.type": "generation",
          "langfuse.observation.output": JSON.stringify(value),
        }).output,
      );
    expect(read(answer)).toEqual([answered]);
    expect(read(call("c1", "Ulm"))).toEqual([{ role: "assistant", parts: calls.parts.slice(1, 2) }]);
  });
});

describe("an item", () => {
  const read = (item: unknown): Message[] =>
    messages(
      mapped({ "gen_ai.operation.name": "chat", "gen_ai.input.messages": JSON.stringify([item]) }).input,
    );

  test("of reasoning whose text the provider keeps says that there was some", () => {
    const empty = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAAA" };
    expect(read(empty)).toEqual([{ role: "assistant", parts: [{ type: "reasoning", content: "" }] }]);
    const whole = { ...empty, content: [{ type: "reasoning_text", text: "Hm." }] };
    expect(read(whole)).toEqual([{ role: "assistant", parts: [{ type: "reasoning", content: "Hm." }] }]);
  });

  test("of a custom tool takes and gives text", () => {
    const named = { type: "custom_tool_call", call_id: "c", name: "sh", input: "ls" };
    expect(read(named)).toEqual([
      { role: "assistant", parts: [{ type: "tool_call", id: "c", name: "sh", arguments: "ls" }] },
    ]);
    expect(read({ type: "custom_tool_call_output", call_id: "c", output: "a b" })).toEqual([
      { role: "tool", parts: [{ type: "tool_call_response", id: "c", response: "a b" }] },
    ]);
  });

  test("of a tool that OpenAI runs is shown with all its fields", () => {
    const search = { type: "web_search_call", id: "ws_1", action: { type: "search", query: "Ulm" } };
    expect(read(search)).toEqual([
      { role: "assistant", parts: [{ type: "other", name: "web_search_call", value: search }] },
    ]);
  });

  test("of a user's message may hold an image or a file", () => {
    const url = "https://example.com/gauge.png";
    const file = { type: "input_file", file_id: "file-1" };
    const content = [{ type: "input_image", image_url: url, detail: "auto" }, file];
    expect(read({ type: "message", role: "user", content })).toEqual([
      {
        role: "user",
        parts: [
          { type: "media", modality: "image", mediaType: "image/*", url },
          { type: "other", name: "file", value: file },
        ],
      },
    ]);
  });

  test("that only looks like one stays data", () => {
    const data = { type: "phone_call", minutes: 3 };
    expect(read(data)).toEqual([text("user", JSON.stringify([data]))]);
  });
});
