import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  createTestLog,
  spanRecord,
  startTestClickHouse,
  temporaryFolder,
  until,
  type TestClickHouse,
} from "../../test/store-fixture.ts";
import { connectClickHouse } from "../clickhouse/connect-clickhouse.ts";
import type { EngineProcess } from "../engine-process.ts";
import { connectPostgres, type Postgres } from "../postgres/connect-postgres.ts";
import { startPostgres } from "../postgres/start-postgres.ts";
import { migrateClickHouse } from "./migrate-clickhouse.ts";
import { migratePostgres } from "./migrate-postgres.ts";
import { migrationDirectory, readMigrations } from "./migration-files.ts";

const home = temporaryFolder();
const log = createTestLog();
let engine: EngineProcess;
let postgres: Postgres;
let store: TestClickHouse;

beforeAll(async () => {
  engine = await startPostgres({ directory: join(home.path, "postgres"), log });
  postgres = connectPostgres({ url: engine.url });
  store = await startTestClickHouse(join(home.path, "clickhouse"));
});
afterAll(async () => {
  await postgres.close();
  await engine.stop();
  await store[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

/** The real files, and some more. */
function withMore(kind: "postgres" | "clickhouse", files: Record<string, string>): string {
  const folder = join(home.path, `${kind}-${Math.random().toString(36).slice(2)}`);
  mkdirSync(folder);
  cpSync(migrationDirectory(kind), folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe("Postgres migrations", () => {
  it("build everything from empty, once, also when two servers start together", async () => {
    const names = (await readMigrations(migrationDirectory("postgres"))).map(({ name }) => name);
    const reports = await Promise.all([
      migratePostgres({ postgres, log }),
      migratePostgres({ postgres, log }),
    ]);
    expect(reports.flatMap(({ applied }) => applied).toSorted()).toEqual(names);
    expect(await migratePostgres({ postgres, log })).toEqual({ applied: [], version: names.length });
    const [version] = await postgres.query({
      sql: "SELECT version::int AS version FROM config_version",
      row: z.object({ version: z.number() }),
    });
    expect(version).toEqual({ version: 1 });
  });

  it("leave nothing of a file that fails, and go on when it is mended", async () => {
    const next = String((await readMigrations(migrationDirectory("postgres"))).length + 1).padStart(4, "0");
    const broken = withMore("postgres", {
      [`${next}-more.sql`]: "CREATE TABLE half (id int);\nCREATE TABLE half (id int);\n",
    });
    await expect(migratePostgres({ postgres, log, directory: broken })).rejects.toMatchObject({
      code: "migration_failed",
    });
    const mended = withMore("postgres", { [`${next}-more.sql`]: "CREATE TABLE half (id int);\n" });
    expect((await migratePostgres({ postgres, log, directory: mended })).applied).toEqual([
      `${next}-more.sql`,
    ]);
    const edited = withMore("postgres", { [`${next}-more.sql`]: "CREATE TABLE half (id bigint);\n" });
    await expect(migratePostgres({ postgres, log, directory: edited })).rejects.toMatchObject({
      code: "migration_edited",
    });
    await expect(migratePostgres({ postgres, log })).rejects.toMatchObject({ code: "migration_missing" });
  });
});

describe("ClickHouse migrations", () => {
  it("go on at the statement where they stopped", async () => {
    const { clickhouse } = store;
    const count = (await readMigrations(migrationDirectory("clickhouse"))).length;
    expect(await migrateClickHouse({ clickhouse, log })).toEqual({ applied: [], version: count });
    const next = String(count + 1).padStart(4, "0");
    const first = "CREATE TABLE IF NOT EXISTS more (a UInt32) ENGINE = MergeTree ORDER BY a";
    const second = "INSERT INTO more SELECT 1";
    const third = "ALTER TABLE later ADD COLUMN IF NOT EXISTS b UInt32";
    const folder = withMore("clickhouse", { [`${next}-more.sql`]: `${first};\n${second};\n${third};\n` });
    await expect(migrateClickHouse({ clickhouse, log, directory: folder })).rejects.toMatchObject({
      code: "migration_failed",
      message: expect.stringContaining("Statement 3"),
    });
    await clickhouse.execute({ sql: "CREATE TABLE later (a UInt32) ENGINE = MergeTree ORDER BY a" });
    expect((await migrateClickHouse({ clickhouse, log, directory: folder })).applied).toEqual([
      `${next}-more.sql`,
    ]);
    const rows = await clickhouse.query({ sql: "SELECT a FROM more", row: z.object({ a: z.number() }) });
    expect(rows).toEqual([{ a: 1 }]);
    const edited = withMore("clickhouse", { [`${next}-more.sql`]: `${first};\n` });
    await expect(migrateClickHouse({ clickhouse, log, directory: edited })).rejects.toMatchObject({
      code: "migration_edited",
    });
  });

  it("bring what was recorded before full text had one index to it", async () => {
    const url = new URL(store.engine.url);
    url.pathname = "/before_search_text";
    const clickhouse = connectClickHouse({ url: url.href });
    try {
      const first = join(home.path, "only-the-first");
      mkdirSync(first);
      cpSync(join(migrationDirectory("clickhouse"), "0001-spans.sql"), join(first, "0001-spans.sql"));
      await migrateClickHouse({ clickhouse, log, directory: first });
      const record = spanRecord({ input: JSON.stringify([{ content: "ein Wort—ÜBERRASCHUNG" }]) });
      const insert = () =>
        clickhouse.client.insert({ table: "spans", values: [record], format: "JSONEachRow" });
      await insert();
      await migrateClickHouse({ clickhouse, log });
      const find = (settings: string) =>
        clickhouse.query({
          sql: `SELECT span_id FROM spans WHERE hasAllTokens(search_text, 'überraschung') ${settings}`,
          row: z.object({ span_id: z.string() }),
        });
      const found = [{ span_id: record.span_id }];
      expect(await find("")).toEqual(found);
      await until(async () => {
        const rows = await clickhouse.query({
          sql: "SELECT command FROM system.mutations WHERE database = 'before_search_text' AND NOT is_done",
          row: z.object({ command: z.string() }),
        });
        return rows.length === 0;
      });
      expect(await find("SETTINGS force_data_skipping_indices = 'words'")).toEqual(found);
      await insert();
      expect(await find("")).toEqual([...found, ...found]);
    } finally {
      await clickhouse.close();
    }
  });
});
