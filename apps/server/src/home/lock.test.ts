import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HomeLockedError, readLockHolder, takeLock } from "./lock.ts";
import { processIdentity } from "./process-identity.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-lock-"));
  path = join(folder, "lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a lock is taken once, names its holder, and can be taken again after it was given back", () => {
  const release = takeLock(path);
  expect(readLockHolder(path)?.pid).toBe(process.pid);
  expect(() => takeLock(path)).toThrow(HomeLockedError);
  expect(() => takeLock(path)).toThrow(new RegExp(`process ${process.pid}`));
  release();
  takeLock(path)();
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
  takeLock(path);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
});

test("another process that has the same pid by now does not hold the lock", () => {
  const gone = { pid: process.ppid, identity: "an earlier boot/12345", startedAt: "2026-01-01T00:00:00Z" };
  writeFileSync(path, JSON.stringify(gone));
  expect(readLockHolder(path)).toBeNull();
  takeLock(path);
  expect(readLockHolder(path)?.pid).toBe(process.pid);
});

test("a lock that cannot be read is no lock", () => {
  writeFileSync(path, "{ half");
  takeLock(path);
  expect(readLockHolder(path)?.pid).toBe(process.pid);
});
