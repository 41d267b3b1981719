import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startClickHouse, startPostgres, type EngineProcess } from "@weir/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { api, childrenOf, startSystem, until, type System } from "./system.ts";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let folder: string;
let engines: EngineProcess[] = [];
let system: System | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "weir-engines-"));
  for (const name of ["postgres", "clickhouse"]) mkdirSync(join(folder, name), { mode: 0o700 });
  engines = await Promise.all([
    startPostgres({ directory: join(folder, "postgres"), log }),
    startClickHouse({ directory: join(folder, "clickhouse"), log }),
  ]);
});
afterAll(async () => {
  await system?.dispose();
  await Promise.all(engines.map((engine) => engine.stop()));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

test("URLs of a PostgreSQL and a ClickHouse of one's own replace the embedded engines", async () => {
  const [postgres, clickhouse] = engines;
  // A database that Weir has to make first.
  const database = new URL("/elsewhere", clickhouse?.url).href;
  system = await startSystem({
    env: { WEIR_POSTGRES_URL: postgres?.url ?? "", WEIR_CLICKHOUSE_URL: database },
  });
  const running = system;
  expect(childrenOf(running.pid, "postgres").concat(childrenOf(running.pid, "clickhouse"))).toEqual([]);
  const response = await fetch(`${running.origin}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${running.key}` },
    body: JSON.stringify({ model: "sim/echo", messages: [{ role: "user", content: "elsewhere" }] }),
  });
  expect(response.status, await response.text()).toBe(200);
  const traceId = response.headers.get("x-weir-trace-id");
  await until("the call to be recorded", () => api(running, `/traces/${traceId}`));
  expect(await running.stop()).toBe(0);
  for (const engine of engines) expect(() => process.kill(engine.pid, 0)).not.toThrow();
});
