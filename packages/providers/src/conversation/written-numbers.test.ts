import { messageSchema } from "@weir/schema";
import { describe, expect, test } from "vitest";
import type { WireProtocol } from "../contract.ts";
import { translateRequest, translateResponse } from "../translate/translate.ts";
import { readConversation, readOutput } from "./read-conversation.ts";

/** Arguments that JavaScript would print otherwise. */
const written = '{"id":12345678901234567890,"rate":1.0,"list":[1e400,-0]}';

const event = (fields: object): string => `data: ${JSON.stringify(fields)}\n\n`;

const request = (protocol: WireProtocol, text: string) =>
  readConversation({ protocol, operation: "chat", request: text });

const answer = (protocol: WireProtocol, stream: boolean, response: string) =>
  readOutput({ protocol, operation: "chat", stream, response });

const anthropicCall = (input: string): string =>
  `{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":${input}}]}`;
const openAiCall = (args: unknown): string =>
  JSON.stringify({
    role: "assistant",
    tool_calls: [{ id: "t", type: "function", function: { name: "f", arguments: args } }],
  });

describe("arguments with a number that would be printed otherwise stay text", () => {
  const parts = [{ type: "tool_call", id: "t", name: "f", arguments: written }];

  test.each<[string, () => ReturnType<typeof answer>]>([
    ["an OpenAI request", () => request("openai", `{"messages":[${openAiCall(written)}]}`).input],
    ["an OpenAI answer", () => answer("openai", false, `{"choices":[{"message":${openAiCall(written)}}]}`)],
    ["an Anthropic request", () => request("anthropic", `{"messages":[${anthropicCall(written)}]}`).input],
    ["an Anthropic answer", () => answer("anthropic", false, anthropicCall(written))],
    [
      "an Anthropic stream",
      () =>
        answer(
          "anthropic",
          true,
          event({
            type: "content_block_start",
            index: 0,
            content_block: { type: "tool_use", id: "t", name: "f", input: {} },
          }) +
            event({
              type: "content_block_delta",
              index: 0,
              delta: { type: "input_json_delta", partial_json: written },
            }),
        ),
    ],
  ])("in %s", (_where, read) => {
    const messages = read();
    expect(messages).toEqual([{ role: "assistant", parts }]);
    for (const message of messages) expect(messageSchema.parse(message)).toEqual(message);
  });
});

test("arguments of plain numbers are parsed, and those nested beyond walking are read all the same", () => {
  const [parsed] = request("openai", `{"messages":[${openAiCall('{"n":[1,0.5,1e-7]}')}]}`).input;
  expect(parsed?.parts).toMatchObject([{ arguments: { n: [1, 0.5, 1e-7] } }]);
  const deep = `{"a":${"[".repeat(50_000)}1.0${"]".repeat(50_000)}}`;
  for (const protocol of ["openai", "anthropic"] as const) {
    const call = protocol === "openai" ? openAiCall(deep) : anthropicCall(deep);
    expect(request(protocol, `{"messages":[${call}]}`).input[0]?.parts).toHaveLength(1);
  }
});

test("parameters are printed as the caller wrote them", () => {
  const { parameters } = request("openai", '{"messages":[],"seed":12345678901234567890,"temperature":1.0}');
  expect(JSON.stringify(parameters)).toBe('{"seed":12345678901234567890,"temperature":1.0}');
});

test("a call of OpenAI's gives Anthropic's its numbers as the model wrote them", () => {
  const messages: unknown = JSON.parse(`[${openAiCall(written)},{"role":"user","content":"go on"}]`);
  const sent = translateRequest({
    from: "openai",
    to: "anthropic",
    body: { model: "claude-sonnet-4-5", max_tokens: 9, messages },
    strict: false,
  });
  const message: unknown = JSON.parse(openAiCall(written));
  const answered = translateResponse({
    from: "openai",
    to: "anthropic",
    model: "m",
    body: { choices: [{ message, finish_reason: "tool_calls" }] },
  });
  for (const { body } of [sent, answered]) expect(JSON.stringify(body)).toContain(`"input":${written}`);
});
