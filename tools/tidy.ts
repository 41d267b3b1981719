import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** A broken rule of the house: where, and what to do about it. */
export interface Finding {
  file: string;
  line: number;
  mend: string;
}

export interface SourceFile {
  /** Path from the repository's root, with `/`. */
  path: string;
  text: string;
}

const fileMaxLines = 500;
const testMaxLines = 800;
const drawerNames = new Set(["shared", "common", "utils", "util", "helpers", "helper", "misc", "lib"]);

/** What each room may import of the others. `*` is any package's public entry. */
const importableRooms: { [room: string]: readonly string[] } = {
  schema: [],
  providers: ["schema"],
  otlp: ["schema", "providers"],
  gateway: ["schema", "providers", "otlp"],
  store: ["schema"],
  server: ["schema", "providers", "otlp", "gateway", "store"],
  console: ["schema"],
  cli: ["schema", "server"],
};

/** Every file that git tracks or would track, under the given root. */
export function listFiles(root: string): string[] {
  const output = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  return output.split("\n").filter((path) => path !== "");
}

/** The TypeScript of the project, read. */
export function readSources(root: string): SourceFile[] {
  return listFiles(root)
    .filter((path) => /\.(ts|tsx)$/.test(path))
    .flatMap((path) => {
      try {
        return [{ path, text: readFileSync(join(root, path), "utf8") }];
      } catch (cause) {
        // A file that git still lists and that is gone from the tree is a deletion not yet committed.
        if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
        throw cause;
      }
    });
}

const isTest = (path: string) => /\.test\.tsx?$/.test(path);

/** Rule 4: files stay short enough to be read at one sitting. */
export function checkLength(file: SourceFile): Finding[] {
  const lines = file.text.split("\n").length - 1;
  const max = isTest(file.path) ? testMaxLines : fileMaxLines;
  if (lines <= max) return [];
  return [
    { file: file.path, line: max, mend: `has ${lines} lines, over ${max}: split it by what its parts do` },
  ];
}

/** Rules 2 and 8: no drawer for the homeless, and one way to write a file's name. */
export function checkNames(path: string): Finding[] {
  const findings: Finding[] = [];
  for (const segment of path.split("/")) {
    const stem = segment.replace(/\..*$/, "");
    if (drawerNames.has(stem)) {
      findings.push({ file: path, line: 1, mend: `"${segment}" says nothing: name it for what it holds` });
    }
  }
  const name = posix.basename(path);
  if (/\.(ts|tsx)$/.test(name) && !/^[a-z0-9]+([-.][a-z0-9]+)*\.(ts|tsx)$/.test(name)) {
    findings.push({ file: path, line: 1, mend: `write the file's name in kebab-case` });
  }
  return findings;
}

function roomOf(path: string): string | null {
  const match = /^(?:packages|apps)\/([^/]+)\//.exec(path);
  return match?.[1] ?? null;
}

function importsOf(text: string): { specifier: string; line: number }[] {
  const found: { specifier: string; line: number }[] = [];
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^"';]*?from\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)|(?:^|\n)\s*import\s+["']([^"']+)["']/g;
  for (const match of text.matchAll(pattern)) {
    const specifier = match[1] ?? match[2] ?? match[3] ?? "";
    found.push({ specifier, line: text.slice(0, match.index + match[0].length).split("\n").length });
  }
  return found;
}

/** Rules 1 and 2: who may import whom, and only through a package's front door. */
export function checkImports(file: SourceFile): Finding[] {
  const room = roomOf(file.path);
  const findings: Finding[] = [];
  for (const { specifier, line } of importsOf(file.text)) {
    const own = /^@weir\/([^/]+)(\/.+)?$/.exec(specifier);
    if (own) {
      const target = own[1] ?? "";
      if (own[2]) {
        const mend = `"${specifier}" reaches inside: import from "@weir/${target}" and export what is missing there`;
        findings.push({ file: file.path, line, mend });
      }
      const allowed = room === null ? null : importableRooms[room];
      if (allowed && !isTest(file.path) && target !== room && !allowed.includes(target)) {
        const mend = `${room} may not import ${target}: see the import direction in ARCHITECTURE.md`;
        findings.push({ file: file.path, line, mend });
      }
      continue;
    }
    if (!specifier.startsWith(".")) continue;
    const resolved = posix.normalize(posix.join(posix.dirname(file.path), specifier));
    const targetRoom = roomOf(resolved);
    if (room !== null && targetRoom !== null && targetRoom !== room) {
      findings.push({ file: file.path, line, mend: `import "@weir/${targetRoom}" instead of its files` });
    }
    if (room === "schema" && targetRoom !== "schema") {
      findings.push({ file: file.path, line, mend: "schema stands on zod alone" });
    }
  }
  if (room === "schema" && !isTest(file.path)) {
    for (const { specifier, line } of importsOf(file.text)) {
      if (!specifier.startsWith(".") && specifier !== "zod") {
        findings.push({ file: file.path, line, mend: `schema stands on zod alone, not on "${specifier}"` });
      }
    }
  }
  return findings;
}

const lineRules: { pattern: RegExp; skip: RegExp; mend: string }[] = [
  {
    pattern: /(?<!["'`])\bprocess\.env\b/,
    skip: /^(apps\/server\/src\/config\/|tools\/|bench\/|test\/|vitest\.config|apps\/cli\/bin\/)|^(packages|apps)\/[^/]+\/test\/|\.test\.tsx?$/,
    mend: "read it in apps/server/src/config and pass it down",
  },
  {
    pattern: /^\s*(export\s+)?(const\s+)?enum\s/,
    skip: /^$/,
    mend: "Node runs these files as they are: use a const object or a union instead of an enum",
  },
  {
    pattern: /^\s*(export\s+)?(declare\s+)?namespace\s/,
    skip: /^$/,
    mend: "Node runs these files as they are: use a module instead of a namespace",
  },
  {
    pattern: /\b(it|test|describe)\.(only|skip|todo)\(/,
    skip: /^tools\/tidy/,
    mend: "a test that does not run proves nothing: run it or remove it",
  },
  {
    pattern: /@ts-(ignore|expect-error|nocheck)|\bas any\b/,
    skip: /^tools\/tidy/,
    mend: "say the type, or parse the value",
  },
  {
    pattern: /\b(TODO|FIXME|HACK|XXX)\b/,
    skip: /^tools\/tidy/,
    mend: "do it now, or write it where work is planned",
  },
  {
    pattern: /^export default /,
    skip: /\.config\.ts$/,
    mend: "export it by name",
  },
];

/** Rules 6 and 12, and marks of unfinished work: what no line may hold. */
export function checkLines(file: SourceFile): Finding[] {
  const findings: Finding[] = [];
  for (const [index, line] of file.text.split("\n").entries()) {
    if (/^\s*(\/\/|\*|\/\*)/.test(line) && !/\b(TODO|FIXME|HACK|XXX)\b|@ts-/.test(line)) continue;
    for (const rule of lineRules) {
      if (rule.pattern.test(line) && !rule.skip.test(file.path)) {
        findings.push({ file: file.path, line: index + 1, mend: rule.mend });
      }
    }
  }
  return findings;
}

/** Rule 14: migrations are numbered without gaps or doubles. */
export function checkMigrations(paths: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  const byFolder = new Map<string, string[]>();
  for (const path of paths) {
    if (!/\/migrations\/.*\.sql$/.test(path)) continue;
    const folder = posix.dirname(path);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), posix.basename(path)]);
  }
  for (const [folder, names] of byFolder) {
    for (const [index, name] of names.toSorted().entries()) {
      const expected = String(index + 1).padStart(4, "0");
      if (!new RegExp(`^${expected}-[a-z0-9]+(-[a-z0-9]+)*\\.sql$`).test(name)) {
        const mend = `expected ${expected}-some-name.sql: migrations are numbered from 0001 without gaps`;
        findings.push({ file: `${folder}/${name}`, line: 1, mend });
      }
    }
  }
  return findings;
}

/** Rule 13: SQL stands where it is looked for. */
export function checkSql(file: SourceFile): Finding[] {
  if (!/^(packages|apps)\//.test(file.path) || isTest(file.path)) return [];
  if (/^packages\/store\/|\/queries\.ts$|\/queries\/|\/[a-z-]*queries\.ts$/.test(file.path)) return [];
  return [
    ...file.text.matchAll(
      /[`"'](?:\s*)(SELECT\s[^`"']*\sFROM\s|INSERT INTO\s|DELETE FROM\s|UPDATE\s+\w+\s+SET\s)/g,
    ),
  ].map((match) => ({
    file: file.path,
    line: file.text.slice(0, match.index).split("\n").length,
    mend: "SQL belongs in the capability's queries.ts or in packages/store",
  }));
}
