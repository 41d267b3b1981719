import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  anthropicAnswer,
  anthropicStreamPieces,
  answerJson,
  answerStream,
  openAiAnswer,
  openAiStream,
  openAiStreamPieces,
  startFakeUpstream,
  type FakeUpstream,
} from "./fake-upstream.ts";
import { provider, snapshotOf, startGateway, usualProviders, type RunningGateway } from "./start-gateway.ts";

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

const messages = [{ role: "user", content: "Say héllo" }];

describe("a whole answer in the caller's own protocol", () => {
  test("passes bytes both ways and is recorded with tokens, cost and timings", async () => {
    upstream.behave(answerJson(openAiAnswer));
    const sent = `{ "model":"gpt-4o-mini",\n "messages":[{"role":"user","content":"Say h\\u00e9llo"}], "user":"u-1" }`;
    const response = await running.post("/v1/chat/completions", sent);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(JSON.stringify(openAiAnswer));
    expect(response.headers.get("x-request-id")).toBe("req_upstream");
    expect(response.headers.get("x-weir-receipt")).toBeNull();
    const [seen] = upstream.seen;
    expect(seen?.body.toString()).toBe(sent);
    expect(seen?.url).toBe("/v1/chat/completions");
    expect(seen?.headers.authorization).toBe("Bearer sk-provider");
    expect(seen?.headers["accept-encoding"]).toBe("identity");
    expect(JSON.stringify(seen?.headers)).not.toContain("weir_");
    expect(running.recorder.records).toHaveLength(1);
    const record = await running.recorder.record(0);
    expect(record).toMatchObject({
      project_id: "project-1",
      key_id: "key-1",
      trace_id: response.headers.get("x-weir-trace-id"),
      kind: "generation",
      status: "ok",
      http_status: 200,
      provider: "openai",
      model_asked: "gpt-4o-mini",
      model_answered: "gpt-4o-mini-2024-07-18",
      user_id: "u-1",
      input_tokens: 9,
      output_tokens: 3,
      usage_status: "reported",
      finish_reasons: ["stop"],
      input_preview: "Say héllo",
      output_preview: "Hello there",
      raw_request: sent,
      raw_response: JSON.stringify(openAiAnswer),
    });
    expect(record.cost_usd).toBeGreaterThan(0);
    expect(record.upstream_ms).toBeGreaterThan(0);
  });

  test("changes only the model's bytes when the provider is named", async () => {
    upstream.behave(answerJson(openAiAnswer));
    await running.post(
      "/v1/chat/completions",
      `{"messages":[{"role":"user","content":"\\"model\\":\\"x\\""}],  "model" : "openai\\/gpt-9" }`,
    );
    expect(upstream.seen[0]?.body.toString()).toBe(
      `{"messages":[{"role":"user","content":"\\"model\\":\\"x\\""}],  "model" : "gpt-9" }`,
    );
  });

  test("speaks Anthropic with its headers and its query", async () => {
    upstream.behave(answerJson(anthropicAnswer));
    const response = await running.post(
      "/v1/messages?beta=true",
      { model: "claude-sonnet-4-5", max_tokens: 10, messages },
      { headers: { "anthropic-beta": "x-1", "anthropic-version": "2023-06-01" } },
    );
    expect(await response.json()).toEqual(anthropicAnswer);
    const [seen] = upstream.seen;
    expect(seen?.url).toBe("/v1/messages?beta=true");
    expect(seen?.headers).toMatchObject({ "x-api-key": "sk-ant", "anthropic-beta": "x-1" });
    expect(seen?.headers.authorization).toBeUndefined();
    expect((await running.recorder.record(0)).output_tokens).toBe(4);
  });

  test("passes the provider's error untouched", async () => {
    const error = {
      error: { message: "slow down", type: "rate_limit", param: null, code: "rate_limit_exceeded" },
    };
    upstream.behave((_, res) => {
      res.writeHead(429, {
        "content-type": "application/json",
        "retry-after": "7",
        "x-ratelimit-limit-requests": "1",
      });
      res.end(JSON.stringify(error));
    });
    const response = await running.post("/v1/chat/completions", { model: "gpt-4o-mini", messages });
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("7");
    expect(response.headers.get("x-ratelimit-limit-requests")).toBe("1");
    expect(await response.json()).toEqual(error);
    expect(await running.recorder.record(0)).toMatchObject({
      status: "error",
      http_status: 429,
      error_code: "rate_limit_exceeded",
      error_message: "slow down",
    });
  });
});

describe("a stream in the caller's own protocol", () => {
  const bytesOf = (pieces: readonly string[]): string => pieces.join("");

  test("asks for usage on its own account and takes the chunk out again", async () => {
    upstream.behave(answerStream(openAiStreamPieces));
    const response = await running.post("/v1/chat/completions", {
      model: "gpt-4o-mini",
      messages,
      stream: true,
    });
    const { usage, ...rest } = openAiStream;
    expect(usage).toContain("total_tokens");
    expect(await response.text()).toBe(bytesOf(Object.values(rest)));
    expect(JSON.parse(upstream.seen[0]?.body.toString() ?? "")).toMatchObject({
      stream_options: { include_usage: true },
    });
    const record = await running.recorder.record(0);
    expect(record).toMatchObject({ status: "ok", streamed: true, input_tokens: 9, output_tokens: 2 });
    expect(record.ttft_ms).toBeGreaterThan(0);
    expect(record.raw_response).toBe(bytesOf(openAiStreamPieces));
  });

  test("is whole when no empty line follows its last event", async () => {
    const { done, ...before } = openAiStream;
    for (const last of [done.trimEnd(), `${done.trimEnd()}\n`]) {
      upstream.behave(answerStream([...Object.values(before), last]));
      const asked = { model: "gpt-4o-mini", messages, stream: true, stream_options: { include_usage: true } };
      const response = await running.post("/v1/chat/completions", asked);
      expect(await response.text()).toBe(bytesOf(Object.values(before)) + last);
      expect(running.recorder.records.at(-1)).toMatchObject({ status: "ok", output_tokens: 2 });
    }
    upstream.behave(answerStream([bytesOf(anthropicStreamPieces).trimEnd()]));
    const response = await running.post("/v1/messages", {
      model: "claude-sonnet-4-5",
      max_tokens: 9,
      messages,
      stream: true,
    });
    expect(await response.text()).toBe(bytesOf(anthropicStreamPieces).trimEnd());
    expect(running.recorder.records.at(-1)).toMatchObject({ status: "ok", output_tokens: 4 });
  });

  test("is not asked for usage where that is refused and usage comes all the same", async () => {
    running.swap(snapshotOf([provider({ name: "mistral", baseUrl: `${upstream.origin}/v1` })]));
    const ask = { model: "mistral/mistral-large", max_tokens: 9, messages, stream: true };
    for (const path of ["/v1/chat/completions", "/v1/messages"]) {
      upstream.behave(answerStream(openAiStreamPieces));
      const response = await running.post(path, ask);
      expect(await response.text()).toContain("Hello");
      expect(upstream.seen.at(-1)?.body.toString()).not.toContain("stream_options");
      expect(running.recorder.records.at(-1)).toMatchObject({ status: "ok", output_tokens: 2 });
    }
    running.swap(snapshotOf(usualProviders(upstream.origin)));
  });

  test("leaves the usage chunk to a caller who asked for it", async () => {
    upstream.behave(answerStream(openAiStreamPieces));
    const body = { model: "gpt-4o-mini", messages, stream: true, stream_options: { include_usage: true } };
    const response = await running.post("/v1/chat/completions", body);
    expect(await response.text()).toBe(bytesOf(openAiStreamPieces));
    expect(upstream.seen[0]?.body.toString()).toBe(JSON.stringify(body));
  });

  test("is the same whatever the chunks are cut at", { timeout: 120_000 }, async () => {
    const whole = Buffer.from(bytesOf(openAiStreamPieces));
    const { usage, ...rest } = openAiStream;
    expect(usage).not.toBe("");
    for (let cut = 1; cut < whole.length; cut += 1) {
      upstream.behave(answerStream([whole.subarray(0, cut), whole.subarray(cut)]));
      const response = await running.post("/v1/chat/completions", {
        model: "gpt-4o-mini",
        messages,
        stream: true,
      });
      expect(await response.text()).toBe(bytesOf(Object.values(rest)));
      expect(running.recorder.records[cut - 1]).toMatchObject({
        status: "ok",
        input_tokens: 9,
        output_tokens: 2,
      });
    }
  });

  test("arrives byte by byte as well", async () => {
    const whole = bytesOf(anthropicStreamPieces);
    upstream.behave(answerStream(Array.from(Buffer.from(whole), (byte) => Buffer.from([byte]))));
    const response = await running.post("/v1/messages", {
      model: "claude-sonnet-4-5",
      max_tokens: 9,
      messages,
      stream: true,
    });
    expect(await response.text()).toBe(whole);
    expect(await running.recorder.record(0)).toMatchObject({ status: "ok", output_tokens: 4 });
  });
});

test("the simulator answers in both protocols and is recorded", async () => {
  const body = { model: "sim/echo", messages };
  const openai = await running.post("/v1/chat/completions", body);
  expect(await openai.text()).toContain("Say héllo");
  const stream = await running.post("/v1/chat/completions", { ...body, stream: true });
  const text = await stream.text();
  expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  expect(text).not.toContain("total_tokens");
  const anthropic = await running.post("/v1/messages", { ...body, max_tokens: 100, stream: true });
  expect(await anthropic.text()).toContain("event: message_stop");
  expect(running.recorder.records).toHaveLength(3);
  for (const record of running.recorder.records) {
    expect(record).toMatchObject({ status: "ok", provider: "sim", cost_usd: 0 });
    expect(record.output_tokens).toBeGreaterThan(0);
  }
});
