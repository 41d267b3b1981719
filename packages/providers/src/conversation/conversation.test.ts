import { describe, expect, test } from "vitest";
import { messageSchema } from "@weir/schema";
import { readConversation, readOutput } from "./read-conversation.ts";
import { previewMessage, previewText } from "./preview.ts";

const chat = (protocol: "openai" | "anthropic", body: unknown) =>
  readConversation({ protocol, operation: "chat", request: JSON.stringify(body) });

const blob = `weir-blob:sha256/${"ab".repeat(32)}`;

describe("readConversation of OpenAI requests", () => {
  test("reads every role, media, tool calls and their results", () => {
    const conversation = chat("openai", {
      model: "m",
      temperature: 0.5,
      messages: [
        { role: "developer", content: "Be brief." },
        {
          role: "user",
          name: "eva",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=", detail: "low" } },
            { type: "image_url", image_url: { url: blob } },
            { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
            { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" } },
          ],
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            { id: "a", type: "function", function: { name: "look", arguments: '{"deep":true}' } },
            { id: "b", type: "custom", custom: { name: "sh", input: "ls" } },
          ],
        },
        { role: "tool", tool_call_id: "a", content: "a weir" },
      ],
      tools: [
        {
          type: "function",
          function: { name: "look", description: "Looks.", parameters: { type: "object" } },
        },
      ],
    });
    expect(conversation.input).toEqual([
      { role: "developer", parts: [{ type: "text", content: "Be brief." }] },
      {
        role: "user",
        name: "eva",
        parts: [
          { type: "text", content: "What is this?" },
          {
            type: "media",
            modality: "image",
            mediaType: "image/png",
            url: "data:image/png;base64,iVBORw0KGgo=",
          },
          { type: "media", modality: "image", mediaType: "image/*", url: blob },
          { type: "media", modality: "audio", mediaType: "audio/wav", url: "data:audio/wav;base64,UklGRg==" },
          {
            type: "media",
            modality: "file",
            mediaType: "application/pdf",
            url: "data:application/pdf;base64,JVBERi0=",
          },
        ],
      },
      {
        role: "assistant",
        parts: [
          { type: "tool_call", id: "a", name: "look", arguments: { deep: true } },
          { type: "tool_call", id: "b", name: "sh", arguments: "ls" },
        ],
      },
      { role: "tool", parts: [{ type: "tool_call_response", id: "a", response: "a weir" }] },
    ]);
    for (const message of conversation.input) expect(messageSchema.parse(message)).toEqual(message);
    expect(conversation.tools).toEqual([
      { name: "look", description: "Looks.", parameters: { type: "object" } },
    ]);
    expect(conversation.parameters).toEqual({ model: "m", temperature: 0.5 });
  });

  test("reads the inputs of embeddings", () => {
    const read = (input: unknown) =>
      readConversation({
        protocol: "openai",
        operation: "embeddings",
        request: JSON.stringify({ model: "e", input }),
      });
    expect(read(["a", "b"]).input.map((message) => message.parts)).toEqual([
      [{ type: "text", content: "a" }],
      [{ type: "text", content: "b" }],
    ]);
    expect(read([1, 2]).input).toHaveLength(1);
    expect(read("a").parameters).toEqual({ model: "e" });
  });
});

describe("readConversation of Anthropic requests", () => {
  test("reads the system, blocks, media, tools and results", () => {
    const conversation = chat("anthropic", {
      model: "m",
      max_tokens: 9,
      system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
      messages: [
        {
          role: "user",
          content: [
            { type: "image", source: { type: "base64", media_type: "image/jpeg", data: "/9j/4AAQ" } },
            { type: "document", source: { type: "base64", media_type: "application/pdf", data: blob } },
            { type: "text", text: "Which?" },
          ],
        },
        { role: "assistant", content: [{ type: "tool_use", id: "t", name: "look", input: { at: 1 } }] },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "t",
              is_error: true,
              content: [{ type: "text", text: "too dark" }],
            },
          ],
        },
      ],
      tools: [
        { name: "look", description: "Looks.", input_schema: { type: "object" } },
        { type: "web_search_20250305", name: "web_search", max_uses: 3 },
      ],
    });
    expect(conversation.input).toEqual([
      { role: "system", parts: [{ type: "text", content: "Be brief." }] },
      {
        role: "user",
        parts: [
          {
            type: "media",
            modality: "image",
            mediaType: "image/jpeg",
            url: "data:image/jpeg;base64,/9j/4AAQ",
          },
          { type: "media", modality: "file", mediaType: "application/pdf", url: blob },
          { type: "text", content: "Which?" },
        ],
      },
      { role: "assistant", parts: [{ type: "tool_call", id: "t", name: "look", arguments: { at: 1 } }] },
      {
        role: "user",
        parts: [{ type: "tool_call_response", id: "t", response: "too dark", isError: true }],
      },
    ]);
    expect(conversation.tools.map((tool) => tool.name)).toEqual(["look", "web_search"]);
    expect(conversation.parameters).toEqual({ model: "m", max_tokens: 9 });
  });
});

test("a message of very many parts is read", () => {
  const content = Array.from({ length: 200_000 }, () => ({ type: "text", text: "a" }));
  const messages = [{ role: "assistant", content }];
  for (const protocol of ["openai", "anthropic"] as const) {
    expect(chat(protocol, { messages }).input[0]?.parts).toHaveLength(content.length);
  }
});

test("bodies that nobody can read give an empty conversation and no answer", () => {
  for (const request of [
    "",
    "{",
    "[]",
    "null",
    '{"messages":{"a":1}}',
    '{"messages":[null,3,{"content":[7]}]}',
  ]) {
    for (const protocol of ["openai", "anthropic"] as const) {
      const { input } = readConversation({ protocol, operation: "chat", request });
      expect(input.every((message) => message.parts.length === 0)).toBe(true);
      expect(readOutput({ protocol, operation: "chat", stream: false, response: request })).toEqual([]);
    }
  }
});

test("readOutput reads a stream's text as its answer", () => {
  const response = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n';
  expect(readOutput({ protocol: "openai", operation: "chat", stream: true, response })).toEqual([
    { role: "assistant", parts: [{ type: "text", content: "Hi" }] },
  ]);
});

describe("previews", () => {
  test("are one line, within the limit, and never end in half a character", () => {
    expect(previewText("  a\n\n b\t c ")).toBe("a b c");
    expect(previewText("x".repeat(500))).toHaveLength(200);
    expect(previewText(`${"x".repeat(199)}🧡`)).toBe("x".repeat(199));
  });

  test("fall back to what a message has instead of text", () => {
    const call = { type: "tool_call" as const, id: "a", name: "f", arguments: { x: 1 } };
    expect(previewMessage({ role: "assistant", parts: [{ type: "reasoning", content: "hm" }, call] })).toBe(
      'f({"x":1})',
    );
    expect(previewMessage({ role: "assistant", parts: [{ type: "reasoning", content: "hm" }] })).toBe("hm");
  });
});
