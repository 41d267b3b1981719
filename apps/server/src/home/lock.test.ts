import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HomeLockedError, readLockHolder, takeLock } from "./lock.ts";
import { processIdentity } from "./process-identity.ts";

let folder: string;
let path: string;
let home: { lock: string; lockSocket: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-lock-"));
  path = join(folder, "lock");
  home = { lock: path, lockSocket: join(folder, "lock.sock") };
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a lock is taken once, names its holder, and can be taken again after it was given back", async () => {
  const release = await takeLock(home);
  expect(readLockHolder(path)?.pid).toBe(process.pid);
  await expect(takeLock(home)).rejects.toThrow(HomeLockedError);
  await expect(takeLock(home)).rejects.toThrow(new RegExp(`process ${process.pid}`));
  release();
  (await takeLock(home))();
  expect(readdirSync(folder)).toEqual([]);
});

test("the lock of a process that was killed is taken over", async () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
  const pid = child.pid ?? 0;
  writeFileSync(
    path,
    JSON.stringify({ pid, identity: processIdentity(pid), startedAt: "2026-01-01T00:00:00Z" }),
  );
  expect(readLockHolder(path)?.pid).toBe(pid);
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("exit", resolve));
  expect(readLockHolder(path)).toBeNull();
  const release = await takeLock(home);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
  release();
});

test("another process that has the same pid by now does not hold the lock", async () => {
  const gone = { pid: process.ppid, identity: "an earlier boot/12345", startedAt: "2026-01-01T00:00:00Z" };
  writeFileSync(path, JSON.stringify(gone));
  expect(readLockHolder(path)).toBeNull();
  const release = await takeLock(home);
  expect(readLockHolder(path)?.pid).toBe(process.pid);
  release();
});

test("a lock that cannot be read is no lock", async () => {
  writeFileSync(path, "{ half");
  const release = await takeLock(home);
  expect(readLockHolder(path)?.pid).toBe(process.pid);
  release();
});

test("of many that start at once on a stale lock, one takes it", async () => {
  writeFileSync(path, JSON.stringify({ pid: 1, identity: "gone", startedAt: "2026-01-01T00:00:00Z" }));
  const tries = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(home)));
  const taken = tries.filter((attempt) => attempt.status === "fulfilled");
  expect(taken).toHaveLength(1);
  for (const { value: release } of taken) release();
});

// Its process id means nothing here, or another process: what counts is whether somebody answers on the socket.
describe("a holder in another container", () => {
  const lockOf = (startedAt: string) =>
    JSON.stringify({ pid: process.pid, identity: "there/12345", startedAt });
  let answering: Server | null = null;
  const answer = () => {
    answering = createServer().listen(home.lockSocket);
  };
  afterEach(() => {
    answering?.close();
    answering = null;
  });

  test("that answers keeps the lock, and it is said where to look", async () => {
    const held = lockOf("2026-01-01T00:00:00Z");
    writeFileSync(path, held);
    answer();
    await expect(takeLock(home)).rejects.toThrow(HomeLockedError);
    await expect(takeLock(home)).rejects.toThrow(/another container.*WEIR_HOME/);
    expect(readFileSync(path, "utf8")).toBe(held);
    expect(existsSync(home.lockSocket)).toBe(true);
  });

  test("that took the lock just now is given the time to answer", async () => {
    writeFileSync(path, lockOf(new Date().toISOString()));
    setTimeout(answer, 200);
    await expect(takeLock(home)).rejects.toThrow(/another container/);
  });

  test("that took it just now and never answers has been killed", async () => {
    writeFileSync(path, lockOf(new Date().toISOString()));
    const release = await takeLock(home);
    expect(readLockHolder(path)?.pid).toBe(process.pid);
    release();
  });

  test("that was killed left a socket on which nobody answers", async () => {
    const program = `require("net").createServer().listen(${JSON.stringify(home.lockSocket)}, () => console.log("listens"))`;
    const child = spawn(process.execPath, ["-e", program]);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    expect(existsSync(home.lockSocket)).toBe(true);
    writeFileSync(path, lockOf("2026-01-01T00:00:00Z"));
    const release = await takeLock(home);
    expect(readLockHolder(path)?.pid).toBe(process.pid);
    release();
  });
});
