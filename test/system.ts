import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root: everything here runs the product as a user would. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export const bootstrapKey = `weir_${"e2e0".repeat(10)}`;

/** A whole Weir, started with its own command. */
export interface System {
  origin: string;
  home: string;
  port: number;
  pid: number;
  key: string;
  /** Everything it has printed. */
  output(): string;
  /** The one-time sign-in link of the first start. */
  signInLink(): string;
  /** SIGTERM, then waits until it is gone. Resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL of the server process alone, as a power cut would: nothing is told to it. */
  kill(): Promise<void>;
  /** Stops it and removes its home. */
  dispose(): Promise<void>;
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** What a Weir that a test starts is given: nothing of the environment that the test itself runs in but paths. */
export function environmentOf({ home, port }: { home: string; port: number }): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "",
    WEIR_HOME: home,
    WEIR_PORT: String(port),
  };
}

/** Runs the command as a person does, for one Weir. */
export async function runWeir(
  { home }: Pick<System, "home">,
  ...args: string[]
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, WEIR_HOME: home };
    const command = [join(root, "apps/cli/bin/weir.mjs"), ...args];
    const child = execFile(process.execPath, command, { cwd: root, env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

/** Polls a condition; tests wait for things, never for time. */
export async function until<Result>(
  what: string,
  probe: () => Promise<Result | undefined | false | null> | Result | undefined | false | null,
  limitMs = 30_000,
): Promise<Result> {
  const end = Date.now() + limitMs;
  let failure: unknown;
  for (;;) {
    try {
      const result = await probe();
      if (result !== undefined && result !== false && result !== null) return result;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms for ${what}`, { cause: failure });
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Starts Weir and waits until it is ready to serve and to record. */
export async function startSystem(
  options: { env?: Record<string, string>; home?: string; port?: number } = {},
): Promise<System> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), "weir-e2e-"));
  const port = options.port ?? (await freePort());
  let printed = "";
  const child: ChildProcess = spawn(process.execPath, [join(root, "apps/cli/bin/weir.mjs"), "up"], {
    cwd: root,
    env: {
      ...environmentOf({ home, port }),
      WEIR_GATEWAY_THREADS: "2",
      WEIR_BOOTSTRAP_KEY: bootstrapKey,
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  child.stdout?.on("data", (text: Buffer) => (printed += text.toString()));
  child.stderr?.on("data", (text: Buffer) => (printed += text.toString()));
  const origin = `http://127.0.0.1:${port}`;

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    return exited;
  };
  const system: System = {
    origin,
    home,
    port,
    pid: child.pid ?? 0,
    key: bootstrapKey,
    output: () => printed,
    signInLink: () => {
      const link = /https?:\/\/\S+\/sign-in#token=\S+/.exec(printed)?.[0];
      if (link === undefined) throw new Error(`no sign-in link was printed:\n${printed}`);
      return link;
    },
    stop,
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
    dispose: async () => {
      await stop();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  try {
    await until(`${origin}/readyz`, async () => {
      if (child.exitCode !== null) throw new Error(`weir ended with ${child.exitCode}:\n${printed}`);
      return (await fetch(`${origin}/readyz`)).status === 200;
    });
  } catch (error) {
    await stop();
    throw new Error(`weir did not become ready:\n${printed}`, { cause: error });
  }
  return system;
}

/** Reads the REST API with the project's key; the answer must be JSON. */
export async function api(system: System, path: string): Promise<unknown> {
  const response = await fetch(`${system.origin}/api/v1${path}`, {
    headers: { authorization: `Bearer ${system.key}` },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

/** The pids of a process's children whose command line holds the text. Linux. */
export function childrenOf(pid: number, commandPart: string): number[] {
  const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  if (listed === "") return [];
  return listed
    .split(" ")
    .map(Number)
    .filter((child) => {
      const file = `/proc/${child}/cmdline`;
      return existsSync(file) && readFileSync(file, "utf8").includes(commandPart);
    });
}
