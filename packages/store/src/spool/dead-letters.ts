import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, unlessAbsent } from "../errors.ts";
import type { DeadLine } from "./ship-lines.ts";

const folderName = "dead";
const deadSuffix = ".ndjson";
const reasonsMax = 3;
const reasonMaxCharacters = 500;

const deadLineSchema = z.object({ rejectedAt: z.string(), reason: z.string(), line: z.string() });
export type DeadLetter = z.output<typeof deadLineSchema>;

/** What ClickHouse refused of one batch. */
export interface DeadBatch {
  batchId: string;
  records: number;
  bytes: number;
  /** ISO 8601. */
  refusedAt: string;
  /** The most frequent reasons, each with the number of records that it is given for. */
  reasons: { reason: string; records: number }[];
}

/** The folder below the spool, and the file of one batch in it. */
export const deadFolder = (directory: string): string => join(directory, folderName);
export const deadFile = (directory: string, batchId: string): string =>
  join(directory, folderName, batchId + deadSuffix);

/**
 * Keeps what ClickHouse refused, one file per batch, each line an object with the reason and the record as it was.
 * A batch that is shipped again after a crash writes the same file again.
 */
export async function writeDeadLetters(options: {
  directory: string;
  batchId: string;
  dead: readonly DeadLine[];
}): Promise<void> {
  await mkdir(deadFolder(options.directory), { recursive: true, mode: 0o700 });
  const path = deadFile(options.directory, options.batchId);
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
  await mkdir(deadFolder(directory), { recursive: true, mode: 0o700 });
  let count = 0;
  for (const batchId of await listDeadBatchIds(directory)) {
    for (const byte of await readFile(deadFile(directory, batchId))) if (byte === 0x0a) count += 1;
  }
  return count;
}

/** The batches that have dead letters, oldest first: their names begin with the time. */
export async function listDeadBatchIds(directory: string): Promise<string[]> {
  const names = (await unlessAbsent(readdir(deadFolder(directory)))) ?? [];
  return names
    .filter((name) => name.endsWith(deadSuffix))
    .map((name) => name.slice(0, -deadSuffix.length))
    .toSorted();
}

/** The dead letters of a batch; null when it has none (any more). Throws for a file that no Weir wrote. */
export async function readDeadLetters(directory: string, batchId: string): Promise<DeadLetter[] | null> {
  const text = await unlessAbsent(readFile(deadFile(directory, batchId), "utf8"));
  if (text === null) return null;
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => deadLineSchema.parse(JSON.parse(line)));
}

/** Describes the oldest batches with dead letters, at most `batchesMax`; `batches` counts all of them. */
export async function listDeadLetters(
  directory: string,
  options: { batchesMax: number },
): Promise<{ batches: number; data: DeadBatch[] }> {
  const batchIds = await listDeadBatchIds(directory);
  const data: DeadBatch[] = [];
  for (const batchId of batchIds.slice(0, options.batchesMax)) {
    const described = await describeBatch(directory, batchId);
    if (described !== null) data.push(described);
  }
  return { batches: batchIds.length, data };
}

async function describeBatch(directory: string, batchId: string): Promise<DeadBatch | null> {
  const found = await unlessAbsent(stat(deadFile(directory, batchId)));
  if (found === null) return null;
  const described = { batchId, bytes: found.size, refusedAt: found.mtime.toISOString() };
  try {
    const letters = await readDeadLetters(directory, batchId);
    if (letters === null) return null;
    // A file that is copied, as from a backup, has a time of its own.
    const refusedAt = letters[0]?.rejectedAt ?? described.refusedAt;
    return { ...described, refusedAt, records: letters.length, reasons: frequentReasons(letters) };
  } catch (error) {
    const reason = `The file ${deadFile(directory, batchId)} cannot be read: ${messageOf(error).slice(0, reasonMaxCharacters)}`;
    return { ...described, records: 0, reasons: [{ reason, records: 0 }] };
  }
}

function frequentReasons(letters: readonly DeadLetter[]): DeadBatch["reasons"] {
  const counts = new Map<string, number>();
  for (const { reason } of letters) {
    const short = reason.slice(0, reasonMaxCharacters);
    counts.set(short, (counts.get(short) ?? 0) + 1);
  }
  return [...counts]
    .map(([reason, records]) => ({ reason, records }))
    .toSorted((left, right) => right.records - left.records)
    .slice(0, reasonsMax);
}
