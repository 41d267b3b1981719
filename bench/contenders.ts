import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Something to send calls to: where, with which headers, under which model name. */
export interface Contender {
  name: string;
  url: string;
  headers: Record<string, string>;
  model: string;
  pid: number;
  /** The base URL of a Weir, for its API. */
  origin: string;
  stop(): Promise<void>;
}

export const bootstrapKey = `weir_${"b".repeat(40)}`;

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  await gone;
}

/** Waits until the URL answers with a status below 500. */
export async function waitUntilUp(url: string, limitMs = 30_000): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    try {
      const response = await fetch(url);
      await response.arrayBuffer();
      if (response.status < 500) return;
    } catch (error) {
      if (Date.now() > end) throw new Error(`${url} did not come up in ${limitMs} ms`, { cause: error });
    }
    if (Date.now() > end) throw new Error(`${url} did not come up in ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function startNode(args: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stderr?.on("data", (text: Buffer) => process.stderr.write(text));
  return child;
}

async function firstPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`exited with ${code} before it listened`)));
    child.stdout?.on("data", (text: Buffer) => {
      const port = /listening (\d+)/.exec(text.toString())?.[1];
      if (port) resolve(Number(port));
    });
  });
}

export async function startUpstream(): Promise<Contender> {
  const child = startNode(["bench/upstream.ts", "0"]);
  const port = await firstPort(child);
  return {
    name: "upstream alone",
    url: `http://127.0.0.1:${port}/v1/chat/completions`,
    origin: `http://127.0.0.1:${port}`,
    headers: { "content-type": "application/json" },
    model: "gpt-4o-mini",
    pid: child.pid ?? 0,
    stop: () => stopChild(child),
  };
}

export async function startBareProxy(upstream: Contender): Promise<Contender> {
  const child = startNode(["bench/bare-proxy.ts", "0", upstream.origin]);
  const port = await firstPort(child);
  return {
    ...upstream,
    name: "bare node:http + undici",
    url: `http://127.0.0.1:${port}/v1/chat/completions`,
    origin: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    stop: () => stopChild(child),
  };
}

/** Null when its packages are not installed (`npm ci --prefix bench`). */
export async function startPortkey(upstream: Contender): Promise<Contender | null> {
  const entry = join(root, "bench/node_modules/@portkey-ai/gateway/build/start-server.js");
  if (!existsSync(entry)) return null;
  const port = await freePort();
  const child = startNode([entry, `--port=${port}`, "--headless"], { NODE_ENV: "production" });
  child.stdout?.resume();
  await waitUntilUp(`http://127.0.0.1:${port}/`);
  return {
    name: "@portkey-ai/gateway 1.15.2",
    url: `http://127.0.0.1:${port}/v1/chat/completions`,
    origin: `http://127.0.0.1:${port}`,
    headers: {
      "content-type": "application/json",
      authorization: "Bearer upstream-key",
      "x-portkey-provider": "openai",
      "x-portkey-custom-host": `${upstream.origin}/v1`,
    },
    model: "gpt-4o-mini",
    pid: child.pid ?? 0,
    stop: () => stopChild(child),
  };
}

/** The whole of Weir as `npm start` runs it, on a home of its own: everything is recorded. */
export async function startWeir(upstream: Contender, threads: number): Promise<Contender> {
  const home = mkdtempSync(join(tmpdir(), "weir-bench-"));
  const port = await freePort();
  // As `npm start` does.
  const child = startNode(["--v8-pool-size=1", "apps/cli/bin/weir.mjs", "up"], {
    WEIR_HOME: home,
    WEIR_PORT: String(port),
    WEIR_GATEWAY_THREADS: String(threads),
    WEIR_BOOTSTRAP_KEY: bootstrapKey,
    OPENAI_API_KEY: "upstream-key",
    OPENAI_BASE_URL: `${upstream.origin}/v1`,
  });
  child.stdout?.resume();
  const origin = `http://127.0.0.1:${port}`;
  await waitUntilUp(`${origin}/readyz`);
  return {
    name: `Weir, ${threads} thread${threads === 1 ? "" : "s"}`,
    url: `${origin}/v1/chat/completions`,
    origin,
    headers: { "content-type": "application/json", authorization: `Bearer ${bootstrapKey}` },
    model: "gpt-4o-mini",
    pid: child.pid ?? 0,
    stop: async () => {
      await stopChild(child);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Resident bytes of a process and everything it started, or of the process alone. Linux. */
export function residentBytes(pid: number, options: { children: boolean }): number {
  const status = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const own = Number(/^Pss:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  if (!options.children) return own;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  if (children === "") return own;
  return children.split(" ").reduce((sum, child) => sum + residentBytes(Number(child), options), own);
}
