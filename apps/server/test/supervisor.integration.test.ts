import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { api, bootstrapKey, childrenOf, freePort, root, startSystem, until } from "../../../test/system.ts";
import type { System } from "../../../test/system.ts";

/** Runs `weir` to its end. */
function runWeir(options: { args: string[]; env: Record<string, string>; cwd?: string }) {
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    const child = spawn(process.execPath, [join(root, "apps/cli/bin/weir.mjs"), ...options.args], {
      cwd: options.cwd ?? root,
      env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (text: Buffer) => (output += text.toString()));
    child.stderr.on("data", (text: Buffer) => (output += text.toString()));
    child.once("exit", (code) => resolve({ code, output }));
  });
}

function call(system: System, key: string): Promise<Response> {
  return fetch(`${system.origin}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: "sim/echo", messages: [{ role: "user", content: "hello" }] }),
  });
}

const systemSchema = z.object({
  state: z.string(),
  components: z.array(z.object({ name: z.string(), state: z.string(), detail: z.string() })),
});

async function readyz(system: System) {
  const response = await fetch(`${system.origin}/readyz`);
  return { status: response.status, ...systemSchema.parse(await response.json()) };
}

describe("a running Weir", () => {
  let system: System;
  const weir = (...args: string[]) => runWeir({ args, env: { WEIR_HOME: system.home } });
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.dispose());

  test("the first start prints how to get in, and keeps its home to its owner", () => {
    expect(system.signInLink()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/sign-in#token=[A-Za-z0-9]{43}$/);
    expect(system.output()).toContain(bootstrapKey);
    expect(system.output()).toContain(`${system.origin}/v1`);
    expect(system.output()).toContain("sim/echo and sim/chat are a simulator");
    expect(statSync(system.home).mode & 0o777).toBe(0o700);
    for (const secret of ["admin-token", "secret.key", "snapshot.json"]) {
      expect(statSync(join(system.home, secret)).mode & 0o777).toBe(0o600);
    }
  });

  test("a second start on the same home is refused with the pid that holds it", async () => {
    const second = await runWeir({
      args: ["up"],
      env: { WEIR_HOME: system.home, WEIR_PORT: String(await freePort()) },
    });
    expect(second.code).toBe(1);
    expect(second.output).toContain(`process ${system.pid}`);
  });

  test("a port that another Weir uses is refused with the mend", async () => {
    const home = mkdtempSync(join(tmpdir(), "weir-port-"));
    const second = await runWeir({ args: ["up"], env: { WEIR_HOME: home, WEIR_PORT: String(system.port) } });
    rmSync(home, { recursive: true });
    expect(second.code).toBe(1);
    expect(second.output).toContain(`another program uses the port`);
    expect(second.output).toContain(`WEIR_PORT=${system.port + 1}`);
  });

  test("a call is recorded and shows in the trace list within seconds", async () => {
    const response = await call(system, system.key);
    expect(response.status).toBe(200);
    const traceId = response.headers.get("x-weir-trace-id");
    const answeredAt = Date.now();
    const page = z.looseObject({ data: z.array(z.looseObject({ traceId: z.string() })) });
    await until("the trace", async () => {
      const { data } = page.parse(await api(system, "/traces"));
      return data.some((trace) => trace.traceId === traceId);
    });
    expect(Date.now() - answeredAt).toBeLessThan(5_000);
  });

  test("keys: made, used, listed with their last use, revoked and refused at once", async () => {
    const created = await weir("key", "create", "checkout", "--json");
    expect(created.code).toBe(0);
    const { key, secret } = z
      .looseObject({ secret: z.string(), key: z.looseObject({ keyId: z.string() }) })
      .parse(JSON.parse(created.output));
    expect((await call(system, secret)).status).toBe(200);
    const keys = z.array(z.looseObject({ keyId: z.string(), lastUsedAt: z.string().nullable() }));
    await until("the key's last use to be written", async () => {
      const listed = keys.parse(JSON.parse((await weir("key", "list", "--json")).output));
      return listed.some(({ keyId, lastUsedAt }) => keyId === key.keyId && lastUsedAt !== null);
    });
    const revoked = await weir("key", "revoke", key.keyId);
    expect(revoked.output).toContain("revoked");
    // Both threads: many connections land on either.
    const after = await Promise.all(Array.from({ length: 20 }, () => call(system, secret)));
    expect(after.map(({ status }) => status)).toEqual(after.map(() => 401));
    const unknown = await weir("key", "revoke", "key_nobody");
    expect(unknown.code).toBe(1);
    expect(unknown.output).toContain("weir key list");
  });

  test("a sign-in link works once, and its session opens the console's API", async () => {
    const signIn = (token: string) =>
      fetch(`${system.origin}/api/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token }),
      });
    const token = system.signInLink().split("token=")[1] ?? "";
    const first = await signIn(token);
    expect(first.status).toBe(201);
    const cookie = first.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect((await signIn(token)).status).toBe(401);
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    const session = await fetch(`${system.origin}/api/v1/session`, { headers });
    expect(await session.json()).toMatchObject({ user: { role: "administrator" }, baseUrl: system.origin });
    const quickstart = await fetch(`${system.origin}/api/v1/quickstart`, { headers });
    expect(await quickstart.json()).toMatchObject({ key: bootstrapKey, baseUrl: system.origin });
    const link = await weir("link", "--json");
    const { url } = z.object({ url: z.string(), expiresAt: z.string() }).parse(JSON.parse(link.output));
    expect((await signIn(url.split("token=")[1] ?? "")).status).toBe(201);
    const out = await fetch(`${system.origin}/api/v1/session`, { method: "DELETE", headers });
    expect(out.status).toBe(204);
    expect((await fetch(`${system.origin}/api/v1/session`, { headers })).status).toBe(401);
  });

  test("a file that left its row opens with a key of its project, and with no other", async () => {
    const image = Buffer.alloc(20_000, "weir").toString("base64");
    const content = [{ type: "image_url", image_url: { url: `data:image/png;base64,${image}` } }];
    const response = await fetch(`${system.origin}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${system.key}` },
      body: JSON.stringify({ model: "sim/echo", messages: [{ role: "user", content }] }),
    });
    expect(response.status).toBe(200);
    const sha256 = createHash("sha256").update(Buffer.alloc(20_000, "weir")).digest("hex");
    const blob = (key: string) =>
      fetch(`${system.origin}/api/v1/blobs/${sha256}`, { headers: { authorization: `Bearer ${key}` } });
    const found = await until("the row that refers to the file", async () => {
      const answer = await blob(system.key);
      return answer.status === 200 && answer;
    });
    expect(found.headers.get("content-type")).toBe("image/png");
    expect(found.headers.get("content-security-policy")).toContain("sandbox");
    expect(found.headers.get("x-content-type-options")).toBe("nosniff");
    expect(Buffer.from(await found.arrayBuffer()).equals(Buffer.alloc(20_000, "weir"))).toBe(true);

    const admin = readFileSync(join(system.home, "admin-token"), "utf8").trim();
    const project = await fetch(`${system.origin}/api/v1/projects`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${admin}` },
      body: JSON.stringify({ name: "Another project" }),
    });
    expect(project.status).toBe(201);
    const { projectId, slug } = z
      .looseObject({ projectId: z.string(), slug: z.string() })
      .parse(await project.json());
    expect(slug).toBe("another-project");
    const created = await weir("key", "create", "stranger", "--project", projectId, "--json");
    const { secret } = z.looseObject({ secret: z.string() }).parse(JSON.parse(created.output));
    expect((await blob(secret)).status).toBe(404);
  });

  test("any number of projects may have one name, and none has one that Postgres cannot keep", async () => {
    const admin = readFileSync(join(system.home, "admin-token"), "utf8").trim();
    const send = (path: string, body?: object) =>
      fetch(`${system.origin}/api/v1${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${admin}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const slugs = new Set<string>();
    for (let index = 0; index < 13; index += 1) {
      const created = await send("/projects", { name: "客服" });
      expect(created.status).toBe(201);
      slugs.add(z.looseObject({ slug: z.string() }).parse(await created.json()).slug);
    }
    expect(slugs.size).toBe(13);
    for (const [path, body] of [
      ["/projects", { name: "a\u0000b" }],
      ["/keys", { name: "a\u0000b" }],
      ["/keys/a%00b/revoke", undefined],
    ] as const) {
      expect((await send(path, body)).status, path).toBe(400);
    }
  });

  test("status, doctor and metrics tell how it is", async () => {
    const status = await weir("status", "--json");
    expect(JSON.parse(status.output)).toMatchObject({ state: "ok", baseUrl: system.origin, pid: system.pid });
    const doctor = await weir("doctor", "--json");
    expect(JSON.parse(doctor.output)).toMatchObject({ ok: true });
    const metrics = await (await fetch(`${system.origin}/metrics`)).text();
    expect(metrics).toMatch(/^weir_calls_total [1-9]/m);
    expect(metrics).toMatch(/^weir_component_up\{component="clickhouse"\} 1$/m);
    expect(metrics).toMatch(/^weir_call_duration_seconds_bucket\{le="\+Inf"\} [1-9]/m);
  });

  test.each([
    ["postgres", "postgres"],
    ["clickhouse", "clickhouse"],
  ])("%s is killed: calls go on, it is said, and it comes back", async (name, command) => {
    const [pid] = childrenOf(system.pid, command);
    process.kill(pid ?? 0, "SIGKILL");
    const down = await until(`${name} to be said down`, async () => {
      const now = await readyz(system);
      const component = now.components.find((one) => one.name === name);
      // On a busy machine it may have been slow to answer before it was killed, and is down for that at first.
      return component?.state === "down" && component.detail.includes("killed by SIGKILL") && now;
    });
    expect(down.status).toBe(503);
    expect((await call(system, system.key)).status).toBe(200);
    await until(`${name} to be back`, async () => (await readyz(system)).status === 200);
    expect(childrenOf(system.pid, command)).not.toContain(pid);
    const metrics = await (await fetch(`${system.origin}/metrics`)).text();
    expect(metrics).toMatch(new RegExp(`^weir_engine_restarts_total\\{engine="${name}"\\} 1$`, "m"));
  });
});

describe("starting and stopping", () => {
  const homes: string[] = [];
  const newHome = () => {
    const home = mkdtempSync(join(tmpdir(), "weir-start-"));
    homes.push(home);
    return home;
  };
  afterEach(() => {
    for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });

  test("SIGTERM ends in order: exit 0, lock and socket gone, no process left; the next start shows no secret", async () => {
    const home = newHome();
    const system = await startSystem({ home });
    const children = childrenOf(system.pid, "");
    expect(await system.stop()).toBe(0);
    for (const pid of children) expect(existsSync(`/proc/${pid}`), `process ${pid} is left`).toBe(false);
    expect(existsSync(join(home, "lock"))).toBe(false);
    const again = await startSystem({ home });
    try {
      expect(again.output()).not.toContain("#token=");
      expect(again.output()).not.toContain(bootstrapKey);
      expect((await call(again, again.key)).status).toBe(200);
    } finally {
      await again.stop();
    }
  });

  test("after kill -9 the same home starts again, and serves the keys known before", async () => {
    const home = newHome();
    const system = await startSystem({ home });
    await system.kill();
    const again = await startSystem({ home, port: system.port });
    try {
      expect((await call(again, again.key)).status).toBe(200);
    } finally {
      expect(await again.stop()).toBe(0);
    }
  });

  test("engines elsewhere that do not answer: calls with known keys are served, and /readyz says what is away", async () => {
    const home = newHome();
    const first = await startSystem({ home });
    expect(await first.stop()).toBe(0);
    const nowhere = await freePort();
    const port = await freePort();
    const child = spawn(process.execPath, [join(root, "apps/cli/bin/weir.mjs"), "up"], {
      env: {
        PATH: process.env["PATH"] ?? "",
        WEIR_HOME: home,
        WEIR_PORT: String(port),
        WEIR_POSTGRES_URL: `postgres://weir@127.0.0.1:${nowhere}/weir`,
        WEIR_CLICKHOUSE_URL: `http://127.0.0.1:${nowhere}`,
      },
      stdio: "ignore",
    });
    const exited = new Promise((resolve) => child.once("exit", resolve));
    const system: System = { ...first, port, origin: `http://127.0.0.1:${port}`, pid: child.pid ?? 0 };
    try {
      await until("a call to be served", async () => (await call(system, bootstrapKey)).status === 200);
      const now = await until("both to be tried", async () => {
        const reading = await readyz(system);
        return reading.components.slice(0, 2).every(({ detail }) => detail.includes("is away")) && reading;
      });
      expect(now.status).toBe(503);
    } finally {
      child.kill("SIGTERM");
      expect(await exited).toBe(0);
    }
  });

  test("a spool at its limit: calls go on, it is said what is not recorded, and it ends by itself", async () => {
    const folder = newHome();
    const config = join(folder, "weir.yaml");
    writeFileSync(config, "limits:\n  spoolMaxBytes: 40000\n  segmentMaxBytes: 10000\n");
    const system = await startSystem({ home: newHome(), env: { WEIR_CONFIG: config } });
    const [clickhouse] = childrenOf(system.pid, "clickhouse");
    process.kill(clickhouse ?? 0, "SIGSTOP");
    try {
      const said = await until("the limit to be met and said", async () => {
        expect((await call(system, system.key)).status).toBe(200);
        const response = await fetch(`${system.origin}/readyz`);
        const { notRecording } = z
          .looseObject({ notRecording: z.array(z.string()) })
          .parse(await response.json());
        return notRecording.length > 0 && { status: response.status, notRecording };
      });
      expect(said.status).toBe(503);
      expect(said.notRecording.join(" ")).toMatch(/not recorded/);
      process.kill(clickhouse ?? 0, "SIGCONT");
      await until("records to be written again", async () => (await readyz(system)).status === 200);
    } finally {
      process.kill(clickhouse ?? 0, "SIGCONT");
      await system.stop();
    }
  });

  test("a mistake in weir.yaml is told with its line and its mend, and nothing is started", async () => {
    const home = newHome();
    const folder = newHome();
    writeFileSync(join(folder, "weir.yaml"), "providers:\n  - name: a\n    baseurl: http://127.0.0.1/v1\n");
    const { code, output } = await runWeir({
      args: ["up"],
      env: { WEIR_HOME: join(home, "new") },
      cwd: folder,
    });
    expect(code).toBe(1);
    expect(output).toContain("weir.yaml:3:5");
    expect(output).toContain('did you mean "baseUrl"?');
    expect(existsSync(join(home, "new"))).toBe(false);
  });

  test("commands without a server say so and how to start it; a wrong command shows the help", async () => {
    const env = { WEIR_HOME: newHome() };
    const status = await runWeir({ args: ["status"], env });
    expect(status.code).toBe(1);
    expect(status.output).toMatch(/No Weir runs on .*\n.*npm start/);
    const wrong = await runWeir({ args: ["stauts"], env });
    expect(wrong.code).toBe(2);
    expect(wrong.output).toContain("Did you mean status?");
  });
});
