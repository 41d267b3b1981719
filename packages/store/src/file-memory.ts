import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { systemCodeOf } from "./errors.ts";

/**
 * Memory for all threads that begins with what the file of this name holds: zeros when there is none yet, or one of
 * another size. The file has its full size from then on, so writing into it later needs no room on the disk.
 */
export function loadFileMemory(options: { path: string; bytes: number }): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(options.bytes);
  const view = new Uint8Array(memory);
  const kept = readIfThere(options.path);
  if (kept?.length === options.bytes) view.set(kept);
  else writeFileSync(options.path, view, { mode: 0o600 });
  return memory;
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return null;
    throw error;
  }
}

export interface FileMemory {
  /**
   * Writes through to the operating system, so that it outlives this process. False when that failed; never throws.
   */
  write(offset: number, bytes: Uint8Array): boolean;
  close(): void;
}

/** Opens what `loadFileMemory` has made, once in each thread that writes. */
export function openFileMemory(path: string): FileMemory {
  const file = openSync(path, "r+");
  return {
    write(offset, bytes) {
      try {
        return writeSync(file, bytes, 0, bytes.length, offset) === bytes.length;
      } catch {
        // The caller knows what it means that this was not kept.
        return false;
      }
    },
    close: () => closeSync(file),
  };
}
