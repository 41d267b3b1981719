import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { unlessAbsent } from "../errors.ts";
import { hasManifest } from "./batch-manifest.ts";
import { deadFile, deadFolder, listDeadBatchIds, readDeadLetters } from "./dead-letters.ts";
import type { DeadLetter } from "./dead-letters.ts";
import { sealedSuffix } from "./segment-name.ts";
import { addSpoolBytes, type SpoolGauge } from "./spool-gauge.ts";

/** The records as they will be shipped, and the dead letters once these are what counts. */
const stagedSuffix = ".retry";
const takenSuffix = ".taken";
const segmentPrefix = "retry-";
/** How many batches are handed back at once: each is forced to the disk, and somebody waits for the answer. */
const batchesMax = 500;
const batchPattern = /^batch-[0-9a-z-]+$/;

export interface HandBackOptions {
  directory: string;
  /** Null: all of them, oldest first. */
  batchIds: readonly string[] | null;
  /** Batches that are larger than what is left of this stay for another time. */
  roomBytes: number;
  gauge?: SpoolGauge | undefined;
  /** Called once a batch's records are on their way, before its segment can be seen. */
  onTaken?: (batch: HandedBack["batches"][number]) => void;
}

export interface HandedBack {
  batches: { batchId: string; segment: string; records: number }[];
  skipped: { batchId: string; why: SkipReason }[];
}

type SkipReason = "not-found" | "unfinished" | "unreadable" | "no-room" | "next-time";

/** Whether a segment was made of dead letters: its rows may be in ClickHouse already, under another batch's token. */
export function isHandedBack(segment: string): boolean {
  return segment.startsWith(`${segmentPrefix}batch-`);
}

const segmentOf = (batchId: string): string => segmentPrefix + batchId + sealedSuffix;

/**
 * Makes segments of dead letters again, so that the shipper tries them once more. Of each batch either the dead
 * letters count or the segment, whatever is killed and whenever:
 *
 * 1. the records are written to `<batch>.retry`; without the next step that file means nothing
 * 2. `<batch>.ndjson` becomes `<batch>.taken`: from here on the records are on their way
 * 3. `<batch>.retry` becomes a sealed segment of the spool
 * 4. `<batch>.taken` goes
 *
 * Not to be called twice at once; `recoverHandedBack` has to have run.
 */
export async function handBackDead(options: HandBackOptions): Promise<HandedBack> {
  const { directory } = options;
  const result: HandedBack = { batches: [], skipped: [] };
  let { roomBytes } = options;
  for (const batchId of options.batchIds ?? (await listDeadBatchIds(directory))) {
    if (result.batches.length >= batchesMax) {
      result.skipped.push({ batchId, why: "next-time" });
      continue;
    }
    const read = await readBatchLetters(directory, batchId);
    if (typeof read === "string") {
      result.skipped.push({ batchId, why: read });
      continue;
    }
    const bytes = Buffer.from(read.map(({ line }) => `${line}\n`).join(""));
    if (bytes.length > roomBytes) {
      result.skipped.push({ batchId, why: "no-room" });
      continue;
    }
    roomBytes -= bytes.length;
    await stage(join(deadFolder(directory), batchId + stagedSuffix), bytes);
    await rename(deadFile(directory, batchId), join(deadFolder(directory), batchId + takenSuffix));
    const batch = { batchId, segment: segmentOf(batchId), records: read.length };
    options.onTaken?.(batch);
    await finishMove({ ...options, batchId });
    result.batches.push(batch);
  }
  return result;
}

/** Goes on where a killed process left off. Call once before `handBackDead`, while nobody ships. */
export async function recoverHandedBack(options: { directory: string; gauge?: SpoolGauge | undefined }) {
  const folder = deadFolder(options.directory);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    if (name.endsWith(takenSuffix)) {
      await finishMove({ ...options, batchId: name.slice(0, -takenSuffix.length) });
    }
  }
  for (const name of await readdir(folder)) {
    if (name.endsWith(stagedSuffix)) await rm(join(folder, name), { force: true });
  }
}

async function readBatchLetters(directory: string, batchId: string): Promise<DeadLetter[] | SkipReason> {
  if (!batchPattern.test(batchId)) return "unreadable";
  try {
    const letters = await readDeadLetters(directory, batchId);
    if (letters === null) return "not-found";
    // Asked after the reading: a batch has its manifest before its dead letters, and never again once it is finished.
    // One that is not may be shipped again and write the same dead letters again.
    return (await hasManifest(directory, batchId)) ? "unfinished" : letters;
  } catch {
    // Not written by Weir, or cut short by a power cut: what it holds is for a person to see.
    return "unreadable";
  }
}

async function stage(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function finishMove(options: {
  directory: string;
  batchId: string;
  gauge?: SpoolGauge | undefined;
}): Promise<void> {
  const { directory, batchId, gauge } = options;
  const staged = join(deadFolder(directory), batchId + stagedSuffix);
  const found = await unlessAbsent(stat(staged));
  // Without it the segment is in the spool, or has been shipped since.
  if (found !== null) {
    await rename(staged, join(directory, segmentOf(batchId)));
    if (gauge !== undefined) addSpoolBytes(gauge, found.size);
  }
  await rm(join(deadFolder(directory), batchId + takenSuffix), { force: true });
}
