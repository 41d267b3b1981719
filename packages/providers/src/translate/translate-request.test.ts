import { describe, expect, test } from "vitest";
import type { JsonObject, Translated } from "../contract.ts";
import { ProvidersError } from "../errors.ts";
import { translateRequest } from "./translate.ts";

const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";
const pdf = Buffer.from("%PDF-1.4\n").toString("base64");

function toAnthropic(body: JsonObject, strict = false): Translated {
  return translateRequest({
    from: "openai",
    to: "anthropic",
    body: {
      model: "claude-sonnet-4-5",
      max_tokens: 1000,
      messages: [{ role: "user", content: "hi" }],
      ...body,
    },
    strict,
  });
}

function toOpenAi(body: JsonObject, strict = false): Translated {
  return translateRequest({
    from: "anthropic",
    to: "openai",
    body: { model: "gpt-4.1", max_tokens: 1000, messages: [{ role: "user", content: "hi" }], ...body },
    strict,
  });
}

function lost(translated: Translated): string[] {
  return translated.receipt.map((item) => `${item.action} ${item.parameter}`);
}

function refusal(call: () => unknown): ProvidersError {
  try {
    call();
  } catch (error) {
    if (error instanceof ProvidersError) return error;
    throw error;
  }
  throw new Error("The call was not refused.");
}

const weather = {
  type: "function",
  function: { name: "weather", description: "d", parameters: { type: "object" } },
};

describe("messages to Anthropic", () => {
  test("instructions at the beginning are the system prompt, later ones stay in their place", () => {
    const translated = toAnthropic({
      messages: [
        { role: "system", content: "Be kind." },
        { role: "developer", content: [{ type: "text", text: "Be brief." }] },
        { role: "user", content: "hi" },
        { role: "system", content: "Now in French." },
      ],
    });
    expect(translated.body["system"]).toEqual([
      { type: "text", text: "Be kind." },
      { type: "text", text: "Be brief." },
    ]);
    expect(JSON.stringify(translated.body["messages"])).toContain("Now in French.");
    expect(lost(translated)).toEqual(["emulated messages[3]"]);
  });

  test("the results of parallel calls stand in one user turn, with what the user says after them", () => {
    const call = (id: string): JsonObject => ({
      id,
      type: "function",
      function: { name: "weather", arguments: "{}" },
    });
    const { body } = toAnthropic({
      tools: [weather],
      messages: [
        { role: "user", content: "hi" },
        { role: "assistant", content: null, tool_calls: [call("a"), call("functions.b:0")] },
        { role: "tool", tool_call_id: "a", content: "1" },
        { role: "tool", tool_call_id: "functions.b:0", content: [{ type: "text", text: "2" }] },
        { role: "user", content: "and?" },
      ],
    });
    expect(body["messages"]).toEqual([
      { role: "user", content: "hi" },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "a", name: "weather", input: {} },
          { type: "tool_use", id: "functions_b_0", name: "weather", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", content: "1" },
          { type: "tool_result", tool_use_id: "functions_b_0", content: "2" },
          { type: "text", text: "and?" },
        ],
      },
    ]);
  });

  test("images by URL and inline, PDFs, and cache marks arrive", () => {
    const { body } = toAnthropic(
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "image_url", image_url: { url: "https://example.test/a.png" } },
              { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } },
              { type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${pdf}` } },
              { type: "text", text: "look", cache_control: { type: "ephemeral", ttl: "1h" } },
            ],
          },
        ],
      },
      true,
    );
    expect(body["messages"]).toEqual([
      {
        role: "user",
        content: [
          { type: "image", source: { type: "url", url: "https://example.test/a.png" } },
          { type: "image", source: { type: "base64", media_type: "image/png", data: png } },
          {
            type: "document",
            source: { type: "base64", media_type: "application/pdf", data: pdf },
            title: "a.pdf",
          },
          { type: "text", text: "look", cache_control: { type: "ephemeral", ttl: "1h" } },
        ],
      },
    ]);
  });

  test.each([
    ["not a URL", "no-url"],
    ["no base64", "data:image/png,abc"],
    ["broken base64", "data:image/png;base64,%%%%"],
    ["no image", `data:image/png;base64,${Buffer.from("just some text").toString("base64")}`],
    ["empty", "data:image/png;base64,"],
  ])("an unreadable image (%s) is refused by its path", (_, url) => {
    const content = [{ type: "image_url", image_url: { url } }];
    const messages = [
      { role: "user", content: "hi" },
      { role: "user", content },
    ];
    const error = refusal(() => toAnthropic({ messages }));
    expect(error).toMatchObject({
      code: "unreadable_image",
      status: 400,
      parameter: "messages[1].content[0].image_url.url",
    });
    expect(error.message).toContain("messages[1].content[0].image_url.url");
  });

  test("an image with the wrong media type is sent with the right one", () => {
    const translated = toAnthropic({
      messages: [
        {
          role: "user",
          content: [{ type: "image_url", image_url: { url: `data:image/jpeg;base64,${png}` } }],
        },
      ],
    });
    expect(JSON.stringify(translated.body)).toContain('"media_type":"image/png"');
    expect(lost(translated)).toEqual(["rewritten messages[0].content[0].image_url.url"]);
  });

  test("what would leave out a part of the question is refused", () => {
    const audio = [
      { role: "user", content: [{ type: "input_audio", input_audio: { data: "", format: "wav" } }] },
    ];
    expect(refusal(() => toAnthropic({ messages: audio })).code).toBe("unsupported_content");
    const file = [{ role: "user", content: [{ type: "file", file: { file_id: "file-1" } }] }];
    expect(refusal(() => toAnthropic({ messages: file })).parameter).toBe(
      "messages[0].content[0].file.file_id",
    );
  });

  test("arguments that are no JSON object do not break the conversation", () => {
    const call = { id: "a", type: "function", function: { name: "f", arguments: '{"x": tru' } };
    const messages = [
      { role: "user", content: "hi" },
      { role: "assistant", tool_calls: [call] },
    ];
    const translated = toAnthropic({ messages });
    expect(JSON.stringify(translated.body["messages"])).toContain(
      String.raw`"input":{"arguments":"{\"x\": tru"}`,
    );
    expect(lost(translated)).toEqual(["rewritten messages[1].tool_calls[0]"]);
  });

  test("white space alone is left out wherever it stands, as empty text is", () => {
    const call = { id: "a", type: "function", function: { name: "weather", arguments: "{}" } };
    const { body } = toAnthropic(
      {
        tools: [weather],
        messages: [
          { role: "system", content: " " },
          { role: "system", content: "Be kind." },
          {
            role: "user",
            content: [
              { type: "text", text: "hi" },
              { type: "text", text: "\n" },
            ],
          },
          { role: "assistant", content: "\n\n", tool_calls: [call] },
          { role: "tool", tool_call_id: "a", content: "\n" },
        ],
      },
      true,
    );
    expect(body["system"]).toBe("Be kind.");
    expect(body["messages"]).toEqual([
      { role: "user", content: "hi" },
      { role: "assistant", content: [{ type: "tool_use", id: "a", name: "weather", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "a" }] },
    ]);
  });

  test.each([
    ["messages", {}],
    ["messages[0].role", [{ role: "narrator", content: "x" }]],
    ["messages[0].content", [{ role: "user", content: 7 }]],
    ["messages[0].tool_call_id", [{ role: "tool", content: "x" }]],
  ])("a malformed %s is named", (parameter, messages) => {
    expect(refusal(() => toAnthropic({ messages }))).toMatchObject({ code: "invalid_request", parameter });
  });
});

test("what would exhaust the stack is refused or told in short, as anything else", () => {
  const url = `data:${";".repeat(8_000_000)}`;
  const content = [{ type: "image_url", image_url: { url } }];
  expect(refusal(() => toAnthropic({ messages: [{ role: "user", content }] })).code).toBe("unreadable_image");
  const unknown = Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`field_${index}`, 1]));
  const { receipt } = toAnthropic(unknown);
  expect(receipt).toHaveLength(1001);
  expect(receipt.at(-1)).toMatchObject({ parameter: "others", detail: "199000 more changes." });
});

describe("parameters to Anthropic", () => {
  test("required max_tokens is chosen and said so", () => {
    const translated = toAnthropic({ max_tokens: null, stream: true });
    expect(translated.body["max_tokens"]).toBe(64_000);
    expect(lost(translated)).toEqual(["emulated max_tokens"]);
  });

  test("everything that Anthropic lacks is in the receipt, and strict mode refuses it by name", () => {
    const body = {
      n: 2,
      seed: 1,
      logprobs: true,
      top_logprobs: 2,
      logit_bias: { 1: 2 },
      presence_penalty: 0.5,
      frequency_penalty: 0.5,
      metadata: { a: "b" },
      prediction: { type: "content", content: "x" },
      temperature: 1.5,
      invented: true,
    };
    const translated = toAnthropic(body);
    expect(lost(translated).toSorted()).toEqual([
      "dropped frequency_penalty",
      "dropped invented",
      "dropped logit_bias",
      "dropped logprobs",
      "dropped metadata",
      "dropped n",
      "dropped prediction",
      "dropped presence_penalty",
      "dropped seed",
      "dropped top_logprobs",
      "rewritten temperature",
    ]);
    expect(translated.body["temperature"]).toBe(1);
    const error = refusal(() => toAnthropic(body, true));
    expect(error.code).toBe("translation_refused");
    expect(error.receipt).toEqual(translated.receipt);
    expect(error.message).toContain("logit_bias");
  });

  test("what loses nothing leaves no receipt, also in strict mode", () => {
    const { body, receipt } = toAnthropic(
      {
        max_tokens: undefined,
        max_completion_tokens: 77,
        n: 1,
        logprobs: false,
        store: false,
        presence_penalty: 0,
        temperature: 0.3,
        stop: "END",
        user: "u-1",
        service_tier: "default",
        tools: [weather],
        tool_choice: "required",
        parallel_tool_calls: false,
        stream: true,
        stream_options: { include_usage: true },
      },
      true,
    );
    expect(receipt).toEqual([]);
    expect(body).toMatchObject({
      max_tokens: 77,
      temperature: 0.3,
      stop_sequences: ["END"],
      metadata: { user_id: "u-1" },
      service_tier: "standard_only",
      tool_choice: { type: "any", disable_parallel_tool_use: true },
      stream: true,
    });
  });

  test("tool_choice in all its forms", () => {
    const choose = (tool_choice: unknown): unknown =>
      toAnthropic({ tools: [weather], tool_choice }).body["tool_choice"];
    expect(choose("auto")).toEqual({ type: "auto" });
    expect(choose("none")).toEqual({ type: "none" });
    expect(choose({ type: "function", function: { name: "weather" } })).toEqual({
      type: "tool",
      name: "weather",
    });
    const allowed = { mode: "required", tools: [{ type: "function", function: { name: "other" } }] };
    const translated = toAnthropic({
      tools: [weather],
      tool_choice: { type: "allowed_tools", allowed_tools: allowed },
    });
    expect(translated.body["tools"]).toBeUndefined();
    expect(lost(translated)).toContain("emulated tool_choice");
  });

  test("reasoning becomes an effort on new models, a budget on older ones, nothing where a tool is forced", () => {
    const effort = toAnthropic({ model: "claude-opus-5", reasoning_effort: "high" });
    expect(effort.body).toMatchObject({ thinking: { type: "adaptive" }, output_config: { effort: "high" } });
    expect(effort.receipt).toEqual([]);
    const budget = toAnthropic({ reasoning_effort: "high", max_tokens: 8000, temperature: 0.2 });
    expect(budget.body["thinking"]).toEqual({ type: "enabled", budget_tokens: 6000 });
    expect(budget.body["temperature"]).toBeUndefined();
    expect(lost(budget)).toEqual(["emulated reasoning_effort", "dropped temperature"]);
    const tight = toAnthropic({ reasoning_effort: "high", max_tokens: 1000 });
    expect(lost(tight)).toEqual(["dropped reasoning_effort"]);
    const forced = toAnthropic({
      model: "claude-opus-5",
      reasoning_effort: "low",
      tools: [weather],
      tool_choice: "required",
    });
    expect(forced.body["thinking"]).toBeUndefined();
    expect(lost(forced)).toEqual(["dropped reasoning_effort"]);
  });

  test("models that take no sampling parameters and no forced tool are not sent them", () => {
    const translated = toAnthropic({
      model: "claude-opus-5-5",
      temperature: 0.3,
      top_p: 0.9,
      tools: [weather],
      tool_choice: "required",
    });
    expect(translated.body["temperature"]).toBeUndefined();
    expect(translated.body["tool_choice"]).toEqual({ type: "auto" });
    expect(lost(translated)).toEqual(["rewritten tool_choice", "dropped temperature", "dropped top_p"]);
  });

  test("the name of the tool that emulates structured output is reserved", () => {
    const tool = { type: "function", function: { name: "weir_structured_output" } };
    expect(refusal(() => toAnthropic({ tools: [tool] }))).toMatchObject({
      code: "invalid_request",
      parameter: "tools[0]",
    });
  });

  test("a guaranteed schema keeps what Anthropic refuses in its descriptions, in answers and in tools", () => {
    const schema = {
      type: "object",
      properties: { stars: { type: "integer", minimum: 1, maximum: 5 } },
      required: ["stars"],
      additionalProperties: false,
    };
    const stars = { type: "integer", description: "minimum: 1\nmaximum: 5" };
    const fitted = { ...schema, properties: { stars } };
    const answer = toAnthropic({
      response_format: { type: "json_schema", json_schema: { name: "review", schema, strict: true } },
    });
    expect(answer.body["output_config"]).toEqual({ format: { type: "json_schema", schema: fitted } });
    expect(answer.receipt).toMatchObject([{ action: "rewritten", parameter: "response_format" }]);
    expect(answer.receipt[0]?.detail).toContain("minimum, maximum");

    const rate = { type: "function", function: { name: "rate", parameters: schema, strict: true } };
    const tool = toAnthropic({ tools: [rate] });
    expect(tool.body["tools"]).toEqual([{ name: "rate", input_schema: fitted, strict: true }]);
    expect(lost(tool)).toEqual(["rewritten tools[0]"]);
    const plain = { ...rate, function: { ...rate.function, strict: false } };
    expect(toAnthropic({ tools: [plain] }, true).body["tools"]).toEqual([
      { name: "rate", input_schema: schema },
    ]);
  });

  test("a tool with an open object is offered without the guarantee, which would close it", () => {
    const parameters = { type: "object", additionalProperties: { type: "string" } };
    const translated = toAnthropic({
      tools: [{ type: "function", function: { name: "save", parameters, strict: true } }],
    });
    expect(translated.body["tools"]).toEqual([{ name: "save", input_schema: parameters }]);
    expect(lost(translated)).toEqual(["dropped tools[0].function.strict"]);
    const empty = { type: "object", additionalProperties: false };
    const closed = { type: "function", function: { name: "now", parameters: empty, strict: true } };
    expect(toAnthropic({ tools: [closed] }, true).body["tools"]).toEqual([
      { name: "now", input_schema: empty, strict: true },
    ]);
  });

  test("an id of a user that Anthropic refuses is sent as its hash", () => {
    for (const user of ["alice@example.com", "+49 221 123456", "u".repeat(257)]) {
      const translated = toAnthropic({ user });
      const sent = JSON.stringify(translated.body["metadata"]);
      expect(sent).toMatch(/^\{"user_id":"[0-9a-f]{64}"\}$/);
      expect(lost(translated)).toEqual(["rewritten user"]);
      expect(refusal(() => toAnthropic({ user }, true)).code).toBe("translation_refused");
    }
  });

  test("a message of white space alone is left out, and refused as the last one", () => {
    const blank = { role: "user", content: " \n" };
    const asked = { role: "user", content: "a" };
    const left = toAnthropic({ messages: [blank, { role: "assistant", content: "" }, asked] });
    expect(left.body["messages"]).toEqual([asked]);
    expect(lost(left)).toEqual(["dropped messages[0]", "dropped messages[1]"]);
    for (const before of [
      [],
      [asked, { role: "assistant", content: "x" }],
      [{ role: "system", content: "S" }],
    ]) {
      const refused = refusal(() => toAnthropic({ messages: [...before, blank] }));
      expect(refused).toMatchObject({ code: "unsupported_content", parameter: `messages[${before.length}]` });
    }
  });

  test("a free-form schema is emulated by a tool where the model's own format would close it", () => {
    const schema = { type: "object", additionalProperties: { type: "string" } };
    const translated = toAnthropic({
      response_format: { type: "json_schema", json_schema: { name: "map", schema } },
    });
    expect(translated.body["tools"]).toMatchObject([
      { name: "weir_structured_output", input_schema: schema },
    ]);
    expect(lost(translated)).toEqual(["emulated response_format"]);
  });
});

describe("to OpenAI", () => {
  test("a conversation with tools, images in results, and a failed tool", () => {
    const translated = toOpenAi({
      system: [{ type: "text", text: "Be kind.", cache_control: { type: "ephemeral" } }],
      messages: [
        { role: "user", content: "hi" },
        {
          role: "assistant",
          content: [
            { type: "text", text: "Looking." },
            { type: "tool_use", id: "a", name: "weather", input: { city: "Köln" } },
            { type: "tool_use", id: "b", name: "weather", input: {} },
          ],
        },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "a",
              content: [
                { type: "text", text: "see" },
                { type: "image", source: { type: "base64", media_type: "image/png", data: png } },
              ],
            },
            { type: "tool_result", tool_use_id: "b", content: "gone", is_error: true },
            { type: "text", text: "and?" },
          ],
        },
      ],
    });
    const call = (id: string, args: string): JsonObject => ({
      id,
      type: "function",
      function: { name: "weather", arguments: args },
    });
    expect(translated.body["messages"]).toEqual([
      { role: "system", content: "Be kind." },
      { role: "user", content: "hi" },
      { role: "assistant", content: "Looking.", tool_calls: [call("a", '{"city":"Köln"}'), call("b", "{}")] },
      { role: "tool", tool_call_id: "a", content: "see" },
      { role: "tool", tool_call_id: "b", content: "Error: gone" },
      {
        role: "user",
        content: [
          { type: "text", text: "Part of the result of tool call a:" },
          { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } },
        ],
      },
      { role: "user", content: "and?" },
    ]);
    expect(lost(translated)).toEqual([
      "dropped system[0].cache_control",
      "rewritten messages[2].content[0].content[1]",
      "emulated messages[2].content[1].is_error",
    ]);
  });

  test("parameters by the model: newer names, and none that a reasoning model refuses", () => {
    const plain = toOpenAi(
      { temperature: 0.2, stop_sequences: ["a"], metadata: { user_id: "u" }, stream: true },
      true,
    );
    expect(plain.body).toMatchObject({
      max_completion_tokens: 1000,
      temperature: 0.2,
      stop: ["a"],
      user: "u",
      stream_options: { include_usage: true },
    });
    expect(toOpenAi({ model: "llama3.2" }).body).toMatchObject({ max_tokens: 1000 });
    const adaptive = toOpenAi({ model: "gpt-5.2", thinking: { type: "adaptive" } });
    expect(adaptive.body).toMatchObject({ reasoning_effort: "medium" });
    expect(lost(adaptive)).toEqual(["emulated thinking"]);
    const hidden = toOpenAi({ model: "gpt-5", thinking: { type: "adaptive", display: "omitted" } });
    expect(lost(hidden)).toEqual(["dropped thinking.display"]);
    const reasoning = toOpenAi({
      model: "openai/gpt-5-mini",
      temperature: 0.2,
      stop_sequences: ["a"],
      thinking: { type: "enabled", budget_tokens: 5000 },
    });
    expect(reasoning.body).toMatchObject({ reasoning_effort: "medium" });
    expect(lost(reasoning)).toEqual([
      "dropped temperature",
      "dropped stop_sequences",
      "rewritten thinking.budget_tokens",
    ]);
  });

  test("an id of a user that is too long for OpenAI is sent as its hash, and to others as it is", () => {
    const long = toOpenAi({ metadata: { user_id: `user_${"a".repeat(60)}` } });
    expect(long.body["user"]).toMatch(/^[0-9a-f]{64}$/);
    expect(lost(long)).toEqual(["rewritten metadata.user_id"]);
    const fits = "a".repeat(64);
    expect(toOpenAi({ metadata: { user_id: fits } }, true).body["user"]).toBe(fits);
    const metadata = { user_id: "a".repeat(65) };
    const elsewhere = toOpenAi({ model: "deepseek-chat", metadata }, true);
    expect(elsewhere.body["user"]).toBe(metadata.user_id);
  });

  test("the first call of each turn carries the mark that Gemini 3 asks for, and no other model gets it", () => {
    const use = (id: string): JsonObject => ({ type: "tool_use", id, name: "weather", input: {} });
    const messages = [
      { role: "user", content: "hi" },
      { role: "assistant", content: [{ type: "text", text: "Looking." }, use("a"), use("b")] },
    ];
    const signed = toOpenAi({ model: "google/gemini-3.1-pro-preview", messages });
    const mark = { google: { thought_signature: "skip_thought_signature_validator" } };
    expect(signed.body["messages"]).toMatchObject([
      {},
      { tool_calls: [{ extra_content: mark }, { id: "b" }] },
    ]);
    expect(JSON.stringify(signed.body).match(/extra_content/g)).toHaveLength(1);
    expect(lost(signed)).toEqual(["emulated messages[1].content[1]"]);
    const older = toOpenAi({ model: "gemini-2.5-pro", messages }, true);
    expect(JSON.stringify(older.body)).not.toContain("extra_content");
  });

  test("tools, choices, and the tools that only Anthropic runs", () => {
    const translated = toOpenAi({
      tools: [
        { name: "weather", input_schema: { type: "object" }, strict: true, defer_loading: true },
        { type: "web_search_20250305", name: "web_search" },
      ],
      tool_choice: { type: "any", disable_parallel_tool_use: true },
    });
    expect(translated.body).toMatchObject({
      tools: [
        { type: "function", function: { name: "weather", strict: true, parameters: { type: "object" } } },
      ],
      tool_choice: "required",
      parallel_tool_calls: false,
    });
    expect(lost(translated)).toEqual(["dropped tools[0].defer_loading", "dropped tools[1]"]);
  });

  test("signed thinking is dropped where it cannot be used, and said so", () => {
    const messages = [
      { role: "user", content: "hi" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm", signature: "s" },
          { type: "text", text: "x" },
        ],
      },
    ];
    expect(lost(toOpenAi({ messages }))).toEqual(["dropped messages[1].content[0]"]);
    const back = toOpenAi({ model: "deepseek-chat", messages });
    expect(back.body["messages"]).toMatchObject([{}, { content: "x", reasoning_content: "hm" }]);
  });

  test("documents of text become text, documents by URL are refused", () => {
    const document = (source: JsonObject): JsonObject => ({
      messages: [{ role: "user", content: [{ type: "document", title: "T", source }] }],
    });
    const text = toOpenAi(document({ type: "text", media_type: "text/plain", data: "body" }));
    expect(text.body["messages"]).toMatchObject([{ content: [{ type: "text", text: "T\n\nbody" }] }]);
    expect(
      refusal(() => toOpenAi(document({ type: "url", url: "https://example.test/a.pdf" }))),
    ).toMatchObject({
      code: "unsupported_content",
      parameter: "messages[0].content[0].source.url",
    });
  });
});

test("a stream that is asked for in other words than true is refused, not answered whole", () => {
  for (const translate of [toAnthropic, toOpenAi]) {
    const refused = refusal(() => translate({ stream: "true" }));
    expect(refused.message).toBe("stream: must be true or false.");
  }
});
