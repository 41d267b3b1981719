import { execFileSync } from "node:child_process";
import { defaultLimits } from "@weir/schema";
import type { Snapshot } from "@weir/schema";
import { createSpoolGauge } from "@weir/store";
import { pino } from "pino";
import { afterEach, expect, test, vi } from "vitest";
import { GatewayPool, markingFlags } from "./gateway-pool.ts";

const pools: GatewayPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.terminate();
});

const at = (version: number): Snapshot => ({ version, providers: [], keys: [], strict: false });

function makePool(options: { host?: string } = {}) {
  let current = at(1);
  const used = new Set<string>();
  const pool = new GatewayPool({
    threads: 2,
    port: 0,
    entry: new URL("../../test/fixtures/thread.ts", import.meta.url),
    settings: {
      host: options.host ?? "127.0.0.1",
      controlSocket: "",
      trustProxy: false,
      spoolFolder: "",
      blobFolder: "",
      limits: defaultLimits,
      spoolGauge: createSpoolGauge(),
      takenExports: { buffer: new SharedArrayBuffer(8), file: "" },
    },
    makeCounters: () => new SharedArrayBuffer(8),
    snapshot: () => current,
    onKeysUsed: (uses) => {
      for (const { keyId } of uses) used.add(keyId);
    },
    log: pino({ level: "silent" }),
  });
  pools.push(pool);
  const publish = (version: number) => {
    current = at(version);
    return pool.publish(current);
  };
  return { pool, publish, used };
}

test("the threads share the first one's port, and a snapshot is published when all have it", async () => {
  const { pool, publish, used } = makePool();
  expect(await pool.start()).toBe(4321);
  expect(pool.state()).toMatchObject({ threads: 2, listening: 2, deaths: 0 });
  await publish(2);
  expect([...used].toSorted()).toEqual(["gateway-0", "gateway-1"]);
});

test("a thread that dies is replaced, and serves by the newest snapshot", async () => {
  const { pool, publish } = makePool();
  await pool.start();
  await publish(13);
  await vi.waitFor(() => expect(pool.state().deaths).toBeGreaterThanOrEqual(2));
  await publish(14);
  await vi.waitFor(() => expect(pool.state().listening).toBe(2), 10_000);
  await publish(15);
  expect(pool.state().listening).toBe(2);
});

test("when the first thread cannot start, neither can the pool", async () => {
  const { pool } = makePool({ host: "refused" });
  await expect(pool.start()).rejects.toThrow("cannot listen");
});

test("draining ends every thread, and none is replaced", async () => {
  const { pool } = makePool();
  await pool.start();
  await pool.drain();
  expect(pool.state()).toMatchObject({ listening: 0, deaths: 0 });
});

test("this Node's V8 knows the flags that are set while it runs, where a slip would go unseen", () => {
  expect(execFileSync(process.execPath, [...markingFlags, "-p", "1"], { encoding: "utf8" })).toBe("1\n");
});
