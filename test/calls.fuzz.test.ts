import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { eightAtOnce, seed } from "./at-once.ts";
import { anthropicAnswer, anthropicEvents } from "./upstream-anthropic.ts";
import { openAiAnswer, openAiEvents } from "./upstream-openai.ts";
import { startSystem, until, type System } from "./system.ts";

// Whatever a provider answers and a caller sends: no call hangs, none is a fault of Weir's, every error has its caller's
// shape, no stream that broke ends cleanly, and every call is on record once, as its caller saw it.

const protocols = ["openai", "anthropic"] as const;
type Protocol = (typeof protocols)[number];

const paths = { openai: "/v1/chat/completions", anthropic: "/v1/messages" };
const models = { openai: "one/gpt-4o-mini", anthropic: "two/claude-sonnet-4-5" };
const lastEvents = { openai: /^data: ?\[DONE\]/m, anthropic: /"type": ?"message_stop"/ };
const errorEvents = { openai: /^data: ?\{(?:"type":"error",)?"error"/m, anthropic: /^event: ?error/m };

/** What the provider does on its connection, by the call's user agent, which Weir passes on. */
type Behaviour = (socket: Socket) => void;
const behaviours = new Map<string, Behaviour>();
let upstream: Server;
let system: System;
const folder = mkdtempSync(join(tmpdir(), "weir-fuzz-"));

function startUpstream(): Promise<Server> {
  const server = createServer((socket) => {
    let received = "";
    // Connections break here on purpose.
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1");
      const head = received.indexOf("\r\n\r\n");
      const length = Number(/^content-length: (\d+)/im.exec(received)?.[1] ?? 0);
      if (head === -1 || received.length < head + 4 + length) return;
      const agent = /^user-agent: (\S+)/im.exec(received)?.[1] ?? "";
      received = "";
      const answer = behaviours.get(agent) ?? whole('{"data":[]}');
      answer(socket);
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

beforeAll(async () => {
  upstream = await startUpstream();
  const { port } = upstream.address() as AddressInfo;
  const provider = (name: string, protocol: Protocol) =>
    `  - { name: ${name}, protocol: ${protocol}, baseUrl: "http://127.0.0.1:${port}/v1", apiKey: x }\n`;
  const config = join(folder, "weir.yaml");
  const limits = "limits: { upstreamHeadersTimeoutMs: 1000, upstreamIdleTimeoutMs: 1000 }\n";
  writeFileSync(config, `providers:\n${provider("one", "openai")}${provider("two", "anthropic")}${limits}`);
  system = await startSystem({ env: { WEIR_CONFIG: config } });
});
afterAll(async () => {
  await system?.dispose();
  upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Seen {
  status: number;
  type: string;
  traceId: string;
  text: string;
  /** Whether HTTP says that this was all of it. */
  complete: boolean;
}

function call(path: string, body: Buffer, agent: string): Promise<Seen> {
  const headers = {
    authorization: `Bearer ${system.key}`,
    "content-type": "application/json",
    "user-agent": agent,
  };
  return new Promise((resolve, reject) => {
    const sent = request(system.origin + path, { method: "POST", headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      // How it ended is what `complete` tells.
      response.on("error", () => undefined);
      response.on("close", () => {
        const { "content-type": type = "", "x-weir-trace-id": traceId = "" } = response.headers;
        const text = Buffer.concat(parts).toString();
        const { complete, statusCode: status = 0 } = response;
        resolve({ status, type, traceId: String(traceId), text, complete });
      });
    });
    sent.setTimeout(20_000, () => sent.destroy(new Error("no call may hang")));
    sent.on("error", reject);
    sent.end(body);
  });
}

const errorShapes = {
  openai: z.object({ error: z.object({ message: z.string().min(1), code: z.string().min(1) }) }),
  anthropic: z.object({
    type: z.literal("error"),
    error: z.object({ type: z.string(), message: z.string().min(1) }),
  }),
};
const recorded = z.object({
  spans: z.array(z.object({ status: z.string(), httpStatus: z.number(), errorCode: z.string() })),
});

/** A call that was made; `own` answers pass as they are, also where they are no JSON. */
interface Made {
  what: string;
  protocol: Protocol;
  seen: Seen;
  own: boolean;
}

/** What every call has to keep to, whoever went wrong. */
async function check({ what, protocol, seen, own }: Made): Promise<void> {
  const streamed = seen.type.includes("event-stream") && !seen.text.startsWith("{");
  const clean = streamed
    ? seen.complete && lastEvents[protocol].test(seen.text) && !errorEvents[protocol].test(seen.text)
    : seen.complete && seen.status < 400;
  expect(seen.text, what).not.toContain("internal_error");
  expect(seen.traceId, what).toMatch(/^[0-9a-f]{32}$/);
  if (seen.status >= 400 && !own) errorShapes[protocol].parse(JSON.parse(seen.text));
  const toldInStream = !streamed || clean || errorEvents[protocol].test(seen.text);
  expect(toldInStream, `${what}: an error event in ${seen.text}`).toBe(true);
  const trace = await until(`the record of ${what}`, async () => {
    const response = await fetch(`${system.origin}/api/v1/traces/${seen.traceId}`, {
      headers: { authorization: `Bearer ${system.key}` },
    });
    return response.status === 200 ? response.json() : (await response.text(), null);
  });
  const { spans } = recorded.parse(trace);
  const [span] = spans;
  expect(spans, what).toHaveLength(1);
  expect(span?.httpStatus, what).toBe(seen.status);
  expect(span?.errorCode !== "", what).toBe(span?.status === "error");
  // A body of the caller's own protocol that is no answer passes as it came, and only the record says so.
  const statuses = clean ? (own && !streamed ? ["ok", "error"] : ["ok"]) : ["error"];
  expect(statuses, what).toContain(span?.status);
}

const json = "content-type: application/json";
const response = (head: string, body: string | Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 ${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`, "latin1"),
    Buffer.from(body),
  ]);
const whole =
  (body: string | Buffer, headers = json, status = "200 OK"): Behaviour =>
  (socket) =>
    void socket.write(response(`${status}\r\n${headers}`, body));
const says =
  (text: string, end: (socket: Socket) => void = (socket) => void socket.end()): Behaviour =>
  (socket) =>
    socket.write(Buffer.from(text, "latin1"), () => end(socket));
const chunk = (text: string | Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n`),
    Buffer.from(text),
    Buffer.from("\r\n"),
  ]);
const streamHead = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n";
const streams =
  (
    pieces: readonly (string | Buffer)[],
    end = (socket: Socket): void => void socket.write("0\r\n\r\n"),
  ): Behaviour =>
  async (socket) => {
    socket.write(`${streamHead}\r\n`);
    for (const piece of pieces) {
      socket.write(chunk(piece));
      await new Promise((resolve) => setImmediate(resolve));
    }
    end(socket);
  };

/** Ways for a provider to go wrong, with and without a stream. */
function misbehaviours(protocol: Protocol): Record<string, Behaviour> {
  const answer = JSON.stringify(
    protocol === "openai" ? openAiAnswer("hello", {}) : anthropicAnswer("hello", {}),
  );
  const events = protocol === "openai" ? openAiEvents("hello", {}) : anthropicEvents("hello", {});
  const all = events.join("");
  const bytes = Buffer.from(all);
  const reset = (socket: Socket): void => void socket.resetAndDestroy();
  const fin = (socket: Socket): void => void socket.end();
  const error = '{"error":{"message":"busy","type":"overloaded_error"}}';
  const large = answer.replace(/hello/i, "x".repeat(1_500_000));
  const entries: [string, Behaviour][] = [
    ...["{", "[1]", "null", "", "<html>", "{}", error, `\ufeff${answer}`].map((body): [string, Behaviour] => [
      `200 with ${body.slice(0, 20)}`,
      whole(body),
    ]),
    ...["199", "204", "206", "302", "304", "400", "429", "500", "529", "600", "999", "1000", "abc"].map(
      (status): [string, Behaviour] => [
        `status ${status}`,
        whole(error, `${json}\r\nlocation: /x`, `${status} Odd`),
      ],
    ),
    ["gzip", whole(gzipSync(answer), `${json}\r\ncontent-encoding: gzip`)],
    ["brotli", whole(brotliCompressSync(answer), `${json}\r\ncontent-encoding: br`)],
    ["packed by its word only", whole(answer, `${json}\r\ncontent-encoding: gzip`)],
    ["a large answer", whole(large)],
    ...["x: caf\xe9", "x: \x01", "x y: 1", "x: 1\r\nx: 2", "__proto__: 1", `x: ${"y".repeat(40_000)}`].map(
      (header): [string, Behaviour] => [
        `header ${header.slice(0, 12)}`,
        whole(answer, `${json}\r\n${header}`),
      ],
    ),
    ["a JSON answer called a stream", whole(answer, "content-type: text/event-stream")],
    ["a length too long", says(`HTTP/1.1 200 OK\r\n${json}\r\ncontent-length: 9999\r\n\r\n${answer}`)],
    ["no HTTP", says("SSH-2.0-OpenSSH_9.2\r\n")],
    ["half a head", says("HTTP/1.1 200 OK\r\ncont")],
    ["nothing, then a reset", reset],
    ["silence", () => undefined],
    ["silence after the head", says(`${streamHead}\r\n`, () => undefined)],
    ["a stream", streams(events)],
    ["a stream byte by byte", streams(Array.from(bytes, (byte) => Buffer.from([byte])))],
    ["a stream of CRLF", streams(events.map((event) => event.replaceAll("\n", "\r\n")))],
    ["a stream of CR", streams(events.map((event) => event.replaceAll("\n", "\r")))],
    ["a stream with a mark of byte order", streams([`\ufeff${all}`])],
    ["a stream with comments", streams(events.flatMap((event) => [": x\n\n", event]))],
    ["a stream without its last line break", streams([all.trimEnd()])],
    ["a stream twice", streams([...events, ...events])],
    ["a stream, then a reset", streams(events, reset)],
    ["a stream called HTTP/1.0", says(`HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\n${all}`)],
    ["a stream with a broken chunk", streams(events.slice(0, 2), (socket) => void socket.write("zz\r\n"))],
    ["a stream of an error", streams([`event: error\ndata: ${error.replace("{", '{"type":"error",')}\n\n`])],
    ["usage beyond counting", whole(answer.replaceAll(/("\w+_tokens"):\d+/g, "$1:1e300"))],
    [
      "half a surrogate pair",
      whole(answer.replace(/"id":"[^"]*"/, '"id":"\\ud800"').replace(/hello/i, "\\udfff")),
    ],
  ];
  for (const kept of [0, 1, 3]) {
    entries.push([`a stream that ends after ${kept}`, streams(events.slice(0, kept))]);
    entries.push([`a stream that is cut after ${kept}`, streams(events.slice(0, kept), fin)]);
    entries.push([`a stream that is cut in event ${kept}`, streams([all.slice(0, 20 + kept * 90)], reset)]);
  }
  return Object.fromEntries(entries);
}

test("whatever a provider does, its caller is told and the record has it once", async () => {
  const cases = protocols.flatMap((provider) =>
    Object.entries(misbehaviours(provider)).flatMap(([name, behaviour]) =>
      protocols.flatMap((caller) =>
        [false, true].map((stream) => ({ name, behaviour, caller, provider, stream })),
      ),
    ),
  );
  const made = await eightAtOnce(cases, async ({ name, behaviour, caller, provider, stream }, index) => {
    const agent = `provider-${index}`;
    behaviours.set(agent, behaviour);
    const messages = [{ role: "user", content: "hello" }];
    const body = JSON.stringify({ model: models[provider], max_tokens: 9, stream, messages });
    const seen = await call(paths[caller], Buffer.from(body), agent);
    const what = `${caller} to ${provider}, stream ${stream}: ${name}`;
    return { what, protocol: caller, seen, own: caller === provider };
  });
  await eightAtOnce(made, check);
});

/** A small generator of numbers from a seed (mulberry32). */
function createRandom(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below;
  };
}

const oddTexts = ["", " ", "\0", "\ud800", "__proto__", "user", "text", "x".repeat(3000)];
const oddBlocks = [
  { type: "text", text: "t" },
  { type: "tool_result", tool_use_id: "a", content: [] },
];
const oddValues: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  1.5,
  [],
  {},
  [null],
  [[]],
  ...oddTexts,
  ...oddBlocks,
];
const bodies: Record<Protocol, unknown> = {
  openai: {
    stream: true,
    stream_options: { include_usage: false },
    temperature: 1,
    stop: ["a"],
    user: "u",
    n: 1,
    messages: [
      { role: "system", content: "s" },
      {
        role: "user",
        content: [
          { type: "text", text: "q" },
          { type: "image_url", image_url: { url: "http://x/y" } },
        ],
      },
      {
        role: "assistant",
        tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "a", content: "r" },
    ],
    tools: [
      {
        type: "function",
        function: { name: "f", strict: true, parameters: { type: "object", properties: {} } },
      },
    ],
    response_format: { type: "json_schema", json_schema: { name: "n", schema: { type: "object" } } },
    metadata: { a: "b" },
  },
  anthropic: {
    max_tokens: 2000,
    stream: true,
    temperature: 0.5,
    stop_sequences: ["a"],
    metadata: { user_id: "u" },
    system: [{ type: "text", text: "s", cache_control: { type: "ephemeral" } }],
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "q" },
          { type: "image", source: { type: "url", url: "http://x" } },
        ],
      },
      { role: "assistant", content: [{ type: "tool_use", id: "a", name: "f", input: { n: 1 } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: "r", is_error: true }] },
    ],
    tools: [{ name: "f", input_schema: { type: "object", properties: { a: { type: "string" } } } }],
    thinking: { type: "enabled", budget_tokens: 1024 },
  },
};

/** The value with one thing in it left out, replaced, wrapped or moved. */
function mutate(value: unknown, random: (below: number) => number): unknown {
  const copy: unknown = structuredClone(value);
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const walk = (at: unknown): void => {
    if (typeof at !== "object" || at === null) return;
    const holder = at as Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      walk(holder[key]);
    }
  };
  walk(copy);
  const place = places[Math.floor(random(places.length))];
  const other = places[Math.floor(random(places.length))];
  if (place === undefined || other === undefined) return copy;
  const { holder, key } = place;
  const odd = oddValues[Math.floor(random(oddValues.length))];
  const changes = [
    () => delete holder[key],
    () => (holder[key] = odd),
    () => (holder[key] = [holder[key]]),
    () => (holder[key] = { a: holder[key] }),
    () => (holder[key] = structuredClone(other.holder[other.key])),
    () => (holder[`${key}_`] = odd),
  ];
  changes[Math.floor(random(changes.length))]?.();
  return copy;
}

test(`whatever a caller sends, it is answered and on record once (WEIR_TEST_SEED=${seed})`, async () => {
  const random = createRandom(seed);
  const targets = [models.openai, models.anthropic, "sim/echo", "sim/chat?tokens=3", "nobody/x", ""];
  const cases = Array.from({ length: 400 }, () => {
    const caller = protocols[Math.floor(random(2))] ?? "openai";
    const model = targets[Math.floor(random(targets.length))] ?? "";
    const mutated = mutate(mutate(bodies[caller], random), random);
    const body = Buffer.from(JSON.stringify({ ...(mutated as object), model }));
    // Now and then the bytes themselves are wrong.
    if (random(1) < 0.1) body[Math.floor(random(body.length))] = Math.floor(random(256));
    return { caller, body, streamed: body.includes('"stream":true') };
  });
  const made = await eightAtOnce(cases, async ({ caller, body, streamed }, index) => {
    const agent = `caller-${index}`;
    behaviours.set(agent, (socket) => {
      const provider = body.includes(models.openai) ? "openai" : "anthropic";
      const events = provider === "openai" ? openAiEvents("hello", {}) : anthropicEvents("hello", {});
      const answer = provider === "openai" ? openAiAnswer("hello", {}) : anthropicAnswer("hello", {});
      (streamed ? streams(events) : whole(JSON.stringify(answer)))(socket);
    });
    const seen = await call(paths[caller], body, agent);
    return { what: `${caller}: ${body.toString().slice(0, 2000)}`, protocol: caller, seen, own: false };
  });
  await eightAtOnce(made, check);
  const ready = await fetch(`${system.origin}/readyz`);
  expect(await ready.json()).toMatchObject({ state: "ok", notRecording: [] });
});
