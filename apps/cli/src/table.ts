/** Lays rows out in columns under their headings; text for a terminal, ended by a newline. */
export function formatTable(options: {
  headings: readonly string[];
  rows: readonly (readonly string[])[];
}): string {
  const all = [options.headings, ...options.rows];
  const widths = options.headings.map((_, column) =>
    Math.max(...all.map((row) => (row[column] ?? "").length)),
  );
  const lines = all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
