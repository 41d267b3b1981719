import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DeadLine } from "./ship-lines.ts";

const folderName = "dead";

/**
 * Keeps what ClickHouse refused, one file per batch, each line an object with the reason and the record as it was.
 * A batch that is shipped again after a crash writes the same file again.
 */
export async function writeDeadLetters(options: {
  directory: string;
  batchId: string;
  dead: readonly DeadLine[];
}): Promise<void> {
  const folder = join(options.directory, folderName);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${options.batchId}.ndjson`);
  const text = options.dead
    .map(({ line, exceptionCode, reason }) =>
      JSON.stringify({ rejectedAt: new Date().toISOString(), exceptionCode, reason, line: line.toString() }),
    )
    .join("\n");
  await writeFile(`${path}.new`, `${text}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** How many records lie there. */
export async function countDeadLetters(directory: string): Promise<number> {
  const folder = join(directory, folderName);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let count = 0;
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".ndjson")) continue;
    for (const byte of await readFile(join(folder, name))) if (byte === 0x0a) count += 1;
  }
  return count;
}
