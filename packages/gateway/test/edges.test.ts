import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { readCounters } from "../src/index.ts";
import {
  answerJson,
  answerStream,
  openAiAnswer,
  openAiStream,
  startFakeUpstream,
  type FakeUpstream,
} from "./fake-upstream.ts";
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
let control: Server;
let running: RunningGateway;
const folder = mkdtempSync(join(tmpdir(), "weir-gateway-"));
const socketPath = join(folder, "control.sock");
const messages = [{ role: "user", content: "Hi" }];
const chat = "/v1/chat/completions";

function startControl(): Promise<Server> {
  const server = createServer((req, res) => {
    const { headers, url } = req;
    if (url === "/endless") {
      res.writeHead(200, { "content-type": "text/event-stream", "x-kept": "1" });
      res.write("data: 1\n\n");
      res.on("close", () => server.emit("endless-closed"));
    } else if (url === "/refuses") {
      res.writeHead(413, { "content-length": "2" }).end("no");
    } else if (url === "/breaks") {
      res.writeHead(200, { "content-length": "100" });
      res.write("half", () => res.socket?.destroy());
    } else {
      res.writeHead(201, { "content-type": "application/json" });
      const chunks: Buffer[] = [];
      req.on("data", (chunk: Buffer) => chunks.push(chunk));
      req.on("end", () =>
        res.end(JSON.stringify({ method: req.method, url, headers, body: Buffer.concat(chunks).toString() })),
      );
    }
  });
  return new Promise((resolve) => server.listen(socketPath, () => resolve(server)));
}

beforeAll(async () => {
  upstream = await startFakeUpstream();
  control = await startControl();
  const snapshot = snapshotOf(usualProviders(upstream.origin));
  running = await startGateway({ snapshot, controlSocket: socketPath });
});
afterAll(async () => {
  await running.close();
  await upstream.close();
  control.closeAllConnections();
  control.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  running.recorder.records.length = 0;
  running.recorder.blobs.clear();
  upstream.seen.length = 0;
});

describe("whatever is no model call", () => {
  test("goes to the control server, with who asked", async () => {
    const response = await fetch(`${running.url}/api/v1/keys?x=1`, {
      method: "PUT",
      body: "hello",
      headers: { "x-forwarded-for": "6.6.6.6", cookie: "a=b" },
    });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      method: "PUT",
      url: "/api/v1/keys?x=1",
      body: "hello",
      headers: {
        cookie: "a=b",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "http",
        "x-forwarded-host": `127.0.0.1:${running.port}`,
      },
    });
  });

  test("and is refused before its body was read does not hold up the next on its connection", async () => {
    const client = await connectRaw(running.port);
    const bytes = 4_000_000;
    client.send(`POST /refuses HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes}\r\n\r\n${"a".repeat(bytes)}`);
    client.send("GET /after HTTP/1.1\r\nhost: x\r\n\r\n");
    const received = await client.until((text) => text.includes(`"url":"/after"`));
    client.socket.destroy();
    expect(received).toMatch(/^HTTP\/1\.1 413 /);
  });

  test("is answered to a health check that names no host", async () => {
    for (const request of ["GET /readyz HTTP/1.0\r\n\r\n", "GET /readyz HTTP/1.1\r\nhost:\r\n\r\n"]) {
      const client = await connectRaw(running.port);
      client.send(request);
      const received = await client.until((text) => text.includes(`"body":""}`));
      client.socket.destroy();
      expect(received).toMatch(/^HTTP\/1.1 201 /);
      expect(received).toContain(`"x-forwarded-host":"127.0.0.1:${running.port}"`);
      expect(received).toContain(`"host":"127.0.0.1:${running.port}"`);
    }
  });

  test("is answered whatever its client expects before the body", async () => {
    const client = await connectRaw(running.port);
    client.send("GET /readyz HTTP/1.1\r\nhost: x\r\nexpect: miracles\r\n\r\n");
    const received = await client.until((text) => /HTTP\/1\.1 \d+ /.test(text));
    client.socket.destroy();
    expect(received).toMatch(/^HTTP\/1\.1 201 /);
  });

  test("is believed of a proxy only when one is trusted, and then only its own last word", async () => {
    const trusting = await startGateway({
      snapshot: snapshotOf([]),
      controlSocket: socketPath,
      trustProxy: true,
    });
    const seenBy = async (url: string, headers: Record<string, string>) => {
      const { headers: seen } = (await (await fetch(`${url}/api/v1/keys`, { headers })).json()) as {
        headers: Record<string, string>;
      };
      return ["for", "host", "proto"].map((name) => seen[`x-forwarded-${name}`]);
    };
    const forged = {
      "x-forwarded-for": "6.6.6.6, 203.0.113.9:4711",
      "x-forwarded-host": "weir.example",
      "x-forwarded-proto": "https",
    };
    expect(await seenBy(trusting.url, forged)).toEqual(["203.0.113.9", "weir.example", "https"]);
    expect(
      await seenBy(trusting.url, { "x-forwarded-for": "nobody", "x-forwarded-proto": "gopher" }),
    ).toEqual(["127.0.0.1", `127.0.0.1:${trusting.port}`, "http"]);
    expect(await seenBy(running.url, forged)).toEqual(["127.0.0.1", `127.0.0.1:${running.port}`, "http"]);
    await trusting.close();
  });

  test("streams, and ends there when it ends here", async () => {
    const closed = new Promise<void>((resolve) => control.once("endless-closed", () => resolve()));
    const aborter = new AbortController();
    const response = await fetch(`${running.url}/endless`, { signal: aborter.signal });
    expect(response.headers.get("x-kept")).toBe("1");
    const first = await response.body?.getReader().read();
    expect(Buffer.from(first?.value ?? []).toString()).toBe("data: 1\n\n");
    aborter.abort();
    await closed;
  });

  test("that breaks there breaks here", async () => {
    const response = await fetch(`${running.url}/breaks`);
    await expect(response.text()).rejects.toThrow(/terminated/);
  });

  test("says clearly when the control server is away, to people and to programs", async () => {
    const away = await startGateway({ snapshot: snapshotOf([]), controlSocket: join(folder, "none.sock") });
    const problem = await fetch(`${away.url}/api/v1/keys`);
    expect(problem.status).toBe(503);
    expect(problem.headers.get("content-type")).toBe("application/problem+json");
    expect(await problem.json()).toMatchObject({ code: "control_away", status: 503 });
    const page = await fetch(away.url, { headers: { accept: "text/html" } });
    expect(await page.text()).toContain("The control server is away");
    expect((await fetch(`${away.url}/healthz`)).status).toBe(200);
    await away.close();
  });
});

describe("who calls, and why", () => {
  test("is read from headers over the body", async () => {
    upstream.behave(answerJson(openAiAnswer));
    const parent = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
    const body = { model: "gpt-4o-mini", messages, user: "from-body", metadata: { a: "body", b: "2" } };
    const response = await running.post(chat, body, {
      headers: {
        traceparent: `00-${parent.traceId}-${parent.spanId}-01`,
        "x-weir-user": Buffer.from("Zoë").toString("latin1"),
        "x-weir-session": "s-1",
        "x-weir-tags": "red, blue,,red",
        "x-weir-environment": "staging",
        "x-weir-release": "v7",
        "x-weir-metadata": `{"a":"header","n":3}`,
      },
    });
    await response.text();
    expect(response.headers.get("x-weir-trace-id")).toBe(parent.traceId);
    expect(response.headers.get("x-weir-receipt")).toBeNull();
    expect(await running.recorder.record(0)).toMatchObject({
      trace_id: parent.traceId,
      parent_span_id: parent.spanId,
      user_id: "Zoë",
      session_id: "s-1",
      tags: ["red", "blue"],
      environment: "staging",
      release: "v7",
      metadata: { a: "header", b: "2", n: "3" },
    });
    expect(JSON.stringify(upstream.seen[0]?.headers)).not.toContain("x-weir");
  });

  test("what cannot be read is left out with a receipt, and the call goes on", async () => {
    upstream.behave(answerJson(openAiAnswer));
    const headers = {
      traceparent: "00-xyz",
      "x-weir-metadata": "no pairs here",
      "x-weir-tags": "a,".repeat(9),
    };
    const response = await running.post(chat, { model: "gpt-4o-mini", messages }, { headers });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-weir-receipt")).toBe("dropped traceparent; dropped x-weir-metadata");
    const record = await running.recorder.record(0);
    expect(record).toMatchObject({ tags: ["a"], metadata: {}, parent_span_id: "" });
  });
});

describe("media", () => {
  const png = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(20_000, 7)]);

  test("leave the row in both directions, and reach the provider as they were", async () => {
    const audio = Buffer.alloc(30_000, 9).toString("base64");
    const answer = structuredClone(openAiAnswer) as { choices: { message: object }[] };
    Object.assign(answer.choices[0]?.message ?? {}, { audio: { id: "a", data: audio, transcript: "hm" } });
    upstream.behave(answerJson(answer));
    const url = `data:image/png;base64,${png.toString("base64")}`;
    const content = [
      { type: "text", text: "x".repeat(9000) },
      { type: "image_url", image_url: { url } },
    ];
    const body = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content }] });
    const response = await running.post(chat, body);
    expect(await response.json()).toEqual(answer);
    expect(upstream.seen[0]?.body.toString()).toBe(body);
    const record = await running.recorder.record(0);
    const [image, sound] = [...running.recorder.blobs];
    expect(image?.[1].mediaType).toBe("image/png");
    expect(Buffer.from(image?.[1].bytes ?? []).equals(png)).toBe(true);
    expect(record.raw_request).toBe(body.replace(url, `weir-blob:sha256/${image?.[0]}`));
    expect(record.raw_response).toBe(JSON.stringify(answer).replace(audio, `weir-blob:sha256/${sound?.[0]}`));
    expect(JSON.parse(record.raw_request ?? "")).toBeDefined();
    expect(record.output).toContain(`weir-blob:sha256/${sound?.[0]}`);
    expect(record.output).not.toContain(audio);
  });

  test("of an Anthropic call leave the provider's own request as well", async () => {
    upstream.behave(answerJson(openAiAnswer));
    const source = { type: "base64", media_type: "image/png", data: png.toString("base64") };
    const content = [
      { type: "image", source },
      { type: "text", text: "what is it?" },
    ];
    await (
      await running.post("/v1/messages", {
        model: "openai/gpt-4o",
        max_tokens: 9,
        messages: [{ role: "user", content }],
      })
    ).text();
    const record = await running.recorder.record(0);
    expect(upstream.seen[0]?.body.toString()).toContain(source.data);
    expect(record.raw_request).toContain('"media_type":"image/png","data":"weir-blob:sha256/');
    expect(record.upstream_request).toContain("weir-blob:sha256/");
    expect(record.upstream_request?.length).toBeLessThan(1000);
    expect(running.recorder.blobs.size).toBe(1);
  });
});

describe("OTLP", () => {
  const nanos = (ms: number): string => `${BigInt(Math.floor(ms)) * 1_000_000n}`;
  const spans = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: (index + 1).toString(16).padStart(16, "0"),
      name: "chat gpt-4o-mini",
      kind: 3,
      startTimeUnixNano: nanos(Date.now() - 1000),
      endTimeUnixNano: nanos(Date.now()),
      attributes: [{ key: "gen_ai.request.model", value: { stringValue: "gpt-4o-mini" } }],
    }));
  const exported = (count: number) => ({ resourceSpans: [{ scopeSpans: [{ spans: spans(count) }] }] });

  test("spans become rows of the key's project, packed or not", async () => {
    const plain = await running.post("/v1/traces", exported(2));
    expect(plain.status).toBe(200);
    expect(await plain.json()).toEqual({});
    const packed = gzipSync(JSON.stringify(exported(1)));
    const response = await running.post("/v1/traces", packed, { headers: { "content-encoding": "gzip" } });
    expect(response.status).toBe(200);
    expect(running.recorder.records).toHaveLength(3);
    expect(running.recorder.records[0]).toMatchObject({
      project_id: "project-1",
      source: "otlp",
      key_id: "key-1",
    });
    expect(readCounters(running.gateway.counters.buffer).spansIngested).toBe(3);
  });

  test("what is wrong is said in OTLP's own shape", async () => {
    const wrongKey = await running.post("/v1/traces", exported(1), {
      headers: { authorization: "Bearer no" },
    });
    expect(wrongKey.status).toBe(401);
    expect(await wrongKey.json()).toMatchObject({
      code: 16,
      message: expect.stringContaining("weir key create"),
    });
    const malformed = await running.post("/v1/traces", "{");
    expect(malformed.status).toBe(400);
    const bad = exported(1);
    bad.resourceSpans[0]?.scopeSpans[0]?.spans.push({ ...spans(1)[0], spanId: "00" } as never);
    const partial = await running.post("/v1/traces", bad);
    expect(await partial.json()).toMatchObject({ partialSuccess: { rejectedSpans: "1" } });
  });

  test("spans that cannot be written are not acknowledged", async () => {
    running.recorder.full = true;
    const response = await running.post("/v1/traces", exported(1));
    running.recorder.full = false;
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
  });
});

describe("closing", () => {
  test("lets calls finish, and tells their callers not to come back on the same connection", async () => {
    const closing = await startGateway({ snapshot: snapshotOf(usualProviders(upstream.origin)) });
    const release = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    upstream.behave(async (seen, res) => {
      arrived.resolve();
      await release.promise;
      await answerJson(openAiAnswer)(seen, res);
    });
    const call = closing.post(chat, { model: "gpt-4o-mini", messages });
    await arrived.promise;
    const closed = closing.gateway.close({ drainTimeoutMs: 10_000 });
    await expect(fetch(`${closing.url}/healthz`)).rejects.toThrow(/fetch failed/);
    release.resolve();
    const response = await call;
    expect(response.status).toBe(200);
    expect(response.headers.get("connection")).toBe("close");
    await response.text();
    await closed;
    expect(closing.recorder.records).toHaveLength(1);
  });

  test("does not wait for a console that watches", async () => {
    const closing = await startGateway({ snapshot: snapshotOf([]), controlSocket: socketPath });
    const response = await fetch(`${closing.url}/endless`);
    await closing.gateway.close({ drainTimeoutMs: 60_000 });
    await expect(response.text()).rejects.toThrow(/terminated/);
  });

  test("ends what does not finish as an error, on record", async () => {
    const closing = await startGateway({ snapshot: snapshotOf(usualProviders(upstream.origin)) });
    upstream.behave((_, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write(openAiStream.hello);
    });
    const client = await connectRaw(closing.port);
    const body = JSON.stringify({ model: "gpt-4o-mini", messages, stream: true });
    client.send(
      `POST ${chat} HTTP/1.1\r\nhost: x\r\nx-api-key: ${projectKey}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await client.until((text) => text.includes("Hello"));
    await closing.gateway.close({ drainTimeoutMs: 20 });
    const text = await client.closed;
    expect(text).toContain("shutting_down");
    expect(text.endsWith("0\r\n\r\n")).toBe(false);
    expect(closing.recorder.records).toEqual([
      expect.objectContaining({ status: "error", error_code: "shutting_down" }),
    ]);
    await upstream.seen[0]?.aborted;
  });
});

test("256 streams at once lose nothing", { timeout: 60_000 }, async () => {
  const pieces = Array.from({ length: 40 }, (_, index) =>
    openAiStream.hello.replace("Hello", `piece-${index}`),
  );
  upstream.behave(answerStream([...pieces, openAiStream.done]));
  const body = { model: "gpt-4o-mini", messages, stream: true };
  const texts = await Promise.all(
    Array.from({ length: 256 }, async () => (await running.post(chat, body)).text()),
  );
  expect(new Set(texts)).toEqual(new Set([pieces.join("") + openAiStream.done]));
  expect(running.recorder.records).toHaveLength(256);
});

test("a fault of ours is told to the log with the trace id that its caller is given", async () => {
  const faults: { cause: unknown; traceId: string }[] = [];
  const cause = new Error("a slip of ours");
  const broken = Object.defineProperty(provider({ name: "broken" }), "timeoutMs", {
    get() {
      throw cause;
    },
  });
  const failing = await startGateway({
    snapshot: snapshotOf([broken]),
    reportFault: (fault) => void faults.push(fault),
  });
  const response = await failing.post(chat, { model: "broken/x", messages });
  expect(response.status).toBe(500);
  expect(faults).toEqual([{ cause, traceId: response.headers.get("x-weir-trace-id") }]);
  await failing.close();
});
