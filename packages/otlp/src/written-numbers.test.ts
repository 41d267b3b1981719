import { describe, expect, test } from "vitest";
import { mapped, messages } from "./test-span.ts";

/** Arguments that JavaScript would print otherwise. */
const written = '{"id":12345678901234567890,"rate":1.0}';

/** Arguments and results of tools in a row's input. */
function valuesIn(attributes: Record<string, string>): unknown[] {
  const row = mapped({ "gen_ai.operation.name": "chat", ...attributes });
  return messages(row.input)
    .flatMap(({ parts }) => parts)
    .flatMap((part) =>
      part.type === "tool_call"
        ? [part.arguments]
        : part.type === "tool_call_response"
          ? [part.response]
          : [],
    );
}

describe("a tool's arguments and results whose numbers would be printed otherwise stay text", () => {
  const said = (content: string): string => `[{"role":"assistant","content":[${content}]}]`;

  test.each([
    ["OpenTelemetry's", `{"role":"assistant","parts":[{"type":"tool_call","arguments":${written}}]}`],
    ["OpenTelemetry's", `{"role":"tool","parts":[{"type":"tool_call_response","response":${written}}]}`],
    ["Anthropic's", said(`{"type":"tool_use","id":"t","name":"f","input":${written}}`)],
    ["the AI SDK's", said(`{"type":"tool-call","toolCallId":"t","toolName":"f","input":${written}}`)],
    [
      "the AI SDK's",
      `[{"role":"tool","content":[{"type":"tool-result","output":{"type":"json","value":${written}}}]}]`,
    ],
    ["Bedrock's", said(`{"toolUse":{"toolUseId":"t","name":"f","input":${written}}}`)],
    ["Bedrock's", `[{"role":"tool","content":[{"toolResult":{"content":[{"json":${written}}]}}]}]`],
    [
      "OpenAI's",
      JSON.stringify([{ role: "assistant", tool_calls: [{ function: { name: "f", arguments: written } }] }]),
    ],
    ["OpenAI's", JSON.stringify({ type: "function_call", call_id: "c", name: "f", arguments: written })],
  ])("in messages of %s form: %s", (_form, source) => {
    expect(valuesIn({ "gen_ai.input.messages": source })).toEqual([written]);
  });

  test("in attributes of a tool's span", () => {
    const row = mapped({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.call.arguments": written,
      "gen_ai.tool.call.result": written,
    });
    expect(messages(row.input)[0]?.parts).toMatchObject([{ arguments: written }]);
    expect(messages(row.output)[0]?.parts).toMatchObject([{ response: written }]);
  });

  test("in lists that were flattened into names, or into one attribute of an event", () => {
    expect(
      valuesIn({ "gen_ai.prompt.0.role": "assistant", "gen_ai.prompt.0.tool_calls.0.arguments": written }),
    ).toEqual([written]);
    const toolCalls = `[{"id":"t","function":{"name":"f","arguments":${written}}}]`;
    const attributes = [{ key: "tool_calls", value: { stringValue: toolCalls } }];
    const row = mapped({}, { events: [{ name: "gen_ai.assistant.message", attributes }] });
    expect(messages(row.input)[0]?.parts).toMatchObject([{ arguments: written }]);
  });
});

test("metadata and data keep their numbers, and a number is no object", () => {
  const row = mapped({
    "langfuse.observation.type": "span",
    "langfuse.trace.metadata": '{"order":12345678901234567890}',
    "langfuse.observation.metadata": "12345678901234567890",
    "langfuse.observation.input": `[{"role":"user","content":{"a":1.0}}]`,
  });
  expect(row.metadata).toEqual({ order: "12345678901234567890" });
  expect(row.attributes).toEqual({ "langfuse.observation.metadata": "12345678901234567890" });
  expect(messages(row.input)[0]?.parts).toEqual([{ type: "text", content: '{"a":1.0}' }]);
});

test("tokens that are counted with a fraction are counted", () => {
  const row = mapped({
    "langfuse.observation.type": "generation",
    "langfuse.observation.usage_details": '{"input":10.0,"output":2.0}',
  });
  expect(row).toMatchObject({ input_tokens: 10, output_tokens: 2 });
});
