import { z } from "zod";
import type { ClickHouse } from "../clickhouse/connect-clickhouse.ts";
import { messageOf, StoreError } from "../errors.ts";
import type { StoreLog } from "../log.ts";
import {
  migrationDirectory,
  pendingMigrations,
  readMigrations,
  splitStatements,
  type AppliedMigration,
  type Migration,
  type MigrationReport,
} from "./migration-files.ts";

const appliedSchema = z.object({
  version: z.number(),
  name: z.string(),
  sha256: z.string(),
  /** How many of the file's statements have been executed, and how many it had. */
  done: z.number(),
  statements: z.number(),
});

/**
 * Brings ClickHouse to the newest version. It has no transactions, so every statement is noted when it has been
 * executed and written so that it may run twice (`IF NOT EXISTS`…): a start that was killed goes on there.
 */
export async function migrateClickHouse(options: {
  clickhouse: ClickHouse;
  log: StoreLog;
  directory?: string;
}): Promise<MigrationReport> {
  const { clickhouse } = options;
  const migrations = await readMigrations(options.directory ?? migrationDirectory("clickhouse"));
  await clickhouse.ensureDatabase();
  // Lists and shipments ask what is running. A user that may not read it is told so here, and not by each of them.
  await clickhouse.execute({ sql: "SELECT elapsed, Settings FROM system.processes LIMIT 0" });
  await clickhouse.execute({
    sql: `CREATE TABLE IF NOT EXISTS weir_migrations
      (version UInt32, name String, sha256 String, statement UInt32, statements UInt32, applied_at DateTime DEFAULT now())
      ENGINE = MergeTree ORDER BY (version, statement)`,
  });
  const noted = await clickhouse.query({
    sql: `SELECT version, any(name) AS name, any(sha256) AS sha256, max(statement) AS done,
        max(statements) AS statements
      FROM weir_migrations GROUP BY version ORDER BY version`,
    row: appliedSchema,
  });
  // A file of which a part has been executed counts as applied for the check that nobody has edited it since.
  const complete: AppliedMigration[] = noted.filter(({ done, statements }) => done === statements);
  pendingMigrations({ migrations, applied: noted });
  const applied: string[] = [];
  for (const migration of pendingMigrations({ migrations, applied: complete })) {
    const done = noted.find(({ version }) => version === migration.version)?.done ?? 0;
    await applyFrom({ clickhouse, migration, done });
    options.log.info({ migration: migration.name }, "applied a ClickHouse migration");
    applied.push(migration.name);
  }
  return { applied, version: migrations.length };
}

async function applyFrom(options: {
  clickhouse: ClickHouse;
  migration: Migration;
  done: number;
}): Promise<void> {
  const { clickhouse, migration } = options;
  const statements = splitStatements(migration.sql);
  for (const [index, sql] of statements.entries()) {
    if (index < options.done) continue;
    try {
      await clickhouse.execute({ sql });
    } catch (cause) {
      throw new StoreError({
        code: "migration_failed",
        message: `Statement ${index + 1} of migration ${migration.name} failed: ${messageOf(cause)}`,
        cause,
      });
    }
    await clickhouse.execute({
      sql: `INSERT INTO weir_migrations (version, name, sha256, statement, statements)
        SELECT {version:UInt32}, {name:String}, {sha256:String}, {statement:UInt32}, {statements:UInt32}`,
      params: {
        version: migration.version,
        name: migration.name,
        sha256: migration.sha256,
        statement: index + 1,
        statements: statements.length,
      },
    });
  }
}
