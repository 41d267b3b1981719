import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { StoreError } from "../errors.ts";

export interface Migration {
  version: number;
  /** The file's name. */
  name: string;
  sha256: string;
  sql: string;
}

export interface AppliedMigration {
  version: number;
  name: string;
  sha256: string;
}

export interface MigrationReport {
  /** Names of the files that this run applied, in order. */
  applied: string[];
  /** The newest version that the database has now. */
  version: number;
}

/** Where the numbered files of an engine lie. */
export function migrationDirectory(engine: "postgres" | "clickhouse"): string {
  return fileURLToPath(new URL(`../../migrations/${engine}/`, import.meta.url));
}

/**
 * Reads `NNNN-name.sql` in order.
 * @throws StoreError `migration_invalid` when a number is missing or taken twice
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).toSorted();
  return Promise.all(
    names.map(async (name, index) => {
      const version = Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1] ?? Number.NaN);
      if (version !== index + 1) {
        throw new StoreError({
          code: "migration_invalid",
          message: `${name} should be migration ${String(index + 1).padStart(4, "0")}-….sql.`,
        });
      }
      // Git may check files out with other line ends; they are the same migration.
      const sql = (await readFile(join(directory, name), "utf8")).replaceAll("\r\n", "\n");
      return { version, name, sha256: createHash("sha256").update(sql).digest("hex"), sql };
    }),
  );
}

/**
 * Which migrations are still to be applied.
 * @throws StoreError `migration_edited` when an applied file has changed, `migration_missing` when the database
 *   knows one that this version of Weir does not
 */
export function pendingMigrations(options: {
  migrations: readonly Migration[];
  applied: readonly AppliedMigration[];
}): Migration[] {
  for (const applied of options.applied) {
    const file = options.migrations.find(({ version }) => version === applied.version);
    if (file === undefined) {
      throw new StoreError({
        code: "migration_missing",
        message: `The database has migration ${applied.name}, which this version of Weir does not know.`,
      });
    }
    if (file.sha256 !== applied.sha256) {
      throw new StoreError({
        code: "migration_edited",
        message: `Migration ${file.name} was changed after it had been applied as ${applied.name}.`,
      });
    }
  }
  const done = new Set(options.applied.map(({ version }) => version));
  return options.migrations.filter(({ version }) => !done.has(version));
}

/**
 * Splits a file into statements at semicolons that stand outside strings, quoted names, comments and
 * dollar-quoted bodies.
 */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let current = "";
  let hasCode = false;
  const token =
    /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S])*"|`[^`]*`|(\$[A-Za-z_]*\$)[\s\S]*?\1|;|\s+|[\s\S]/g;
  for (const [text] of sql.matchAll(token)) {
    if (text === ";") {
      if (hasCode) statements.push(current.trim());
      current = "";
      hasCode = false;
      continue;
    }
    current += text;
    if (text.trim() !== "" && !text.startsWith("--") && !text.startsWith("/*")) hasCode = true;
  }
  if (hasCode) statements.push(current.trim());
  return statements;
}
