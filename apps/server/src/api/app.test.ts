import { createHash } from "node:crypto";
import type { Snapshot, System } from "@weir/schema";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { capabilities } from "../capabilities/index.ts";
import { createProjects } from "../capabilities/projects/service.ts";
import { createSessions } from "../capabilities/session/service.ts";
import type { Postgres, Services } from "../capability.ts";
import { engineUnavailable } from "../errors.ts";
import { createSealer } from "../home/secrets.ts";
import { createApp } from "./app.ts";
import { createAuthenticate } from "./authenticate.ts";
import { defineRoute } from "./define-route.ts";

const adminToken = "admin-token-for-tests";
const projectKey = `weir_${"k".repeat(40)}`;
const revokedKey = `weir_${"r".repeat(40)}`;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const key = { projectId: "project_1", name: "app" };

const snapshot: Snapshot = {
  version: 1,
  strict: false,
  providers: [],
  keys: [
    { ...key, id: "key_1", sha256: sha256(projectKey), revokedAt: null },
    { ...key, id: "key_2", sha256: sha256(revokedKey), revokedAt: "2026-01-01T00:00:00Z" },
  ],
};

const system: System = {
  state: "ok",
  version: "1.2.3",
  startedAt: "2026-01-01T00:00:00Z",
  components: [],
  notRecording: [],
  spool: { segments: 0, bytes: 0, oldestAgeMs: 0, unrecorded: 0 },
  providers: [],
};

/** Engines that are away: what is tested here has to hold without them. */
const away = () => Promise.reject(engineUnavailable({ engine: "postgres" }));
const postgres: Postgres = { query: away, execute: away, transaction: away };

function makeApp(options: { listenHost?: string; trustProxy?: boolean; publicUrl?: string } = {}) {
  const log = pino({ level: "silent" });
  const now = () => 0;
  const projects = createProjects(postgres);
  const services: Services = {
    postgres,
    clickhouse: { query: away },
    blobs: { read: async () => null, belongsTo: () => null },
    spool: {
      listDead: async () => ({ batches: 0, data: [] }),
      deadRecords: () => 0,
      retryDead: async () => ({ batches: [], skipped: [], refused: [] }),
      roomBytes: () => 0,
    },
    projects,
    sessions: createSessions({ postgres, now, log }),
    sealer: createSealer("00".repeat(32)),
    runtime: {
      version: "1.2.3",
      publicUrl: options.publicUrl ?? null,
      baseUrl: () => "http://127.0.0.1:9347",
      snapshot: () => snapshot,
      refreshSnapshot: async () => undefined,
      system: () => system,
      started: () => true,
    },
    log,
    now,
  };
  const echo = defineRoute({
    method: "post",
    path: "/echo/{name}",
    permission: "keys:write",
    scope: "none",
    summary: "For this test",
    params: z.strictObject({ name: z.string() }),
    query: z.strictObject({ limit: z.coerce.number().int().max(200).default(50) }),
    body: z.strictObject({ text: z.string(), inner: z.strictObject({ flag: z.boolean() }).optional() }),
    result: z.unknown(),
    handle: async (call) => ({ ...call.params, ...call.query, ...call.body }),
  });
  const routes = [...capabilities.flatMap((capability) => capability.routes(services)), echo];
  const app = createApp({
    routes,
    authenticate: createAuthenticate({ adminToken, snapshot: () => snapshot, findSession: async () => null }),
    resolveProject: (asked) => projects.resolve(asked),
    fallback: async () => new Response("the console"),
    probes: {},
    listenHost: options.listenHost ?? "127.0.0.1",
    publicUrl: options.publicUrl ?? null,
    trustProxy: options.trustProxy ?? false,
    version: "1.2.3",
    log,
  });
  const send = (path: string, init: RequestInit = {}) =>
    app.fetch(
      new Request(`http://127.0.0.1:9347${path}`, {
        ...init,
        headers: { host: "127.0.0.1:9347", ...init.headers },
      }),
    );
  return { routes, send };
}

const { routes, send } = makeApp();
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const json = { "content-type": "application/json" };
const pathOf = (path: string) => `/api/v1${path.replaceAll(/\{\w+\}/g, "0".repeat(64))}`;

async function problemOf(response: Response) {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = z.looseObject({ code: z.string(), mend: z.string().min(5), requestId: z.string().min(8) });
  return problem.parse(await response.json());
}

describe("deny by default", () => {
  test.each(
    routes.filter(({ permission }) => permission !== "public").map((route) => [route.method, route.path]),
  )("%s %s without a sign-in", async (method, path) => {
    const response = await send(pathOf(path), { method: method.toUpperCase() });
    expect(response.status).toBe(401);
    expect((await problemOf(response)).code).toBe("sign_in_required");
  });
  test("the public routes are these and no more", () => {
    const open = routes.filter(({ permission }) => permission === "public");
    expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual(["post /session"]);
  });
  test.each(routes.filter(({ method }) => method !== "get").map((route) => [route.method, route.path]))(
    "a project key may not %s %s",
    async (method, path) => {
      if (path === "/session" && method === "post") return;
      const headers = { ...bearer(projectKey), ...json };
      const response = await send(pathOf(path), { method: method.toUpperCase(), headers, body: "{}" });
      expect(response.status).toBe(403);
    },
  );
  test("a revoked key, an unknown one and a wrong admin token are each refused", async () => {
    const code = async (token: string) =>
      (await problemOf(await send("/api/v1/models", { headers: bearer(token) }))).code;
    expect(await code(revokedKey)).toBe("key_revoked");
    expect(await code("weir_unknown")).toBe("key_invalid");
    expect(await code(`${adminToken}x`)).toBe("key_invalid");
    expect((await send("/api/v1/models", { headers: bearer(projectKey) })).status).toBe(200);
  });
});

describe("bad input", () => {
  const post = (path: string, body: string, headers: Record<string, string> = json) =>
    send(path, { method: "POST", body, headers: { ...bearer(adminToken), ...headers } });
  test("a good request, for comparison", async () => {
    const response = await post("/api/v1/echo/ann?limit=7", '{"text":"hi"}');
    expect(await response.json()).toEqual({ name: "ann", limit: 7, text: "hi" });
  });
  test("unknown fields are refused by name, wherever they are", async () => {
    const body = await problemOf(
      await post("/api/v1/echo/ann", '{"text":"hi","txet":1,"inner":{"flag":true,"flog":1}}'),
    );
    expect(body).toMatchObject({ code: "invalid_body", errors: [{ path: "inner.flog" }, { path: "txet" }] });
    const query = await problemOf(await post("/api/v1/echo/ann?limti=5", '{"text":"hi"}'));
    expect(query).toMatchObject({ code: "invalid_query", errors: [{ path: "limti" }] });
    const project = await problemOf(await post("/api/v1/echo/ann?projectId=p", '{"text":"hi"}'));
    expect(project).toMatchObject({ code: "invalid_query", errors: [{ path: "projectId" }] });
  });
  test("what is wrong is a plain sentence with the field, what was given, what is wanted and the mend", async () => {
    const told = async (response: Promise<Response> | Response) => {
      const problem = await problemOf(await response);
      return `${String(problem["detail"])} | ${problem.mend}`;
    };
    const text = '{"text":"hi"}';
    const nameForm = "text of 1 to 80 characters, none of them a control character";
    expect(await told(post("/api/v1/keys", '{"name":""}'))).toBe(
      `"name" must be ${nameForm}, but it is "". | Give "name" as ${nameForm}.`,
    );
    expect(await told(post("/api/v1/keys", "{}"))).toBe(
      `"name" is missing; it must be ${nameForm}. | Add "name".`,
    );
    expect(await told(post("/api/v1/echo/ann?limit=x", text))).toBe(
      `"limit" must be a whole number of 200 or less, but it is "x". | Give "limit" as a whole number of 200 or less, or leave it out.`,
    );
    for (const given of ["201", "1.5"]) {
      expect(await told(post(`/api/v1/echo/ann?limit=${given}`, text))).toContain(`but it is "${given}".`);
    }
    expect(await told(post("/api/v1/echo/ann?limti=5", text))).toBe(
      `"limti" is no field here; did you mean "limit"? | Write "limit", or leave it out.`,
    );
    expect(await told(post("/api/v1/echo/ann", '{"text":7,"inner":{"flag":"no"}}'))).toMatch(
      /^"text" must be text, but it is 7\. \(and 1 more\) \| /,
    );
    expect(await told(post("/api/v1/echo/ann", "[]"))).toMatch(
      /^The body must be an object with the fields text, inner, but it is a list of 0 items\./,
    );
    expect(await told(post("/api/v1/session", `{"token":"${"s".repeat(300)}"}`))).toMatch(
      /^"token" must be text of 1 to 200 characters, but it is text of 300 characters\./,
    );
    expect(await told(send("/api/v1/traces?limit=x", { headers: bearer(projectKey) }))).not.toMatch(
      /NaN|expected/,
    );
  });
  test("an unknown parameter is refused whatever its name", async () => {
    const problem = await problemOf(await post("/api/v1/echo/ann?__proto__=1", '{"text":"hi"}'));
    expect(problem).toMatchObject({ code: "invalid_query", errors: [{ path: "__proto__" }] });
  });
  test("a parameter given twice", async () => {
    const problem = await problemOf(await post("/api/v1/echo/ann?limit=5&limit=6", '{"text":"hi"}'));
    expect(problem.code).toBe("invalid_query");
  });
  test("malformed JSON, another media type, too large a body", async () => {
    expect((await post("/api/v1/echo/ann", "{")).status).toBe(400);
    expect((await post("/api/v1/echo/ann", "a=b", { "content-type": "text/plain" })).status).toBe(415);
    const large = await post("/api/v1/echo/ann", JSON.stringify({ text: "x".repeat(1024 * 1024) }));
    expect(large.status).toBe(413);
    expect((await problemOf(large)).mend).toContain("1048576");
  });
  test("paths and methods that do not exist", async () => {
    const unknown = await send("/api/v1/nothing");
    expect(unknown.status).toBe(404);
    expect((await problemOf(unknown)).code).toBe("route_not_found");
    const wrong = await send("/api/v1/keys", { method: "DELETE", headers: bearer(adminToken) });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get("allow")).toBe("GET, POST");
    // A part of the path that is empty names nothing, and is no reason to call the method wrong.
    const empty = await send("/api/v1/keys//revoke", { method: "POST", headers: bearer(adminToken) });
    expect(empty.status).toBe(404);
  });
  test("an engine that is away is said so, with what still works", async () => {
    const response = await send("/api/v1/projects", { headers: bearer(adminToken) });
    expect(response.status).toBe(503);
    expect((await problemOf(response)).code).toBe("postgres_unavailable");
  });
});

describe("pages of other sites", () => {
  test("a name that was made to resolve to this machine is refused (DNS rebinding)", async () => {
    const response = await send("/api/v1/openapi.json", {
      headers: { "x-forwarded-host": "evil.example:9347" },
    });
    expect(response.status).toBe(421);
    const open = makeApp({ listenHost: "0.0.0.0" });
    const served = await open.send("/api/v1/openapi.json", {
      headers: { "x-forwarded-host": "weir.example" },
    });
    expect(served.status).toBe(200);
  });
  test("a proxy that is trusted decides which names lead here", async () => {
    const proxied = { "x-forwarded-host": "weir.example", "x-forwarded-proto": "https" };
    expect((await send("/api/v1/openapi.json", { headers: proxied })).status).toBe(421);
    const { send: trusted } = makeApp({ trustProxy: true });
    expect((await trusted("/api/v1/openapi.json", { headers: proxied })).status).toBe(200);
    const signIn = {
      method: "POST",
      body: '{"token":"x"}',
      headers: { ...json, ...proxied, origin: "https://weir.example" },
    };
    // It gets as far as the engine that is away here, and is not taken for a page of another site.
    expect((await trusted("/api/v1/session", signIn)).status).toBe(503);
  });
  describe("with a public URL and no trust in a proxy's headers", () => {
    const publicUrl = "https://weir.example";
    const { send: published } = makeApp({ publicUrl });
    const read = (host: string) =>
      published("/api/v1/openapi.json", { headers: { "x-forwarded-host": host } });
    test("its name is answered to, and no other", async () => {
      for (const host of ["weir.example", "WEIR.example:443", "127.0.0.1:9347", "localhost"]) {
        expect((await read(host)).status, host).toBe(200);
      }
      for (const host of ["evil.example", "weir.example.evil.example", "evil.example#weir.example", ""]) {
        expect((await read(host)).status, host).toBe(421);
      }
    });
    test("the console there may change things, whatever Host the proxy passes on", async () => {
      const signIn = async (headers: Record<string, string>) =>
        (
          await published("/api/v1/session", {
            method: "POST",
            body: '{"token":"x"}',
            headers: { ...json, ...headers },
          })
        ).status;
      // 503: as far as the engine that is away here.
      expect(await signIn({ origin: publicUrl })).toBe(503);
      expect(await signIn({ origin: publicUrl, "x-forwarded-host": "weir.example" })).toBe(503);
      expect(await signIn({ origin: "http://127.0.0.1:9347" })).toBe(503);
      // What somebody put on the same name without TLS is another site, and so is another port of it.
      const host = { "x-forwarded-host": "weir.example" };
      expect(await signIn({ ...host, origin: "http://weir.example" })).toBe(403);
      expect(await signIn({ ...host, origin: "https://weir.example:8443" })).toBe(403);
      expect(await signIn({ origin: publicUrl, "sec-fetch-site": "cross-site" })).toBe(403);
    });
    test("the OpenAPI document names it as the server; without one, none", async () => {
      const serversAt = async (at: typeof send) =>
        z
          .looseObject({ servers: z.unknown().optional() })
          .parse(await (await at("/api/v1/openapi.json")).json()).servers;
      expect(await serversAt(published)).toEqual([{ url: publicUrl }]);
      expect(await serversAt(send)).toBeUndefined();
    });
  });
  test.each([
    { origin: "https://evil.example" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ])("a change asked for by %o is refused", async (headers) => {
    const init = { method: "POST", body: '{"token":"x"}', headers: { ...json, ...headers } };
    const response = await send("/api/v1/session", init);
    expect((await problemOf(response)).code).toBe("cross_site_refused");
  });
  test("every answer forbids framing, sniffing and foreign sources", async () => {
    for (const path of ["/", "/api/v1/openapi.json", "/api/v1/nothing"]) {
      const { headers } = await send(path);
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
    }
  });
  test("sign-in is tried ten times a minute, not more", async () => {
    const { send: fresh } = makeApp();
    const attempt = () => fresh("/api/v1/session", { method: "POST", body: '{"token":"x"}', headers: json });
    for (let count = 0; count < 10; count++) expect((await attempt()).status).toBe(503);
    const refused = await attempt();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

test("the OpenAPI document holds every route with its schemas", async () => {
  const document = z
    .looseObject({
      openapi: z.literal("3.1.0"),
      paths: z.record(z.string(), z.record(z.string(), z.unknown())),
    })
    .parse(await (await send("/api/v1/openapi.json")).json());
  for (const { method, path } of routes) expect(document.paths[`/api/v1${path}`]).toHaveProperty(method);
  const operations = Object.values(document.paths).flatMap((path) => Object.keys(path));
  expect(document.paths["/api/v1/openapi.json"]).toHaveProperty("get");
  expect(operations).toHaveLength(routes.length + 1);
  // Files come as whatever they are, and not as JSON.
  expect(document.paths["/api/v1/blobs/{sha256}"]).toMatchObject({
    get: { responses: { 200: { content: { "*/*": {} } } } },
  });
  expect(JSON.stringify(document.paths["/api/v1/echo/{name}"])).toMatch(/"limit".*"text"|"text".*"limit"/);
});

test("the patterns of the OpenAPI document are patterns, and take what the routes take", async () => {
  const text = await (await send("/api/v1/openapi.json")).text();
  const patterns = [...text.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, pattern]) =>
    z.string().parse(JSON.parse(pattern ?? "")),
  );
  const taken = ["My team's key", "0".repeat(16), "0".repeat(32), "0".repeat(64), "key_1", "batch-1-a"];
  for (const pattern of patterns)
    expect(
      taken.some((value) => new RegExp(pattern).test(value)),
      pattern,
    ).toBe(true);
  expect(patterns.filter((pattern) => new RegExp(pattern).test("My team's key"))).toHaveLength(2);
});

test("the OpenAPI document offers each route only the credentials that open it", async () => {
  const operation = z.looseObject({ security: z.array(z.record(z.string(), z.array(z.string()))) });
  const { paths } = z
    .looseObject({ paths: z.record(z.string(), z.record(z.string(), operation)) })
    .parse(await (await send("/api/v1/openapi.json")).json());
  const offered = (method: string, path: string) =>
    paths[`/api/v1${path}`]?.[method]?.security.flatMap((scheme) => Object.keys(scheme));
  expect(offered("get", "/traces")).toEqual(["project-key", "session", "admin-token"]);
  expect(offered("get", "/keys")).toEqual(["session", "admin-token"]);
  expect(offered("post", "/links")).toEqual(["admin-token"]);
  expect(offered("get", "/session")).toEqual(["session"]);
  expect(offered("post", "/session")).toEqual([]);
});
