/** Characters of a statement that can be read as code: comments and literals blanked, the length kept. */
function blankLiterals(sql: string): string {
  return sql.replaceAll(
    /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`/g,
    (text) => text[0] + " ".repeat(Math.max(0, text.length - 2)) + (text.length > 1 ? text.at(-1) : ""),
  );
}

export type StatementKind = "insert" | "read" | "use" | "other";

/** What a statement does, by its first word. */
export function statementKind(sql: string): StatementKind {
  const code = sql.replace(/^(\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/|\()+/, "");
  const word = /^[a-z]+/i.exec(code)?.[0]?.toLowerCase() ?? "";
  if (word === "insert") return "insert";
  if (word === "use") return "use";
  return ["select", "with", "show", "describe", "desc", "explain", "exists", "check"].includes(word)
    ? "read"
    : "other";
}

/** The format named by `… FORMAT Name` at the end, or null. */
export function formatOf(sql: string): string | null {
  return (
    /\bformat\s+([A-Za-z][A-Za-z0-9]*)\s*(?:;\s*)?(?:settings\b[\s\S]*)?$/i.exec(blankLiterals(sql))?.[1] ??
    null
  );
}

export interface InsertTarget {
  table: string;
  columns: string[] | null;
  format: string;
  /** True for a format whose data the engine takes from memory. */
  takenAsBytes: boolean;
}

const identifier = String.raw`(?:[A-Za-z_][A-Za-z0-9_]*|\x60[A-Za-z_][A-Za-z0-9_]*\x60)`;
const insertPattern = new RegExp(
  String.raw`^\s*insert\s+into\s+(?:table\s+)?(${identifier}(?:\.${identifier})?)\s*(?:\(([^()]*)\)\s*)?format\s+([A-Za-z]+)\s*;?\s*$`,
  "i",
);
const formatsTakenAsBytes = new Set([
  "JSONEachRow",
  "JSONCompactEachRow",
  "CSV",
  "CSVWithNames",
  "TSV",
  "TabSeparated",
  "TSVWithNames",
  "TabSeparatedWithNames",
]);

/** An insert plain enough to have its data read from a file; null when it has to go the general way. */
export function readInsertTarget(sql: string): InsertTarget | null {
  const match = insertPattern.exec(sql);
  const table = match?.[1]?.replaceAll("`", "");
  const format = match?.[3];
  if (table === undefined || format === undefined) return null;
  const columns = match?.[2]?.split(",").map((name) => name.trim().replaceAll("`", ""));
  if (columns?.some((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))) return null;
  return { table, columns: columns ?? null, format, takenAsBytes: formatsTakenAsBytes.has(format) };
}

/** The same insert with its data in a file. Settings end with the statement, so none can reach the next insert. */
export function insertFromFile(target: InsertTarget, path: string, settings: Record<string, string>): string {
  const table = target.table.split(".").map(identify).join(".");
  const columns = target.columns === null ? "" : ` (${target.columns.map(identify).join(", ")})`;
  return `INSERT INTO ${table}${columns} FROM INFILE ${quote(path)} SETTINGS ${assign(settings)} FORMAT ${target.format}`;
}

/** Names were checked when they were read; this keeps one from being taken for a word of the language. */
function identify(name: string): string {
  return `\`${name}\``;
}

/** A string literal. */
export function quote(value: string): string {
  return `'${value.replaceAll("\\", String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;
}

/** `SET a = '1', b = '2'`; names must have been checked. */
export function setStatement(settings: Record<string, string>): string {
  return `SET ${assign(settings)}`;
}

function assign(settings: Record<string, string>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${quote(value)}`)
    .join(", ");
}
