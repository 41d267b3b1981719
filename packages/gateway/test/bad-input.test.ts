import { gzipSync, deflateSync, brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { readCounters } from "../src/index.ts";
import { answerJson, openAiAnswer, startFakeUpstream, type FakeUpstream } from "./fake-upstream.ts";
import { connectRaw } from "./raw-client.ts";
import {
  projectKey,
  revokedKey,
  snapshotOf,
  startGateway,
  usualProviders,
  type RunningGateway,
} from "./start-gateway.ts";

// Two slow cores that others use as well: what hangs is found all the same.
vi.setConfig({ testTimeout: 30_000 });

let upstream: FakeUpstream;
let running: RunningGateway;
const limits = { requestBodyMaxBytes: 4096, headersTimeoutMs: 400, requestTimeoutMs: 800 };
beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.behave(answerJson(openAiAnswer));
  running = await startGateway({ snapshot: snapshotOf(usualProviders(upstream.origin)), limits });
});
afterAll(async () => {
  await running.close();
  await upstream.close();
});
beforeEach(() => {
  running.recorder.records.length = 0;
  upstream.seen.length = 0;
});

const chat = "/v1/chat/completions";
const good = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Hi" }] };

async function errorOf(response: Response): Promise<{ status: number; code: string; message: string }> {
  const body = (await response.json()) as {
    error: { code?: string; message: string; details?: { error_code: string } };
  };
  const code = body.error.code ?? body.error.details?.error_code ?? "";
  return { status: response.status, code, message: body.error.message };
}

describe("keys", () => {
  test("none, a wrong one and a revoked one are told apart, in both shapes, and leave no record", async () => {
    const headersOf = (key: string): Record<string, string> => ({
      authorization: key === "" ? "" : `Bearer ${key}`,
    });
    for (const path of [chat, "/v1/messages", "/v1/models"]) {
      for (const [key, code] of [
        ["", "key_missing"],
        ["weir_wrong", "key_invalid"],
        [revokedKey, "key_revoked"],
      ] as const) {
        const method = path === "/v1/models" ? "GET" : "POST";
        const init = method === "GET" ? { method } : { method, body: JSON.stringify(good) };
        const error = await errorOf(await fetch(running.url + path, { ...init, headers: headersOf(key) }));
        expect(error).toMatchObject({ status: 401, code });
      }
    }
    expect(running.recorder.records).toHaveLength(0);
    expect(upstream.seen).toHaveLength(0);
  });

  test("Anthropic's errors have Anthropic's shape", async () => {
    const response = await fetch(`${running.url}/v1/messages`, { method: "POST", body: "{}" });
    expect(await response.json()).toMatchObject({ type: "error", error: { type: "authentication_error" } });
  });

  test("x-api-key opens as well, beside a token of the client's own", async () => {
    const headers = { authorization: "Bearer something-else", "x-api-key": projectKey };
    const response = await running.post(chat, good, { headers });
    expect(response.status).toBe(200);
    await response.text();
  });

  test("a snapshot that revokes a key shuts it out at once", async () => {
    const before = snapshotOf(usualProviders(upstream.origin));
    expect((await running.post(chat, good)).status).toBe(200);
    const revoked = before.keys.map((key) => ({ ...key, revokedAt: "2026-05-01T00:00:00Z" }));
    running.swap({ ...before, version: 2, keys: revoked });
    expect(await errorOf(await running.post(chat, good))).toMatchObject({ status: 401, code: "key_revoked" });
    running.swap({ ...before, version: 3 });
    expect((await running.post(chat, good)).status).toBe(200);
  });
});

describe("bodies", () => {
  test.each([
    ["", "body_empty", "no body"],
    [`{"model": "gpt-4o-mini",}`, "body_not_json", "position"],
    ["[1]", "body_not_object", "an array"],
    ["null", "body_not_object", "null"],
    [`{"messages":[]}`, "field_missing", `"model"`],
    [`{"model":5,"messages":[]}`, "field_invalid", "a string"],
    [`{"model":"${"x".repeat(2049)}","messages":[]}`, "field_invalid", "at most 2048 characters"],
    [`{"model":"gpt-4o-mini"}`, "field_missing", `"messages"`],
    [`{"model":"gpt-4o-mini","messages":"hi"}`, "field_invalid", "an array"],
  ])("%s is refused as %s", async (body, code, words) => {
    const error = await errorOf(await running.post(chat, body));
    expect(error).toMatchObject({ status: 400, code, message: expect.stringContaining(words) });
    expect(await running.recorder.record(0)).toMatchObject({
      status: "error",
      error_code: code,
      raw_request: body,
    });
  });

  test("bytes that are no UTF-8 are refused", async () => {
    const bytes = Buffer.from(`{"model":"gpt-4o-mini","messages":["\xff\xfe"]}`, "latin1");
    expect(await errorOf(await running.post(chat, bytes))).toMatchObject({
      status: 400,
      code: "body_not_utf8",
    });
  });

  test("a content-type that is wrong does no harm", async () => {
    const response = await running.post(chat, good, { headers: { "content-type": "text/plain" } });
    expect(response.status).toBe(200);
    await response.text();
  });

  test.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])("%s is unpacked", async (encoding, pack) => {
    const body = pack(Buffer.from(JSON.stringify(good)));
    const response = await running.post(chat, body, { headers: { "content-encoding": encoding } });
    expect(response.status).toBe(200);
    await response.text();
    expect(upstream.seen[0]?.body.toString()).toBe(JSON.stringify(good));
    expect(upstream.seen[0]?.headers["content-encoding"]).toBeUndefined();
  });

  test("a bomb, a false label and an unknown packing are refused", async () => {
    const bomb = gzipSync(Buffer.alloc(1_000_000));
    const send = async (body: Uint8Array, encoding: string) =>
      errorOf(await running.post(chat, body, { headers: { "content-encoding": encoding } }));
    expect(await send(bomb, "gzip")).toMatchObject({ status: 413, code: "body_too_large" });
    expect(await send(Buffer.from("{}"), "gzip")).toMatchObject({ status: 400, code: "body_not_decodable" });
    expect(await send(Buffer.from("{}"), "lzma")).toMatchObject({
      status: 415,
      code: "body_encoding_unknown",
    });
  });

  test("one over the limit is answered with the limit while the client still sends", async () => {
    const client = await connectRaw(running.port);
    client.send(
      `POST ${chat} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${projectKey}\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    for (let sent = 0; sent < 40; sent += 1) client.send(`400\r\n${"x".repeat(0x400)}\r\n`);
    const answer = await client.until((text) => text.includes("body_too_large"));
    expect(answer).toContain("HTTP/1.1 413");
    expect(answer).toContain("4096 bytes");
    client.send("0\r\n\r\n");
    await client.closed;
    expect(await running.recorder.record(0)).toMatchObject({
      http_status: 413,
      error_code: "body_too_large",
    });
  });

  test("one that declares too much is refused before it is sent", async () => {
    const client = await connectRaw(running.port);
    client.send(
      `POST ${chat} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${projectKey}\r\nexpect: 100-continue\r\ncontent-length: 99999\r\n\r\n`,
    );
    const answer = await client.until((text) => text.includes("body_too_large"));
    expect(answer).toContain("HTTP/1.1 413");
    expect(answer).not.toContain("100 Continue");
    client.socket.destroy();
  });
});

describe("clients that are slow, broken or gone", () => {
  const head = `POST ${chat} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${projectKey}\r\ncontent-length: 100\r\n\r\n`;

  test("a body that never comes is answered with 408 and recorded", async () => {
    const client = await connectRaw(running.port);
    client.send(`${head}{"model"`);
    const answer = await client.closed;
    expect(answer).toContain("HTTP/1.1 408");
    expect(answer).toContain("request_timeout");
    expect(answer).toContain("within 800 ms");
    expect(await running.recorder.record(0)).toMatchObject({
      http_status: 408,
      error_code: "request_timeout",
    });
  });

  test("headers that never end are answered with 408", async () => {
    const client = await connectRaw(running.port);
    client.send(`POST ${chat} HTTP/1.1\r\nhost: x\r\n`);
    const answer = await client.closed;
    expect(answer).toContain("HTTP/1.1 408");
    expect(answer).toContain("within 400 ms. Send it faster, or raise the limit headersTimeoutMs");
  });

  test("a client that hangs up in the middle of its body leaves a cancelled record", async () => {
    const client = await connectRaw(running.port);
    client.send(`${head}{"model"`);
    client.socket.end();
    expect(await running.recorder.record(0)).toMatchObject({
      status: "cancelled",
      error_code: "client_closed",
    });
  });

  test("what is no HTTP, and headers that are too large, are answered", async () => {
    const garbage = await connectRaw(running.port);
    garbage.send("hello\r\n\r\n");
    expect(await garbage.closed).toContain("request_malformed");
    const large = await connectRaw(running.port);
    large.send(`GET /healthz HTTP/1.1\r\nhost: x\r\nx-large: ${"a".repeat(40_000)}\r\n\r\n`);
    expect(await large.closed).toContain("headers_too_large");
  });
});

describe("names and ways", () => {
  test.each([
    [{ ...good, model: "gpt4o-mini" }, 404, "model_not_found", "openai/gpt-4o-mini"],
    [{ ...good, model: "openai/" }, 404, "model_not_found", "Nearest"],
    [{ ...good, model: "both" }, 400, "model_ambiguous", `"openai/both", "anthropic/both"`],
    [{ ...good, model: "groq/llama" }, 503, "provider_key_missing", "GROQ_API_KEY"],
  ])("model %j", async (body, status, code, words) => {
    const error = await errorOf(await running.post(chat, body));
    expect(error).toMatchObject({ status, code, message: expect.stringContaining(words) });
    expect(await running.recorder.record(0)).toMatchObject({
      status: "error",
      error_code: code,
      model_asked: body.model,
    });
  });

  test("a name that no list has goes to its maker, and to a provider that is named", async () => {
    for (const model of ["gpt-99", "openai/anything/at-all"])
      await (await running.post(chat, { ...good, model })).text();
    expect(upstream.seen.map((seen) => JSON.parse(seen.body.toString()).model)).toEqual([
      "gpt-99",
      "anything/at-all",
    ]);
  });

  test("a wrong method says which is right", async () => {
    const response = await fetch(running.url + chat, { headers: { authorization: `Bearer ${projectKey}` } });
    expect(response.headers.get("allow")).toBe("POST");
    expect(await errorOf(response)).toMatchObject({ status: 405, code: "method_not_allowed" });
  });

  test("a path that is none says what there is", async () => {
    const error = await errorOf(await running.post("/v1/completions", good));
    expect(error).toMatchObject({
      status: 404,
      code: "route_unknown",
      message: expect.stringContaining("/v1/messages"),
    });
  });

  test.each(["/v1/v1/messages", "/messages", "/chat/completions"])(
    "%s says how to mend the base URL",
    async (path) => {
      const error = await errorOf(await running.post(path, good));
      expect(error).toMatchObject({
        status: 404,
        code: "base_url_wrong",
        message: expect.stringContaining("base URL"),
      });
    },
  );

  test("a client that offers HTTP/2 is served as it came", async () => {
    const client = await connectRaw(running.port);
    client.send(
      "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AA\r\n\r\n",
    );
    expect(await client.until((text) => text.includes("ok"))).toContain("HTTP/1.1 200");
    client.socket.destroy();
  });

  test.each([
    ["a request without a host", "", "HTTP/1.1 400", "request_malformed"],
    ["an expectation that nobody knows", "host: x\r\nexpect: miracles\r\n", "HTTP/1.1 401", "key_missing"],
  ])("%s is answered in the caller's shape", async (_, headers, status, code) => {
    const client = await connectRaw(running.port);
    client.send(`POST /v1/messages HTTP/1.1\r\n${headers}content-length: 2\r\n\r\n{}`);
    const answer = await client.until((text) => text.includes(code));
    expect(answer).toContain(status);
    expect(answer).toContain('{"type":"error"');
    client.socket.destroy();
  });

  test("websockets are refused, and the server is unharmed", async () => {
    const client = await connectRaw(running.port);
    client.send("GET /live HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
    expect(await client.until((text) => text.includes("upgrade_not_supported"))).toContain("HTTP/1.1 501");
    client.socket.destroy();
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200);
  });

  test("models are listed in the shape of whoever asks", async () => {
    const headers = { "x-api-key": projectKey };
    const list = (await (await fetch(`${running.url}/v1/models`, { headers })).json()) as {
      data: { id: string }[];
    };
    expect(list.data.map((model) => model.id)).toContain("openai/gpt-4o-mini");
    const one = await fetch(`${running.url}/v1/models/openai%2Fgpt-4o`, { headers });
    expect(await one.json()).toMatchObject({ id: "openai/gpt-4o", object: "model", owned_by: "openai" });
    const anthropic = { ...headers, "anthropic-version": "2023-06-01" };
    const page = await fetch(`${running.url}/v1/models?limit=2`, { headers: anthropic });
    expect(await page.json()).toMatchObject({ has_more: true, data: [{ type: "model" }, { type: "model" }] });
    const unknown = await fetch(`${running.url}/v1/models/gpt-4p`, { headers: anthropic });
    expect(await unknown.json()).toMatchObject({ type: "error", error: { type: "not_found_error" } });
  });
});

test("after all of this nothing is in flight and the counters know what happened", () => {
  const counters = readCounters(running.gateway.counters.buffer);
  expect(counters.callsInFlight).toBe(0);
  expect(counters.errorsCaller).toBeGreaterThan(10);
  expect(counters.errorsAuth).toBeGreaterThan(5);
  expect(counters.callsCancelled).toBe(1);
  expect(counters.latencyMs.counts.reduce((sum, count) => sum + count, 0)).toBe(counters.calls);
});
