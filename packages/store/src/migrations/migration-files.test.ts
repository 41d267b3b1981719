import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { migrationDirectory, pendingMigrations, readMigrations, splitStatements } from "./migration-files.ts";

const folders: string[] = [];
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "weir-migrations-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe("migration files", () => {
  it("are read in order, with a digest that does not depend on line ends", async () => {
    const unix = await readMigrations(folderOf({ "0001-a.sql": "SELECT 1;\n", "0002-b.sql": "SELECT 2;\n" }));
    const windows = await readMigrations(
      folderOf({ "0001-a.sql": "SELECT 1;\r\n", "0002-b.sql": "SELECT 2;\r\n" }),
    );
    expect(unix.map(({ version, name }) => [version, name])).toEqual([
      [1, "0001-a.sql"],
      [2, "0002-b.sql"],
    ]);
    expect(windows.map(({ sha256 }) => sha256)).toEqual(unix.map(({ sha256 }) => sha256));
  });

  it("are refused when a number is missing or taken twice", async () => {
    await expect(readMigrations(folderOf({ "0002-b.sql": "SELECT 2;" }))).rejects.toMatchObject({
      code: "migration_invalid",
    });
    await expect(
      readMigrations(folderOf({ "0001-a.sql": "SELECT 1;", "0001-b.sql": "SELECT 2;" })),
    ).rejects.toMatchObject({ code: "migration_invalid" });
  });

  it("are refused when edited after they were applied, or when the database is newer", async () => {
    const migrations = await readMigrations(folderOf({ "0001-a.sql": "SELECT 1;" }));
    const applied = migrations.map(({ version, name, sha256 }) => ({ version, name, sha256 }));
    expect(pendingMigrations({ migrations, applied })).toEqual([]);
    expect(() =>
      pendingMigrations({ migrations, applied: [{ version: 1, name: "0001-a.sql", sha256: "other" }] }),
    ).toThrow(expect.objectContaining({ code: "migration_edited" }));
    expect(() =>
      pendingMigrations({
        migrations,
        applied: [...applied, { version: 2, name: "0002-later.sql", sha256: "x" }],
      }),
    ).toThrow(expect.objectContaining({ code: "migration_missing" }));
  });

  it("of ClickHouse may run twice, because it has no transactions", async () => {
    for (const { name, sql } of await readMigrations(migrationDirectory("clickhouse"))) {
      for (const statement of splitStatements(sql)) {
        expect(statement, `${name}: write IF EXISTS or IF NOT EXISTS`).toMatch(/\bIF (NOT )?EXISTS\b/);
      }
    }
  });
});

describe("splitting a file into statements", () => {
  it("respects strings, comments, quoted names and dollar quotes", () => {
    const sql = `-- first; comment
SELECT ';', "a;b", \`c;d\`, 'it''s; fine', 'back\\';slash';
/* a; block */ CREATE FUNCTION f() RETURNS int AS $body$ BEGIN; RETURN 1; END $body$;
-- only a comment;
`;
    const statements = splitStatements(sql);
    expect(statements).toHaveLength(2);
    expect(statements[0]).toContain("'back\\';slash'");
    expect(statements[1]).toContain("RETURN 1; END $body$");
  });
});
