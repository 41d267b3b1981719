import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { join } from "node:path";
import { systemCodeOf } from "../errors.ts";
import { openSuffix, sealedSuffix } from "./segment-name.ts";
import { setSpoolBytes, type SpoolGauge } from "./spool-gauge.ts";

export interface SpoolRecovery {
  /** Segments that were open and are sealed now. */
  sealed: number;
  /** Bytes of all segments that wait to be shipped. */
  bytes: number;
  /** Bytes of a last line that was cut short; nobody was told that it had been recorded. */
  truncatedBytes: number;
}

/** Call once at start, before any writer: truncates and seals what a killed process left open. */
export function recoverSpool(options: { directory: string; gauge?: SpoolGauge }): Promise<SpoolRecovery> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const result: SpoolRecovery = { sealed: 0, bytes: 0, truncatedBytes: 0 };
  for (const name of readdirSync(options.directory)) {
    if (!name.endsWith(openSuffix)) continue;
    const left = sealLeftover(options.directory, name);
    result.truncatedBytes += left.truncatedBytes;
    if (left.sealed) result.sealed += 1;
  }
  result.bytes = spoolBytes(options.directory);
  if (options.gauge !== undefined) setSpoolBytes(options.gauge, result.bytes);
  return Promise.resolve(result);
}

/** Cuts an open file back to its last whole line and seals it; removes it when there is none. */
export function sealLeftover(directory: string, name: string): { sealed: boolean; truncatedBytes: number } {
  const path = join(directory, name);
  const file = openSync(path, "r+");
  let wholeBytes: number;
  let truncatedBytes: number;
  try {
    const { size } = fstatSync(file);
    wholeBytes = lastLineEnd(file, size);
    truncatedBytes = size - wholeBytes;
    if (truncatedBytes > 0) ftruncateSync(file, wholeBytes);
  } finally {
    closeSync(file);
  }
  if (wholeBytes === 0) unlinkSync(path);
  else renameSync(path, path.slice(0, -openSuffix.length) + sealedSuffix);
  return { sealed: wholeBytes > 0, truncatedBytes };
}

/** The offset after the last line break, searched from the end. */
function lastLineEnd(file: number, size: number): number {
  const window = Buffer.allocUnsafe(64 * 1024);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - window.length);
    const read = readSync(file, window, 0, end - start, start);
    const found = window.subarray(0, read).lastIndexOf(0x0a);
    if (found >= 0) return start + found + 1;
    end = start;
  }
  return 0;
}

/** Bytes of all segments, open and sealed. */
export function spoolBytes(directory: string): number {
  let bytes = 0;
  for (const name of readdirSync(directory)) {
    if (!name.endsWith(openSuffix) && !name.endsWith(sealedSuffix)) continue;
    try {
      bytes += statSync(join(directory, name)).size;
    } catch (error) {
      // Sealed, or shipped and removed, since the folder was read.
      if (systemCodeOf(error) !== "ENOENT") throw error;
    }
  }
  return bytes;
}
