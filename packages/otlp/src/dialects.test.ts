import { describe, expect, test } from "vitest";
import { keyValues, mapped, messages, nowMs, text } from "./test-span.ts";

describe("current GenAI conventions", () => {
  const input = [
    { role: "user", parts: [{ type: "text", content: "Weather?" }] },
    {
      role: "assistant",
      parts: [{ type: "tool_call", id: "a", name: "weather", arguments: { city: "Bern" } }],
    },
    { role: "tool", parts: [{ type: "tool_call_response", id: "a", result: "rain" }] },
  ];
  const output = [
    {
      role: "assistant",
      parts: [
        { type: "reasoning", content: "hm" },
        { type: "text", content: "Rain." },
      ],
      finish_reason: "stop",
    },
  ];
  const system = [{ type: "text", content: "Be brief." }];
  const attributes = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "anthropic",
    "gen_ai.request.model": "claude-haiku-4-5",
    "gen_ai.response.model": "claude-haiku-4-5-20251001",
    "gen_ai.response.id": "msg_1",
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.conversation.id": "conv-1",
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.cache_read.input_tokens": 700,
    "gen_ai.usage.cache_creation.input_tokens": 100,
    "gen_ai.usage.output_tokens": 101,
    "gen_ai.usage.reasoning.output_tokens": 40,
    "gen_ai.client.operation.time_to_first_chunk": 0.25,
    "gen_ai.request.temperature": 0.5,
    "user.id": "u1",
  };

  test.each([
    ["as JSON texts", JSON.stringify],
    ["as structured values", (value: unknown) => value],
  ])("with messages %s", (_name, encode) => {
    const row = mapped({
      ...attributes,
      "gen_ai.input.messages": encode(input),
      "gen_ai.output.messages": encode(output),
      "gen_ai.system_instructions": encode(system),
    });
    expect(row).toMatchObject({
      kind: "generation",
      operation: "chat",
      provider: "anthropic",
      model_asked: "claude-haiku-4-5",
      model_answered: "claude-haiku-4-5-20251001",
      response_id: "msg_1",
      finish_reasons: ["stop"],
      session_id: "conv-1",
      user_id: "u1",
      tokens: { input: 200, cache_read: 700, cache_write_5m: 100, output: 61, reasoning: 40 },
      input_tokens: 1000,
      output_tokens: 101,
      usage_status: "reported",
      ttft_ms: 250,
      inter_token_ms: 7.5,
      streamed: true,
      input_preview: "Weather?",
      output_preview: "Rain.",
      attributes: { "gen_ai.request.temperature": "0.5" },
    });
    expect(row.cost_usd).toBeCloseTo((200 + 70 + 125 + 505) / 1e6, 12);
    expect(messages(row.input)).toEqual([
      text("system", "Be brief."),
      input[0],
      input[1],
      { role: "tool", parts: [{ type: "tool_call_response", id: "a", response: "rain" }] },
    ]);
    expect(messages(row.output)).toEqual([
      { role: "assistant", parts: output[0]?.parts, finishReason: "stop" },
    ]);
  });

  test.each([
    ["Anthropic's numbers, cache beside input", { input: 10, read: 2000, write: 300, total: undefined }, 10],
    ["a total that shows the cache beside input", { input: 900, read: 100, write: 0, total: 1050 }, 900],
    ["a total that includes the cache", { input: 900, read: 100, write: 0, total: 950 }, 800],
  ])("counts cached tokens once: %s", (_name, { input, read, write, total }, expected) => {
    const row = mapped({
      "gen_ai.operation.name": "chat",
      "gen_ai.usage.input_tokens": input,
      "gen_ai.usage.output_tokens": 50,
      "gen_ai.usage.cache_read.input_tokens": read,
      "gen_ai.usage.cache_creation.input_tokens": write,
      "gen_ai.usage.total_tokens": total,
    });
    expect(row.tokens.input).toBe(expected);
    expect(row).toMatchObject({ usage_status: "reported", tokens: { cache_read: read } });
    expect(row.input_tokens).toBe(expected + read + write);
  });

  test.each([
    ["execute_tool", "tool"],
    ["invoke_agent", "agent"],
    ["invoke_workflow", "workflow"],
    ["retrieval", "retrieval"],
    ["embeddings", "embedding"],
    ["something_new", "span"],
    ["constructor", "span"],
  ])("%s is a span of kind %s", (operation, kind) => {
    expect(mapped({ "gen_ai.operation.name": operation })).toMatchObject({ kind, operation });
  });

  test("an agent's sum of tokens is no call of its own, and stays where it was", () => {
    const row = mapped({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": "travel",
      "gen_ai.usage.input_tokens": 5000,
    });
    expect(row).toMatchObject({
      kind: "agent",
      input_tokens: 0,
      cost_usd: null,
      attributes: { "gen_ai.usage.input_tokens": "5000", "gen_ai.agent.name": "travel" },
    });
  });

  test("a tool's call reads as a conversation", () => {
    const row = mapped({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "weather",
      "gen_ai.tool.call.id": "a",
      "gen_ai.tool.call.arguments": '{"city":"Bern"}',
      "gen_ai.tool.call.result": "rain",
    });
    expect(row).toMatchObject({
      kind: "tool",
      input_preview: 'weather({"city":"Bern"})',
      output_preview: "rain",
    });
  });

  test("large media leave the row", () => {
    const bytes = Buffer.alloc(20_000, 7);
    const stored: Uint8Array[] = [];
    const storeBlob = (blob: { bytes: Uint8Array }): string => {
      stored.push(blob.bytes);
      return "ab".repeat(32);
    };
    const part = {
      type: "blob",
      modality: "image",
      mime_type: "image/png",
      content: bytes.toString("base64"),
    };
    const row = mapped(
      {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": JSON.stringify([{ role: "user", parts: [part] }]),
      },
      {},
      { storeBlob },
    );
    expect(stored.map((blob) => Buffer.from(blob))).toEqual([bytes]);
    expect(messages(row.input)[0]?.parts[0]).toMatchObject({
      mediaType: "image/png",
      url: `weir-blob:sha256/${"ab".repeat(32)}`,
    });
  });

  test("a conversation over the limit is shortened, and what is newest is kept", () => {
    const long = Array.from({ length: 40 }, (_value, index) => ({
      role: "user",
      parts: [{ type: "text", content: `${index} ${"x".repeat(9000)}` }],
    }));
    const row = mapped(
      { "gen_ai.operation.name": "chat", "gen_ai.input.messages": JSON.stringify(long) },
      {},
      { limits: { messagesMaxCharacters: 50_000 } },
    );
    expect(row.input.length).toBeLessThanOrEqual(50_000);
    const last = messages(row.input).at(-1)?.parts[0];
    expect(last).toMatchObject({ content: expect.stringMatching(/^39 x+ …$/) });
  });
});

describe("earlier GenAI conventions", () => {
  test("flattened prompts and completions (OpenLLMetry)", () => {
    const row = mapped({
      "gen_ai.system": "openai",
      "gen_ai.request.model": "gpt-4o-mini",
      "llm.request.type": "chat",
      "gen_ai.prompt.0.role": "system",
      "gen_ai.prompt.0.content": "Be brief.",
      "gen_ai.prompt.1.role": "user",
      "gen_ai.prompt.1.content": "Weather?",
      "gen_ai.completion.0.role": "assistant",
      "gen_ai.completion.0.finish_reason": "tool_calls",
      "gen_ai.completion.0.tool_calls.0.id": "a",
      "gen_ai.completion.0.tool_calls.0.name": "weather",
      "gen_ai.completion.0.tool_calls.0.arguments": '{"city":"Bern"}',
      "gen_ai.completion.0.tool_calls.1.name": "time",
      "gen_ai.completion.0.tool_calls.1.arguments": "{}",
      "gen_ai.usage.prompt_tokens": 10,
      "gen_ai.usage.completion_tokens": 5,
      "llm.usage.total_tokens": 15,
    });
    expect(row).toMatchObject({
      kind: "generation",
      provider: "openai",
      tokens: { input: 10, output: 5 },
      usage_status: "reported",
    });
    expect(messages(row.input)).toEqual([text("system", "Be brief."), text("user", "Weather?")]);
    expect(messages(row.output)).toEqual([
      {
        role: "assistant",
        finishReason: "tool_calls",
        parts: [
          { type: "tool_call", id: "a", name: "weather", arguments: { city: "Bern" } },
          { type: "tool_call", id: "", name: "time", arguments: {} },
        ],
      },
    ]);
    expect(Object.keys(row.attributes)).toEqual([]);
  });

  test.each([
    [
      "message events",
      [
        { name: "gen_ai.system.message", attributes: keyValues({ content: "Be brief." }) },
        { name: "gen_ai.user.message", attributes: keyValues({ content: "Hi" }) },
        {
          name: "gen_ai.choice",
          attributes: keyValues({
            index: 0,
            finish_reason: "stop",
            message: '{"role":"assistant","content":"Ho"}',
          }),
        },
      ],
    ],
    [
      "an operation-details event",
      [
        {
          name: "gen_ai.client.inference.operation.details",
          attributes: keyValues({
            "gen_ai.system_instructions": '[{"type":"text","content":"Be brief."}]',
            "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]',
            "gen_ai.output.messages":
              '[{"role":"assistant","parts":[{"type":"text","content":"Ho"}],"finish_reason":"stop"}]',
          }),
        },
      ],
    ],
  ])("%s", (_name, events) => {
    const row = mapped({ "gen_ai.operation.name": "chat" }, { events: [...events, { name: "other" }] });
    expect(messages(row.input)).toEqual([text("system", "Be brief."), text("user", "Hi")]);
    expect(messages(row.output)).toEqual([{ ...text("assistant", "Ho"), finishReason: "stop" }]);
    expect(row.finish_reasons).toEqual(["stop"]);
    expect(JSON.parse(row.events)).toMatchObject([{ name: "other" }]);
  });
});

describe("the Vercel AI SDK", () => {
  const inner = {
    "ai.operationId": "ai.streamText.doStream",
    "operation.name": "ai.streamText.doStream f",
    "ai.model.id": "gpt-4o-mini",
    "ai.model.provider": "openai.responses",
    "ai.telemetry.functionId": "f",
    "ai.telemetry.metadata.userId": "u1",
    "ai.telemetry.metadata.plan": "pro",
    "ai.prompt.messages": JSON.stringify([
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "Weather?" },
          { type: "file", mediaType: "image/png", data: "iVBORw0KGgo" },
        ],
      },
      {
        role: "assistant",
        content: [{ type: "tool-call", toolCallId: "a", toolName: "weather", input: { city: "Bern" } }],
      },
      {
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: "a",
            toolName: "weather",
            output: { type: "json", value: { sky: "rain" } },
          },
        ],
      },
    ]),
    "ai.response.text": "Rain.",
    "ai.response.reasoning": "hm",
    "ai.response.finishReason": "stop",
    "ai.response.msToFirstChunk": 120.5,
    "ai.usage.inputTokens": 100,
    "ai.usage.outputTokens": 20,
    "ai.usage.totalTokens": 120,
    "ai.usage.inputTokenDetails.cacheReadTokens": 60,
    "ai.usage.outputTokenDetails.reasoningTokens": 8,
    "gen_ai.system": "openai.responses",
    "gen_ai.request.model": "gpt-4o-mini",
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.output_tokens": 20,
  };

  test("6: the inner span is the call", () => {
    const row = mapped(inner);
    expect(row).toMatchObject({
      kind: "generation",
      provider: "openai",
      model_asked: "gpt-4o-mini",
      streamed: true,
      ttft_ms: 120.5,
      user_id: "u1",
      metadata: { plan: "pro", functionId: "f" },
      tokens: { input: 40, cache_read: 60, output: 12, reasoning: 8 },
      usage_status: "reported",
      output_preview: "Rain.",
    });
    expect(row.cost_usd).toBeCloseTo((40 * 0.15 + 60 * 0.075 + 20 * 0.6) / 1e6, 12);
    expect(messages(row.input).map((message) => message.parts)).toEqual([
      [{ type: "text", content: "Be brief." }],
      [
        { type: "text", content: "Weather?" },
        {
          type: "media",
          modality: "image",
          mediaType: "image/png",
          url: "data:image/png;base64,iVBORw0KGgo",
        },
      ],
      [{ type: "tool_call", id: "a", name: "weather", arguments: { city: "Bern" } }],
      [{ type: "tool_call_response", id: "a", response: { sky: "rain" } }],
    ]);
  });

  test("6: the outer span sums up and costs nothing again", () => {
    const row = mapped({
      ...inner,
      "ai.operationId": "ai.streamText",
      "ai.prompt": '{"system":"Be brief.","prompt":"Weather?"}',
    });
    expect(row).toMatchObject({ kind: "workflow", cost_usd: null, input_tokens: 0 });
  });

  test("6: tools and embeddings", () => {
    expect(
      mapped({
        "ai.operationId": "ai.toolCall",
        "ai.toolCall.name": "weather",
        "ai.toolCall.args": '{"a":1}',
        "ai.toolCall.result": '"rain"',
      }),
    ).toMatchObject({ kind: "tool", input_preview: 'weather({"a":1})', output_preview: "rain" });
    expect(
      mapped({
        "ai.operationId": "ai.embedMany.doEmbed",
        "ai.values": ['"x"', '"y"'],
        "ai.embeddings": ["[1,2,3]", "[4,5,6]"],
        "ai.usage.tokens": 4,
      }),
    ).toMatchObject({ kind: "embedding", output_preview: "2 vectors of 3 dimensions", tokens: { input: 4 } });
  });
});

describe("Langfuse and Traceloop", () => {
  test("a Langfuse generation, whose counts are disjoint", () => {
    const row = mapped({
      "langfuse.observation.type": "generation",
      "langfuse.observation.model.name": "gpt-4o-mini",
      "langfuse.observation.input": '[{"role":"user","content":"Hi"}]',
      "langfuse.observation.output": '{"role":"assistant","content":"Ho"}',
      "langfuse.observation.usage_details":
        '{"input":40,"input_cached_tokens":60,"output":12,"output_reasoning_tokens":8,"total":120}',
      "langfuse.observation.completion_start_time": JSON.stringify(new Date(nowMs - 1700).toISOString()),
      "langfuse.observation.metadata.step": 3,
      "langfuse.observation.prompt.name": "support",
      "langfuse.observation.prompt.version": 12,
      "langfuse.trace.tags": ["a", "b"],
      "langfuse.environment": "staging",
      "user.id": "u1",
      "session.id": "s1",
    });
    expect(row).toMatchObject({
      kind: "generation",
      model_asked: "gpt-4o-mini",
      tokens: { input: 40, cache_read: 60, output: 12, reasoning: 8 },
      usage_status: "reported",
      ttft_ms: 300,
      metadata: { step: "3" },
      versions: { prompt: "support@12" },
      tags: ["a", "b"],
      environment: "staging",
      user_id: "u1",
      session_id: "s1",
      input_preview: "Hi",
      output_preview: "Ho",
    });
    expect(row.cost_usd).toBeCloseTo((40 * 0.15 + 60 * 0.075 + 20 * 0.6) / 1e6, 12);
  });

  test("a Langfuse observation whose level is an error", () => {
    expect(
      mapped({
        "langfuse.observation.type": "tool",
        "langfuse.observation.level": "ERROR",
        "langfuse.observation.status_message": "no",
      }),
    ).toMatchObject({ kind: "tool", status: "error", error_message: "no" });
  });

  test("Traceloop's workflows, tools and association properties", () => {
    const properties = {
      "traceloop.association.properties.user_id": "u1",
      "traceloop.association.properties.shop": "x",
    };
    expect(
      mapped({
        "traceloop.span.kind": "tool",
        "traceloop.entity.name": "weather",
        "traceloop.entity.input": '{"a":1}',
        "traceloop.entity.output": '"rain"',
        ...properties,
      }),
    ).toMatchObject({
      kind: "tool",
      input_preview: 'weather({"a":1})',
      output_preview: "rain",
      user_id: "u1",
      metadata: { shop: "x" },
    });
    expect(mapped({ "traceloop.span.kind": "workflow" }).kind).toBe("workflow");
  });
});

test("a plain span keeps its attributes, status and error", () => {
  const row = mapped(
    { "http.request.method": "GET", "http.response.status_code": 503, "error.type": "timeout" },
    { status: { code: 2, message: "late" } },
  );
  expect(row).toMatchObject({
    kind: "span",
    status: "error",
    http_status: 503,
    error_code: "timeout",
    error_message: "late",
    attributes: { "http.request.method": "GET" },
  });
});
