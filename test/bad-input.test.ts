import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { freePort, startSystem, until, type System } from "./system.ts";

let system: System;

beforeAll(async () => {
  // Anthropic has a key and nobody listens there: what is wrong with a request is said before it is sent.
  system = await startSystem({
    env: { ANTHROPIC_API_KEY: "sk-nobody", ANTHROPIC_BASE_URL: `http://127.0.0.1:${await freePort()}` },
  });
});
afterAll(async () => {
  await system?.dispose();
});

const protocols = [
  {
    name: "OpenAI",
    path: "/v1/chat/completions",
    error: z.object({ error: z.object({ message: z.string(), type: z.string(), code: z.string() }) }),
  },
  {
    name: "Anthropic",
    path: "/v1/messages",
    error: z.object({ type: z.literal("error"), error: z.object({ type: z.string(), message: z.string() }) }),
  },
];

async function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${system.origin}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${system.key}`, ...headers },
    body,
  });
}

const hello = (model: string) =>
  JSON.stringify({ model, max_tokens: 16, messages: [{ role: "user", content: "hello" }] });

describe.each(protocols)(
  "a bad call in $name's protocol gets a clear error in its shape",
  ({ path, error }) => {
    const cases: {
      what: string;
      body: string;
      headers?: Record<string, string>;
      status: number;
      says: RegExp;
    }[] = [
      { what: "malformed JSON", body: '{"model": "sim/echo",', status: 400, says: /JSON/ },
      { what: "no object", body: '"sim/echo"', status: 400, says: /object/ },
      { what: "an empty body", body: "", status: 400, says: /empty|JSON/i },
      { what: "no model", body: '{"messages":[]}', status: 400, says: /model/ },
      { what: "an unknown model", body: hello("sim/ecko"), status: 404, says: /sim\/echo/ },
      { what: "an unknown provider", body: hello("nobody/x"), status: 404, says: /nobody/ },
      { what: "a slip in a provider", body: hello("opneai/gpt-4o"), status: 404, says: /"openai\/gpt-4o"/ },
      { what: "another case", body: hello("OPENAI/gpt-4o-mini"), status: 404, says: /"openai\/gpt-4o-mini"/ },
      { what: "a provider without a key", body: hello("openai/gpt-4o"), status: 503, says: /OPENAI_API_KEY/ },
      {
        what: "a wrong key",
        body: hello("sim/echo"),
        headers: { authorization: `Bearer weir_${"x".repeat(40)}` },
        status: 401,
        says: /key/,
      },
      { what: "no key", body: hello("sim/echo"), headers: { authorization: "" }, status: 401, says: /key/ },
      { what: "an unknown simulator parameter", body: hello("sim/chat?speed=9"), status: 400, says: /speed/ },
    ];

    test.each(cases)("$what", async ({ body, headers, status, says }) => {
      const response = await post(path, body, headers);
      const parsed = error.parse(await response.json());
      expect(parsed.error.message).toMatch(says);
      expect(response.status).toBe(status);
    });

    test("a body over the limit: 413 with the limit", async () => {
      const response = await post(
        path,
        JSON.stringify({ model: "sim/echo", pad: "x".repeat(33 * 1024 * 1024) }),
      );
      expect(response.status).toBe(413);
      expect(error.parse(await response.json()).error.message).toMatch(/32 MiB|33554432|33,554,432/);
    });
  },
);

test.each([
  ["GET", "/v1"],
  ["GET", "//v1/models"],
  ["POST", "/v1"],
  ["POST", "/chat/completions"],
  ["POST", "/messages"],
])("a wrong base URL: %s %s is answered as JSON with the right one", async (method, path) => {
  const response = await fetch(system.origin + path, { method });
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({
    error: { message: expect.stringContaining("base URL to http://host:port/v1") },
  });
});

test("the console's pages are pages, and no client gets one in place of JSON", async () => {
  for (const path of ["/", "/traces", "/settings/models"]) {
    const page = await fetch(system.origin + path, { headers: { accept: "text/html,*/*;q=0.8" } });
    expect(page.headers.get("content-type")).toContain("text/html");
    await page.text();
  }
  const lost = await fetch(`${system.origin}/responses`, { method: "POST", body: "{}" });
  expect(lost.status).toBe(404);
  expect(await lost.json()).toMatchObject({ code: "route_not_found" });
});

test("an unreadable image is named by its place, before anything is sent", async () => {
  const response = await post(
    "/v1/chat/completions",
    JSON.stringify({
      model: "anthropic/claude-sonnet-4-5",
      max_tokens: 16,
      messages: [
        {
          role: "user",
          content: [{ type: "image_url", image_url: { url: "data:image/png;base64,!!not base64!!" } }],
        },
      ],
    }),
  );
  const text = await response.text();
  expect(response.status, text).toBe(400);
  expect(text).toContain("messages[0].content[0].image_url.url");
});

test("a provider that nobody listens at: 502 in the caller's shape", async () => {
  const response = await post("/v1/messages", hello("anthropic/claude-sonnet-4-5"));
  const text = await response.text();
  expect(response.status, text).toBe(502);
  expect(JSON.parse(text)).toMatchObject({ type: "error" });
});

test("a wrong method says which one is right", async () => {
  const response = await fetch(`${system.origin}/v1/chat/completions`, {
    headers: { authorization: `Bearer ${system.key}` },
  });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toContain("POST");
});

test("our own API refuses unknown fields by name, as problem+json", async () => {
  const response = await fetch(`${system.origin}/api/v1/traces?limti=5`, {
    headers: { authorization: `Bearer ${system.key}` },
  });
  expect(response.status).toBe(400);
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  expect(await response.text()).toContain('did you mean \\"limit\\"?');
  const number = await fetch(`${system.origin}/api/v1/traces?limit=x`, {
    headers: { authorization: `Bearer ${system.key}` },
  });
  expect(await number.json()).toMatchObject({
    detail: '"limit" must be a whole number from 1 to 200, but it is "x".',
  });
  const filter = await fetch(`${system.origin}/api/v1/traces?filter=${encodeURIComponent("modle:gpt-4o")}`, {
    headers: { authorization: `Bearer ${system.key}` },
  });
  expect(filter.status).toBe(400);
  expect(await filter.text()).toContain("model");
  // 18 KB as it is sent, within the limit of a request's head.
  const long = await fetch(`${system.origin}/api/v1/traces?filter=${encodeURIComponent("川".repeat(2000))}`, {
    headers: { authorization: `Bearer ${system.key}` },
  });
  expect(long.status, await long.text()).toBe(200);
});

test("a project key reads its own project and changes nothing", async () => {
  const headers = { authorization: `Bearer ${system.key}`, "content-type": "application/json" };
  const created = await fetch(`${system.origin}/api/v1/keys`, {
    method: "POST",
    headers,
    body: JSON.stringify({ name: "sneaky" }),
  });
  expect(created.status).toBe(403);
  const stranger = await fetch(`${system.origin}/api/v1/traces?projectId=someone-elses`, { headers });
  expect([403, 404]).toContain(stranger.status);
});

test("clients that hang up or send half a request do no harm", async () => {
  const hangUps = Array.from(
    { length: 50 },
    (_, index) =>
      new Promise<void>((resolve) => {
        const socket = connect(system.port, "127.0.0.1", () => {
          const length = index % 2 === 0 ? 1000 : 20;
          socket.write(
            `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${system.key}\r\n` +
              `content-length: ${length}\r\n\r\n{"model":"sim/echo"`,
          );
          setImmediate(() => socket.destroy());
        });
        socket.on("close", () => resolve());
        socket.on("error", () => resolve());
      }),
  );
  await Promise.all(hangUps);
  const garbage = await new Promise<string>((resolve) => {
    const socket = connect(system.port, "127.0.0.1", () =>
      socket.write("\x16\x03\x01 this is no HTTP\r\n\r\n"),
    );
    let text = "";
    socket.on("data", (part: Buffer) => (text += part.toString()));
    socket.on("close", () => resolve(text));
    socket.on("error", () => resolve(text));
  });
  expect(garbage).toContain("400");
  const answered = await until("the server to serve on", async () => {
    const response = await post("/v1/chat/completions", hello("sim/echo"));
    return response.status === 200 ? response.json() : null;
  });
  expect(JSON.stringify(answered)).toContain("hello");
});
