import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { environmentOf, freePort, root, until } from "./system.ts";

const lockSchema = z.object({ pid: z.number() });

interface Started {
  npm: ChildProcess;
  exited: Promise<number | null>;
  home: string;
  /** The server process itself, below npm and its shell. */
  serverPid: number;
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No process has the id any more.
    return false;
  }
}

async function start(command: readonly [string, ...string[]]): Promise<Started> {
  const [program, ...args] = command;
  const home = mkdtempSync(join(tmpdir(), "weir-npm-"));
  const port = await freePort();
  const npm = spawn(program, args, {
    cwd: root,
    env: environmentOf({ home, port }),
    stdio: "ignore",
  });
  const exited = new Promise<number | null>((resolve) => npm.once("exit", (code) => resolve(code)));
  await until(`${command.join(" ")} to be ready`, async () => {
    if (npm.exitCode !== null) throw new Error(`${command.join(" ")} ended with ${npm.exitCode}`);
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200;
  });
  const { pid } = lockSchema.parse(JSON.parse(readFileSync(join(home, "lock"), "utf8")));
  return { npm, exited, home, serverPid: pid };
}

// People and process managers know npm's pid only: a signal to it must not leave a server behind.
describe("npm", () => {
  let started: Started | null = null;
  afterEach(() => {
    if (started === null) return;
    if (runs(started.serverPid)) process.kill(started.serverPid, "SIGKILL");
    rmSync(started.home, { recursive: true, force: true, maxRetries: 5 });
    started = null;
  });

  test("SIGTERM to npm start stops everything in order, and npm waits for it", async () => {
    started = await start(["npm", "start"]);
    started.npm.kill("SIGTERM");
    expect(await started.exited).toBe(0);
    expect(runs(started.serverPid)).toBe(false);
    expect(existsSync(join(started.home, "lock"))).toBe(false);
  });

  test.each([
    ["SIGKILL", "npm", "start"],
    // Its shell dies of the signal and tells nobody.
    ["SIGTERM", "npx", "weir", "up"],
  ] as const)("after %s to %s the server stops in order by itself", async (signal, program, ...args) => {
    const { npm, home, serverPid } = (started = await start([program, ...args]));
    npm.kill(signal);
    await until("the server to be gone", () => !runs(serverPid));
    expect(existsSync(join(home, "lock"))).toBe(false);
  });
});
