import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  anthropicAnswer,
  anthropicStreamPieces,
  answerJson,
  answerStream,
  openAiAnswer,
  openAiStreamPieces,
  startFakeUpstream,
  type FakeUpstream,
} from "./fake-upstream.ts";
import { snapshotOf, startGateway, usualProviders, type RunningGateway } from "./start-gateway.ts";

// Two slow cores that others use as well: what hangs is found all the same.
vi.setConfig({ testTimeout: 30_000 });

let upstream: FakeUpstream;
let running: RunningGateway;
beforeAll(async () => {
  upstream = await startFakeUpstream();
  running = await startGateway({ snapshot: snapshotOf(usualProviders(upstream.origin)) });
});
afterAll(async () => {
  await running.close();
  await upstream.close();
});
beforeEach(() => {
  running.recorder.records.length = 0;
  upstream.seen.length = 0;
});

const messages = [{ role: "user", content: "Say hello" }];
interface StreamedUsage {
  type: string;
  usage?: object;
}
/** A number that JavaScript would round. */
const longId = "12345678901234567890";

describe("a body nested beyond reason", () => {
  const deep = `${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`;

  test("is refused where it would be written anew, and holds nobody up", async () => {
    const tool = `{"type":"function","function":{"name":"f","parameters":{"enum":${deep}}}}`;
    for (const model of ["anthropic/claude-x", "sim/echo"]) {
      const body = `{"model":"${model}","messages":${JSON.stringify(messages)},"tools":[${tool}]}`;
      const response = await running.post("/v1/chat/completions", body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: "body_too_deep" } });
    }
    expect(upstream.seen).toHaveLength(0);
  });

  test("passes untouched in its own protocol", async () => {
    upstream.behave(answerJson(openAiAnswer));
    const body = `{"model":"gpt-4o-mini","messages":${JSON.stringify(messages)},"metadata":{"a":${deep}}}`;
    expect((await running.post("/v1/chat/completions", body)).status).toBe(200);
    expect(upstream.seen[0]?.body.toString() === body).toBe(true);
    expect((await running.recorder.record(0)).metadata?.["a"]).toMatch(/^\[{1000}/);
  });
});

describe("an OpenAI-shaped call to an Anthropic model", () => {
  test("is translated both ways, with a receipt for what was lost", async () => {
    upstream.behave(answerJson(anthropicAnswer));
    const body = { model: "anthropic/claude-sonnet-4-5", messages, logit_bias: { "1": 5 } };
    const response = await running.post("/v1/chat/completions", body);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      object: "chat.completion",
      choices: [{ message: { content: "Hello there" }, finish_reason: "stop" }],
      usage: { total_tokens: 14 },
    });
    expect(response.headers.get("x-weir-receipt")).toContain("dropped logit_bias");
    const [seen] = upstream.seen;
    expect(seen?.url).toBe("/v1/messages");
    expect(seen?.headers).toMatchObject({ "x-api-key": "sk-ant", "anthropic-version": "2023-06-01" });
    expect(JSON.parse(seen?.body.toString() ?? "")).toMatchObject({ model: "claude-sonnet-4-5" });
    const record = await running.recorder.record(0);
    expect(record).toMatchObject({
      protocol: "openai",
      provider: "anthropic",
      model_asked: "anthropic/claude-sonnet-4-5",
      status: "ok",
      input_tokens: 10,
      output_tokens: 4,
      raw_request: JSON.stringify(body),
      raw_response: JSON.stringify(anthropicAnswer),
      upstream_request: seen?.body.toString(),
    });
    expect(JSON.parse(record.receipt ?? "")).toContainEqual(
      expect.objectContaining({ action: "dropped", parameter: "logit_bias" }),
    );
  });

  test("gets a tool's arguments with the numbers that the model wrote", async () => {
    const content = [{ type: "tool_use", id: "t", name: "f", input: { id: JSON.rawJSON(longId) } }];
    upstream.behave(answerJson({ ...anthropicAnswer, content, stop_reason: "tool_use" }));
    const body = { model: "anthropic/claude-sonnet-4-5", messages };
    const response = await running.post("/v1/chat/completions", body);
    expect(await response.json()).toMatchObject({
      choices: [{ message: { tool_calls: [{ function: { arguments: `{"id":${longId}}` } }] } }],
    });
  });

  test("is refused by strict mode before anything is sent", async () => {
    const body = { model: "anthropic/claude-sonnet-4-5", messages, logit_bias: { "1": 5 } };
    const response = await running.post("/v1/chat/completions", body, {
      headers: { "x-weir-strict": "true" },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "translation_refused", message: expect.stringContaining("logit_bias") },
    });
    expect(upstream.seen).toHaveLength(0);
    expect(await running.recorder.record(0)).toMatchObject({
      status: "error",
      error_code: "translation_refused",
    });
  });

  test("streams, whatever the chunks are cut at", async () => {
    const whole = Buffer.from(anthropicStreamPieces.join(""));
    let expected = "";
    for (const cut of [0, 1, 40, 300, 777, whole.length - 30, whole.length - 2]) {
      upstream.behave(answerStream(cut === 0 ? [whole] : [whole.subarray(0, cut), whole.subarray(cut)]));
      const body = { model: "anthropic/claude-sonnet-4-5", messages, stream: true };
      const response = await running.post("/v1/chat/completions", body);
      expect(response.headers.get("content-type")).toContain("text/event-stream");
      const text = (await response.text()).replaceAll(/"created":\d+/g, '"created":0');
      expected ||= text;
      expect(text).toBe(expected);
    }
    expect(expected).toContain("thére");
    expect(expected.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(running.recorder.records).toHaveLength(7);
    for (const record of running.recorder.records) {
      expect(record).toMatchObject({ status: "ok", streamed: true, output_tokens: 4 });
      expect(record.raw_response).toBe(whole.toString());
    }
  });

  test("gets the provider's error in its own shape, with the provider's status", async () => {
    const error = { type: "error", error: { type: "rate_limit_error", message: "slow down" } };
    upstream.behave(answerJson(error, 429));
    const response = await running.post("/v1/chat/completions", { model: "anthropic/claude-x", messages });
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({
      error: { message: "slow down", type: expect.any(String) },
    });
    expect(await running.recorder.record(0)).toMatchObject({
      status: "error",
      http_status: 429,
      error_message: "slow down",
    });
  });

  test("is told what image cannot be read, with its place", async () => {
    const content = [{ type: "image_url", image_url: { url: "data:image/png;base64,%%%" } }];
    const body = { model: "anthropic/claude-x", messages: [{ role: "user", content }] };
    const response = await running.post("/v1/chat/completions", body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "unreadable_image", param: "messages[0].content[0].image_url.url" },
    });
  });

  test("a provider's failure before its first word is an HTTP error, not a stream", async () => {
    const event = `event: error\ndata: ${JSON.stringify({ type: "error", error: { type: "overloaded_error", message: "busy" } })}\n\n`;
    upstream.behave(answerStream([event]));
    const body = { model: "anthropic/claude-x", messages, stream: true };
    const response = await running.post("/v1/chat/completions", body);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: { code: "overloaded_error", message: "busy" } });
  });

  test("embeddings are refused with what to do", async () => {
    const response = await running.post("/v1/embeddings", { model: "anthropic/claude-x", input: "a" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "operation_unsupported" } });
  });

  test("an answer that is none becomes a readable error", async () => {
    upstream.behave(answerJson({ hello: "world" }));
    const response = await running.post("/v1/chat/completions", { model: "anthropic/claude-x", messages });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: { code: "upstream_unreadable" } });
  });
});

describe("an Anthropic-shaped call to an OpenAI model", () => {
  const body = { model: "openai/gpt-4o-mini", max_tokens: 50, messages };

  test("is told in the provider's words what failed, also where the status says that nothing did", async () => {
    upstream.behave(answerJson({ error: { message: "No credit left", code: 402 } }));
    const response = await running.post("/v1/messages", body);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { message: "No credit left", details: { error_code: "402" } },
    });
  });

  test("is translated both ways", async () => {
    upstream.behave(answerJson(openAiAnswer));
    const response = await running.post("/v1/messages", body, {
      headers: { "anthropic-version": "2023-06-01" },
    });
    expect(await response.json()).toMatchObject({
      type: "message",
      content: [{ type: "text", text: "Hello there" }],
      stop_reason: "end_turn",
      usage: { input_tokens: 9, output_tokens: 3 },
    });
    expect(upstream.seen[0]?.url).toBe("/v1/chat/completions");
    expect(upstream.seen[0]?.headers["anthropic-version"]).toBeUndefined();
  });

  test("sends a tool's earlier arguments with the numbers that the model wrote", async () => {
    upstream.behave(answerJson(openAiAnswer));
    const content = [{ type: "tool_use", id: "t", name: "f", input: { id: JSON.rawJSON(longId) } }];
    const results = [{ type: "tool_result", tool_use_id: "t", content: "done" }];
    const turns = [...messages, { role: "assistant", content }, { role: "user", content: results }];
    const asked = { ...body, temperature: JSON.rawJSON("1.0"), messages: turns };
    const response = await running.post("/v1/messages", JSON.stringify(asked));
    expect(response.status).toBe(200);
    expect(JSON.parse(upstream.seen[0]?.body.toString() ?? "")).toMatchObject({
      temperature: 1,
      messages: [{}, { tool_calls: [{ function: { arguments: `{"id":${longId}}` } }] }, {}],
    });
  });

  test("streams with usage: an estimate of the input first, at the end what the provider counted", async () => {
    upstream.behave(answerStream(openAiStreamPieces));
    const turns = [{ role: "user", content: "a".repeat(400) }];
    const response = await running.post("/v1/messages", { ...body, messages: turns, stream: true });
    const text = await response.text();
    const events = text.split("\n").flatMap((line): StreamedUsage[] => {
      return line.startsWith("data: ") ? [JSON.parse(line.slice(6)) as StreamedUsage] : [];
    });
    expect(events[0]).toMatchObject({ type: "message_start", message: { usage: { input_tokens: 100 } } });
    expect(events.find(({ type }) => type === "message_delta")?.usage).toMatchObject({ input_tokens: 9 });
    expect(text).toContain("thére");
    expect(text.trimEnd().endsWith('{"type":"message_stop"}')).toBe(true);
    expect(await running.recorder.record(0)).toMatchObject({
      status: "ok",
      input_tokens: 9,
      output_tokens: 2,
    });
  });

  test("a stream that breaks ends as an Anthropic error and never as a clean end", async () => {
    upstream.behave(answerStream(openAiStreamPieces.slice(0, 3), "cut"));
    const response = await running.post("/v1/messages", { ...body, stream: true });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const chunk of response.body ?? []) seen.push(Buffer.from(chunk).toString());
    })();
    await expect(reading).rejects.toThrow(/terminated/);
    expect(seen.join("")).toContain("event: error");
    expect(seen.join("")).not.toContain("message_stop");
    expect(await running.recorder.record(0)).toMatchObject({
      status: "error",
      error_code: "upstream_broken",
    });
  });

  test("counts tokens by an estimate that says it is one", async () => {
    const { max_tokens, ...question } = body;
    expect(max_tokens).toBe(50);
    const response = await running.post("/v1/messages/count_tokens", question);
    expect(response.status).toBe(200);
    const { input_tokens: counted } = (await response.json()) as { input_tokens: number };
    expect(counted).toBeGreaterThan(2);
    expect(counted).toBeLessThan(20);
    expect(response.headers.get("x-weir-receipt")).toContain("emulated response.input_tokens");
    expect(await running.recorder.record(0)).toMatchObject({ kind: "token_count", status: "ok" });
  });

  test("counts in a moment what would take a tokenizer minutes", async () => {
    const count = async (contents: string[]): Promise<number> => {
      const asked = contents.map((content) => ({ role: "user", content }));
      const response = await running.post("/v1/messages/count_tokens", {
        model: body.model,
        messages: asked,
      });
      const { input_tokens: counted } = (await response.json()) as { input_tokens: number };
      return counted;
    };
    const prose = "Rivers carry what they are given. ".repeat(100);
    const one = await count([prose]);
    // In proportion, however many messages there are.
    const many = await count(Array.from({ length: 200 }, () => prose));
    expect(many / one).toBeGreaterThan(190);
    expect(many / one).toBeLessThan(210);
    const unbroken = ["a", "水", " ", "-", "水a1"].map((piece) => piece.repeat(200_000));
    const startedMs = performance.now();
    for (const text of unbroken) expect(await count([text, text])).toBeGreaterThan(3_000);
    expect(performance.now() - startedMs).toBeLessThan(15_000);
  });
});
