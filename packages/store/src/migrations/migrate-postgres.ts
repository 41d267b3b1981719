import { z } from "zod";
import { messageOf, StoreError } from "../errors.ts";
import type { StoreLog } from "../log.ts";
import type { Postgres } from "../postgres/connect-postgres.ts";
import {
  migrationDirectory,
  pendingMigrations,
  readMigrations,
  type Migration,
  type MigrationReport,
} from "./migration-files.ts";

/** Any number that nobody else uses for an advisory lock in the same database. */
const lockKey = 9_347_001;
const appliedSchema = z.object({ version: z.number(), name: z.string(), sha256: z.string() });

/**
 * Brings Postgres to the newest version, each file in a transaction of its own together with the note that it has
 * been applied. Two servers that start at once wait for each other.
 */
export async function migratePostgres(options: {
  postgres: Postgres;
  log: StoreLog;
  directory?: string;
}): Promise<MigrationReport> {
  const migrations = await readMigrations(options.directory ?? migrationDirectory("postgres"));
  const applied: string[] = [];
  for (;;) {
    const done = await applyNext(options.postgres, migrations);
    if (done === null) break;
    options.log.info({ migration: done.name }, "applied a Postgres migration");
    applied.push(done.name);
  }
  return { applied, version: migrations.length };
}

async function applyNext(postgres: Postgres, migrations: readonly Migration[]): Promise<Migration | null> {
  return postgres.transaction(async (session) => {
    await session.execute({ sql: `SELECT pg_advisory_xact_lock(${lockKey})` });
    await session.execute({
      sql: `CREATE TABLE IF NOT EXISTS weir_migrations (
        version integer PRIMARY KEY,
        name text NOT NULL,
        sha256 text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
      )`,
    });
    const applied = await session.query({
      sql: "SELECT version, name, sha256 FROM weir_migrations ORDER BY version",
      row: appliedSchema,
    });
    const next = pendingMigrations({ migrations, applied })[0];
    if (next === undefined) return null;
    try {
      // Without parameters `pg` sends a file of several statements as it is.
      await session.execute({ sql: next.sql });
    } catch (cause) {
      throw new StoreError({
        code: "migration_failed",
        message: `Migration ${next.name} failed: ${messageOf(cause)}`,
        cause,
      });
    }
    await session.execute({
      sql: "INSERT INTO weir_migrations (version, name, sha256) VALUES ($1, $2, $3)",
      params: [next.version, next.name, next.sha256],
    });
    return next;
  });
}
