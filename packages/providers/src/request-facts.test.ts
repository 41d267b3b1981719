import { expect, test } from "vitest";
import { readRequestFacts } from "./request-facts.ts";

test("reads an OpenAI request", () => {
  const facts = readRequestFacts({
    protocol: "openai",
    operation: "chat",
    body: {
      model: "gpt-x",
      stream: true,
      stream_options: { include_usage: true },
      user: "u1",
      metadata: { session_id: "s1", plan: "pro", depth: 3, nothing: null },
      messages: [
        { role: "system", content: "S" },
        {
          role: "user",
          content: [
            { type: "text", text: "What is\nthis?" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
          ],
        },
        { role: "assistant", content: "A" },
        { role: "tool", tool_call_id: "t", content: "T" },
      ],
    },
  });
  expect(facts).toEqual({
    model: "gpt-x",
    stream: true,
    includeUsage: true,
    inputPreview: "What is this? [image]",
    userId: "u1",
    sessionId: "s1",
    metadata: { session_id: "s1", plan: "pro", depth: "3" },
  });
});

test("reads an Anthropic request, with the session that Claude Code hides in its user", () => {
  const session = "123e4567-e89b-12d3-a456-426614174000";
  const facts = readRequestFacts({
    protocol: "anthropic",
    operation: "chat",
    body: {
      model: "claude-x",
      metadata: { user_id: `user_abc_account__session_${session}` },
      messages: [
        { role: "user", content: "Find it" },
        { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: {} }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "long output" }] },
      ],
    },
  });
  expect(facts).toMatchObject({
    stream: false,
    includeUsage: true,
    inputPreview: "Find it",
    sessionId: session,
  });
  expect(facts.userId).toContain("user_abc");
});

test("previews embeddings, and never streams them", () => {
  const read = (input: unknown) =>
    readRequestFacts({
      protocol: "openai",
      operation: "embeddings",
      body: { model: "e", stream: true, input },
    });
  expect(read(["a", "b", "c"])).toMatchObject({ inputPreview: "a (+2)", stream: false });
  expect(read([1, 2, 3]).inputPreview).toBe("[3 tokens]");
});

test("survives bodies of the wrong shape", () => {
  for (const body of [
    {},
    { model: 7, messages: "x" },
    { messages: [null, { role: "user" }] },
    { metadata: [1], input: {} },
  ]) {
    for (const protocol of ["openai", "anthropic"] as const) {
      for (const operation of ["chat", "embeddings", "count_tokens"] as const) {
        expect(readRequestFacts({ protocol, operation, body })).toMatchObject({
          model: "",
          inputPreview: "",
        });
      }
    }
  }
});
