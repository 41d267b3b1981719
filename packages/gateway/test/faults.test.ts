import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  anthropicStreamPieces,
  answerJson,
  answerStream,
  openAiAnswer,
  openAiStream,
  openAiStreamPieces,
  startFakeUpstream,
  type FakeUpstream,
} from "./fake-upstream.ts";
import { readCounters } from "../src/index.ts";
import { connectRaw } from "./raw-client.ts";
import {
  projectKey,
  provider,
  snapshotOf,
  startGateway,
  usualProviders,
  type RunningGateway,
} from "./start-gateway.ts";

// Two slow cores that others use as well: what hangs is found all the same.
vi.setConfig({ testTimeout: 30_000 });

let upstream: FakeUpstream;
let resetting: Server;
let speaking: Server;
/** What the server that is no HTTP server says. */
let words = "";
let running: RunningGateway;
const limits = { upstreamHeadersTimeoutMs: 300, upstreamIdleTimeoutMs: 300, rawResponseMaxBytes: 2000 };
beforeAll(async () => {
  upstream = await startFakeUpstream();
  resetting = createServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
  await new Promise<void>((resolve) => resetting.listen(0, "127.0.0.1", resolve));
  const { port } = resetting.address() as AddressInfo;
  speaking = createServer((socket) => socket.once("data", () => socket.end(words)));
  await new Promise<void>((resolve) => speaking.listen(0, "127.0.0.1", resolve));
  const { port: speakingPort } = speaking.address() as AddressInfo;
  running = await startGateway({
    snapshot: snapshotOf([
      ...usualProviders(upstream.origin),
      provider({ name: "refusing", baseUrl: "http://127.0.0.1:1/v1" }),
      provider({ name: "resetting", baseUrl: `http://127.0.0.1:${port}/v1` }),
      provider({ name: "speaking", baseUrl: `http://127.0.0.1:${speakingPort}/v1` }),
      provider({ name: "slow", baseUrl: `${upstream.origin}/v1`, timeoutMs: 60_000 }),
    ]),
    limits,
  });
});
afterAll(async () => {
  await running.close();
  await upstream.close();
  resetting.close();
  speaking.close();
});
beforeEach(() => {
  running.recorder.records.length = 0;
  upstream.seen.length = 0;
});

const chat = "/v1/chat/completions";
const messages = [{ role: "user", content: "Hi" }];
const body = { model: "gpt-4o-mini", messages };

/** Reads a stream to its end or to its break. */
async function readAll(response: Response): Promise<{ text: string; broken: boolean }> {
  let text = "";
  try {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
    return { text, broken: false };
  } catch {
    // How it broke is for the client's platform to say; that it broke is what counts.
    return { text, broken: true };
  }
}

describe("an upstream that fails before its first byte is an HTTP error", () => {
  test.each([
    ["refusing/x", 502, "upstream_unreachable"],
    ["resetting/x", 502, "upstream_unreachable"],
  ])("%s", async (model, status, code) => {
    for (const stream of [false, true]) {
      const response = await running.post(chat, { ...body, model, stream });
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ error: { code } });
    }
    expect(running.recorder.records).toHaveLength(2);
    expect(running.recorder.records[1]).toMatchObject({
      status: "error",
      http_status: status,
      error_code: code,
    });
  });

  test.each([
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["TLS", "\x15\x03\x01\0\x02\x02\x46"],
    ["a header that is none", "HTTP/1.1 200 OK\r\nx y: 1\r\ncontent-length: 2\r\n\r\n{}"],
  ])("a server that speaks no HTTP is no fault of ours: %s", async (_, answer) => {
    words = answer;
    const response = await running.post(chat, { ...body, model: "speaking/x" });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({
      error: { code: "upstream_unreadable", message: expect.stringContaining("base URL") },
    });
    expect(readCounters(running.gateway.counters.buffer).errorsGateway).toBe(0);
  });

  test("silence is a 504", async () => {
    upstream.behave(() => undefined);
    const response = await running.post(chat, { ...body, stream: true });
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ error: { code: "upstream_timeout" } });
    await upstream.seen[0]?.aborted;
  });

  test("a provider that is given longer than others has it", async () => {
    const answer = answerJson(openAiAnswer);
    // undici looks at its timeouts once a second.
    upstream.behave((request, res) => void setTimeout(() => answer(request, res), 2_500));
    const response = await running.post(chat, { ...body, model: "slow/gpt-4o-mini" });
    expect(response.status).toBe(200);
  });

  test("headers and then nothing, and an empty answer, are told apart", async () => {
    upstream.behave(
      (_, res) => void res.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders(),
    );
    const silent = await running.post(chat, { ...body, stream: true });
    expect(silent.status).toBe(504);
    expect(await silent.json()).toMatchObject({ error: { code: "upstream_stalled" } });
    upstream.behave((_, res) => void res.writeHead(200, { "content-type": "text/event-stream" }).end());
    const empty = await running.post(chat, { ...body, stream: true });
    expect(empty.status).toBe(502);
    expect(await empty.json()).toMatchObject({ error: { code: "upstream_empty" } });
  });

  test("a body that breaks off is no 200", async () => {
    upstream.behave((_, res) => {
      res.writeHead(200, { "content-type": "application/json", "content-length": "5000" });
      res.write(JSON.stringify(openAiAnswer).slice(0, 100), () => res.socket?.destroy());
    });
    const response = await running.post(chat, body);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: { code: "upstream_broken" } });
    expect((await running.recorder.record(0)).status).toBe("error");
  });

  test("a redirect is not followed", async () => {
    upstream.behave((_, res) => void res.writeHead(307, { location: "http://127.0.0.1:1/" }).end());
    const response = await running.post(chat, body);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: { code: "upstream_redirect" } });
  });
});

describe("a stream that breaks is never a clean end", () => {
  const pieces = openAiStreamPieces.slice(0, 3);

  test.each(["clean", "cut"] as const)("OpenAI, the provider's end being %s", async (ending) => {
    upstream.behave(answerStream([...pieces, 'data: {"half'], ending));
    const { text, broken } = await readAll(await running.post(chat, { ...body, stream: true }));
    expect(broken).toBe(true);
    expect(text.startsWith(pieces.join(""))).toBe(true);
    const last = text.slice(pieces.join("").length);
    expect(JSON.parse(last.slice("data: ".length))).toMatchObject({ error: { code: "upstream_broken" } });
    expect(text).not.toContain("[DONE]");
    const record = await running.recorder.record(0);
    expect(record).toMatchObject({ status: "error", error_code: "upstream_broken", http_status: 200 });
    expect(record.output_preview).toContain("Hello");
    expect(running.recorder.records).toHaveLength(1);
  });

  test("Anthropic", async () => {
    upstream.behave(answerStream(anthropicStreamPieces.slice(0, 4), "clean"));
    const response = await running.post("/v1/messages", {
      ...body,
      model: "claude-x",
      max_tokens: 9,
      stream: true,
    });
    const { text, broken } = await readAll(response);
    expect(broken).toBe(true);
    expect(text).toContain("event: error\n");
    expect(text).not.toContain("message_stop");
  });

  test("one that stalls is cut after the idle time", async () => {
    upstream.behave((_, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write(pieces[0]);
    });
    const { text, broken } = await readAll(await running.post(chat, { ...body, stream: true }));
    expect(broken).toBe(true);
    expect(text).toContain("upstream_stalled");
    await upstream.seen[0]?.aborted;
  });

  test("the provider's own error event is passed on, once", async () => {
    const event = `data: ${JSON.stringify({ error: { message: "out of memory", type: "server_error", code: "oom" } })}\n\n`;
    upstream.behave(answerStream([...pieces, event], "clean"));
    const { text } = await readAll(await running.post(chat, { ...body, stream: true }));
    expect(text.trimEnd()).toBe((pieces.join("") + event).trimEnd());
    expect(await running.recorder.record(0)).toMatchObject({ status: "error", error_code: "oom" });
  });

  test("what breaks after the last event is no loss", async () => {
    upstream.behave(answerStream(openAiStreamPieces, "cut"));
    const { text, broken } = await readAll(await running.post(chat, { ...body, stream: true }));
    expect(broken).toBe(false);
    expect(text.endsWith(openAiStream.done)).toBe(true);
    expect(await running.recorder.record(0)).toMatchObject({ status: "ok" });
  });
});

describe("a client that goes", () => {
  test("while the provider thinks: the provider is stopped and the call recorded as cancelled", async () => {
    const arrived = Promise.withResolvers<void>();
    upstream.behave(() => arrived.resolve());
    const aborter = new AbortController();
    const call = running.post(chat, body, { signal: aborter.signal });
    await arrived.promise;
    aborter.abort();
    await expect(call).rejects.toThrow(/abort/i);
    await upstream.seen[0]?.aborted;
    expect(await running.recorder.record(0)).toMatchObject({ status: "cancelled", http_status: 0 });
  });

  test("in the middle of a stream: what came so far is kept", async () => {
    upstream.behave((_, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write(openAiStream.first + openAiStream.hello);
    });
    const client = await connectRaw(running.port);
    const text = JSON.stringify({ ...body, stream: true });
    client.send(
      `POST ${chat} HTTP/1.1\r\nhost: x\r\nx-api-key: ${projectKey}\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
    );
    await client.until((received) => received.includes("Hello"));
    client.socket.resetAndDestroy();
    await upstream.seen[0]?.aborted;
    const record = await running.recorder.record(0);
    expect(record).toMatchObject({
      status: "cancelled",
      error_code: "client_closed",
      output_preview: "Hello",
    });
    expect(record.raw_response).toContain("Hello");
  });

  test("from the simulator as well", async () => {
    const aborter = new AbortController();
    const slow = { ...body, model: "sim/chat?ttft=1&tokens=1000&rate=50", stream: true };
    const response = await running.post(chat, slow, { signal: aborter.signal });
    await response.body?.getReader().read();
    aborter.abort();
    expect(await running.recorder.record(0)).toMatchObject({ status: "cancelled", provider: "sim" });
  });
});

test("a client that does not read holds its provider, and loses nothing when it does", async () => {
  const filler = `data: ${JSON.stringify({ choices: [{ delta: { content: "x".repeat(60_000) } }] })}\n\n`;
  const held = Promise.withResolvers<void>();
  upstream.behave(async (_, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    for (let sent = 0; sent < 400; sent += 1) {
      if (res.write(filler)) continue;
      held.resolve();
      await new Promise((resolve) => res.once("drain", resolve));
    }
    res.end(openAiStream.done);
  });
  const response = await running.post(chat, { ...body, stream: true });
  await held.promise;
  const { text, broken } = await readAll(response);
  expect(broken).toBe(false);
  expect(text).toBe(filler.repeat(400) + openAiStream.done);
  const record = await running.recorder.record(0);
  expect(record.status).toBe("ok");
  const [head, reference] = (record.raw_response ?? "").split("\nweir-blob:sha256/");
  expect(head + Buffer.from(running.recorder.blobs.get(reference ?? "")?.bytes ?? "").toString()).toBe(text);
});

test("the record stands before the last bytes go out, whole or streamed", async () => {
  const recordsAtEnd: number[] = [];
  const note = (chunk: unknown): void => {
    const text = chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : String(chunk);
    if (text.includes("[DONE]") || text.endsWith("}")) recordsAtEnd.push(running.recorder.records.length);
  };
  running.gateway.server.prependOnceListener("request", (_, res) => {
    const { write, end } = { write: res.write.bind(res), end: res.end.bind(res) };
    res.write = (chunk: unknown, ...rest: never[]) => (note(chunk), write(chunk, ...rest));
    res.end = (chunk?: unknown, ...rest: never[]) => (note(chunk), end(chunk, ...rest));
  });
  const patched = running.gateway.server.listeners("request").length;
  expect(patched).toBe(2);
  upstream.behave(answerJson(openAiAnswer));
  await readAll(await running.post(chat, body));
  running.gateway.server.prependOnceListener("request", (_, res) => {
    const write = res.write.bind(res);
    res.write = (chunk: unknown, ...rest: never[]) => (note(chunk), write(chunk, ...rest));
  });
  upstream.behave(answerStream([openAiStreamPieces.join("")]));
  await readAll(await running.post(chat, { ...body, stream: true }));
  expect(recordsAtEnd).toEqual([1, 2]);
});

test("a full disk fails no call and is counted", async () => {
  running.recorder.full = true;
  upstream.behave(answerJson(openAiAnswer));
  const response = await running.post(chat, body);
  expect(await response.json()).toEqual(openAiAnswer);
  expect(running.recorder.records).toHaveLength(0);
  running.recorder.full = false;
});

test("a body of any size passes with every byte once, whatever is kept of it", async () => {
  for (const recordedResponseMaxBytes of [500, 2_500, 20_000]) {
    const small = await startGateway({
      snapshot: snapshotOf(usualProviders(upstream.origin)),
      limits: { ...limits, recordedResponseMaxBytes },
    });
    const pieces = Array.from({ length: 10 }, (_, index) => `${index}`.repeat(1_000));
    upstream.behave(async (_, res) => {
      res.writeHead(200, { "content-type": "application/json" });
      for (const piece of pieces) await new Promise((resolve) => res.write(piece, resolve));
      res.end();
    });
    const response = await small.post(chat, body);
    expect(await response.text()).toBe(pieces.join(""));
    await small.close();
  }
});
