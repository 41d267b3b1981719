import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  checkImports,
  checkLength,
  checkLines,
  checkMigrations,
  checkNames,
  checkSql,
  listFiles,
  readSources,
  type Finding,
} from "./tidy.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = readSources(root);
const show = (findings: Finding[]) =>
  findings.map((finding) => `${finding.file}:${finding.line} ${finding.mend}`);

describe("the repository keeps its style guide", () => {
  test("files are short", () => {
    expect(show(sources.flatMap(checkLength))).toEqual([]);
  });
  test("names say what a thing is", () => {
    expect(show(listFiles(root).flatMap(checkNames))).toEqual([]);
  });
  test("imports follow the architecture", () => {
    expect(show(sources.flatMap(checkImports))).toEqual([]);
  });
  test("no line holds what Node cannot run or nobody finished", () => {
    expect(show(sources.flatMap(checkLines))).toEqual([]);
  });
  test("migrations are numbered", () => {
    expect(show(checkMigrations(listFiles(root)))).toEqual([]);
  });
  test("SQL stands in its place", () => {
    expect(show(sources.flatMap(checkSql))).toEqual([]);
  });
});

describe("the checks find what they are for", () => {
  const mends = (findings: Finding[]) => findings.map((finding) => finding.mend).join("\n");

  test("a long file", () => {
    expect(checkLength({ path: "a/b.ts", text: "x\n".repeat(501) })).toHaveLength(1);
    expect(checkLength({ path: "a/b.test.ts", text: "x\n".repeat(501) })).toHaveLength(0);
  });
  test("a drawer and a camel", () => {
    expect(mends(checkNames("packages/x/src/utils/a.ts"))).toContain("says nothing");
    expect(mends(checkNames("packages/x/src/myFile.ts"))).toContain("kebab-case");
  });
  test("an import against the direction, a deep one, a sideways one", () => {
    const at = (path: string, text: string) => mends(checkImports({ path, text }));
    expect(at("packages/gateway/src/a.ts", 'import { x } from "@weir/store";')).toContain("may not import");
    expect(at("apps/server/src/a.ts", 'import { x } from "@weir/store/src/a.ts";')).toContain(
      "reaches inside",
    );
    expect(at("packages/gateway/src/a.ts", 'import { x } from "../../store/src/a.ts";')).toContain(
      "@weir/store",
    );
    expect(at("packages/schema/src/a.ts", 'import { x } from "node:fs";')).toContain("zod alone");
    expect(
      at("apps/console/src/a.ts", 'import {\n  a,\n  b,\n} from "@weir/schema";\nexport const c = 1;'),
    ).toBe("");
  });
  test("environment, enums, silenced checks", () => {
    const at = (text: string) => checkLines({ path: "packages/x/src/a.ts", text });
    expect(at("const a = process.env.HOME;")).toHaveLength(1);
    expect(at("export enum Colour { Red }")).toHaveLength(1);
    expect(at("const a = b as any;")).toHaveLength(1);
    expect(at("// the word any in a sentence")).toHaveLength(0);
  });
  test("a gap between migrations", () => {
    const paths = ["p/migrations/postgres/0001-first.sql", "p/migrations/postgres/0003-third.sql"];
    expect(checkMigrations(paths)).toHaveLength(1);
  });
  test("a query in the wrong room", () => {
    const file = { path: "apps/server/src/a.ts", text: "const q = `SELECT a FROM b`;" };
    expect(checkSql(file)).toHaveLength(1);
    expect(checkSql({ ...file, path: "apps/server/src/capabilities/keys/queries.ts" })).toHaveLength(0);
  });
});
