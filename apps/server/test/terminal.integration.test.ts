import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { childrenOf, environmentOf, freePort, root, until } from "../../../test/system.ts";

let home: string;
let origin: string;
let child: ChildProcess;
let exited: Promise<number | null>;

const launcher = join(root, "apps/cli/bin/weir.mjs");
const readyStatus = async () => (await fetch(`${origin}/readyz`)).status;
const log = () => readFileSync(join(home, "log/weir.log"), "utf8");

async function start(command: string, args: string[]): Promise<void> {
  home = mkdtempSync(join(tmpdir(), "weir-terminal-"));
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  child = spawn(command, args, {
    cwd: root,
    env: { ...environmentOf({ home, port }), WEIR_GATEWAY_THREADS: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  exited = new Promise((resolve) => child.once("exit", resolve));
  child.stderr?.resume();
  child.stdout?.resume();
  await until("weir to be ready", async () => {
    if (child.exitCode !== null) throw new Error(`weir ended with ${child.exitCode}`);
    return (await readyStatus()) === 200;
  });
}

/** The pid of the server, which may be below the command that was started. */
const serverPid = () => Number(/"pid":(\d+)/.exec(readFileSync(join(home, "lock"), "utf8"))?.[1]);

afterEach(async () => {
  if (child.exitCode === null) child.kill("SIGKILL");
  await exited;
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

test("what printed for it has ended: it serves on, logs on, and ends in order", async () => {
  await start(process.execPath, [launcher, "up"]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  const [postgres] = childrenOf(serverPid(), "postgres");
  process.kill(postgres ?? 0, "SIGKILL");
  await until("the death to be logged", () => log().includes("Postgres was killed by SIGKILL"));
  await until("weir to be ready again", async () => (await readyStatus()) === 200);
  expect(log()).not.toContain("Weir broke");
  child.kill("SIGTERM");
  expect(await exited).toBe(0);
  expect(log()).toContain("Stopped");
});

test("it runs with one helper of V8, as npm start does, in the process that was started", async () => {
  await start(process.execPath, [launcher, "up"]);
  expect(serverPid()).toBe(child.pid);
  const tasks = `/proc/${child.pid}/task`;
  const threads = readdirSync(tasks).map((task) => readFileSync(join(tasks, task, "comm"), "utf8"));
  expect(threads.filter((name) => name.includes("V8Worker"))).toHaveLength(1);
  child.kill("SIGTERM");
  expect(await exited).toBe(0);
});

test("without a terminal, as under nohup, a hangup changes nothing", async () => {
  await start("nohup", [process.execPath, launcher, "up"]);
  child.kill("SIGHUP");
  // A stop would begin at once: the next look at the signal comes after it.
  const [postgres] = childrenOf(serverPid(), "postgres");
  process.kill(postgres ?? 0, "SIGKILL");
  await until("Postgres to be back", () => log().match(/"Postgres is up"/g)?.length === 2);
  expect(log()).not.toContain("Stopping");
  expect(await readyStatus()).toBe(200);
  child.kill("SIGTERM");
  expect(await exited).toBe(0);
});

test("the terminal it runs in is closed: it ends in order", async () => {
  await start("script", ["--quiet", "--command", `"${process.execPath}" "${launcher}" up`, "/dev/null"]);
  const pid = serverPid();
  child.kill("SIGKILL");
  await until("weir to be gone", () => !existsSync(`/proc/${pid}`));
  expect(log()).toContain("Stopped");
  expect(log()).not.toContain("Weir broke");
  expect(existsSync(join(home, "lock"))).toBe(false);
});
