import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatInstant, type SpanRecord } from "@weir/schema";
import { z } from "zod";
import { connectClickHouse, type ClickHouse } from "../src/clickhouse/connect-clickhouse.ts";
import { startClickHouse } from "../src/clickhouse/start-clickhouse.ts";
import type { EngineProcess } from "../src/engine-process.ts";
import type { StoreLog } from "../src/log.ts";
import { createShipper, type Shipper } from "../src/spool/shipper.ts";
import type { SpoolGauge } from "../src/spool/spool-gauge.ts";
import { migrateClickHouse } from "../src/migrations/migrate-clickhouse.ts";

/** Collects what was said, so that a test can ask for it. */
export function createTestLog(): StoreLog & { said: string[] } {
  const said: string[] = [];
  const note = (_fields: Record<string, unknown>, message: string) => void said.push(message);
  return { said, info: note, warn: note, error: note };
}

/** A folder that is gone when the block ends (`using`). */
export function temporaryFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "weir-store-test-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export function spanRecord(fields: Partial<SpanRecord> = {}): SpanRecord {
  return {
    project_id: "project_test",
    trace_id: randomBytes(16).toString("hex"),
    span_id: randomBytes(8).toString("hex"),
    kind: "generation",
    name: "chat",
    source: "gateway",
    started_at: formatInstant(Date.now()),
    duration_ms: 12.5,
    status: "ok",
    cost_usd: 0.25,
    raw_request: JSON.stringify({ model: "sim/echo", messages: [{ role: "user", content: "hello\nworld" }] }),
    ...fields,
  };
}

export interface TestClickHouse extends AsyncDisposable {
  engine: EngineProcess;
  clickhouse: ClickHouse;
  /** Kills the engine as an operating system would and starts it again on the same data. */
  killAndRestart(meanwhile?: () => void): Promise<void>;
}

/** An embedded ClickHouse with all tables. */
export async function startTestClickHouse(directory: string): Promise<TestClickHouse> {
  const log = createTestLog();
  const begin = async () => {
    const engine = await startClickHouse({ directory, log });
    return { engine, clickhouse: connectClickHouse({ url: engine.url }) };
  };
  let current = await begin();
  await migrateClickHouse({ clickhouse: current.clickhouse, log });
  return {
    get engine() {
      return current.engine;
    },
    get clickhouse() {
      return current.clickhouse;
    },
    async killAndRestart(meanwhile) {
      const { engine, clickhouse } = current;
      const gone = new Promise<void>((resolve) => engine.onExit(() => resolve()));
      process.kill(engine.pid, "SIGKILL");
      await gone;
      await clickhouse.close();
      meanwhile?.();
      current = await begin();
    },
    async [Symbol.asyncDispose]() {
      await current.clickhouse.close();
      await current.engine.stop();
    },
  };
}

const countsSchema = z.object({ rows: z.number(), spans: z.number() });

/** Rows of a project, and how many different spans they are; equal when each is there once. */
export async function countSpans(
  clickhouse: ClickHouse,
  projectId = "project_test",
): Promise<{ rows: number; spans: number }> {
  const [counts] = await clickhouse.query({
    sql: `SELECT count() AS rows, uniqExact(span_id) AS spans FROM spans
      WHERE project_id = {projectId:String} SETTINGS optimize_use_projections = 0`,
    params: { projectId },
    row: countsSchema,
  });
  return counts ?? { rows: 0, spans: 0 };
}

/** Waits for a condition, not for a time. */
export async function until(condition: () => Promise<boolean> | boolean, limitMs = 30_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`The condition did not come true within ${limitMs} ms.`);
    await sleep(20);
  }
}

/** A reproducible sequence of numbers in [0, 1); the seed is printed so that a failure can be run again. */
export function seededRandom(name: string): () => number {
  const seed = Number(process.env["WEIR_TEST_SEED"] ?? randomBytes(4).readUInt32LE());
  console.log(`${name}: WEIR_TEST_SEED=${seed}`);
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Ships from the spool's directory as long as `work` takes. */
export async function shipDuring<Result>(
  options: { directory: string; store: TestClickHouse; gauge?: SpoolGauge },
  work: (shipper: Shipper) => Promise<Result>,
): Promise<Result> {
  const { store, ...rest } = options;
  const shipper = createShipper({ ...rest, clickhouse: () => store.clickhouse, log: createTestLog() });
  shipper.start();
  try {
    return await work(shipper);
  } finally {
    await shipper.stop();
  }
}
