import { hash } from "node:crypto";

/** Exports that are remembered; a retry comes within seconds, so a few thousand are many. */
const slots = 4096;
const wordsPerSlot = 4;
export const takenExportsBytes = slots * wordsPerSlot * Int32Array.BYTES_PER_ELEMENT;

/** Which OTLP exports have been taken, so that one that is sent again is acknowledged and not recorded again. */
export interface TakenExports {
  /** True when the same project has had the same bytes recorded before. */
  has(batch: { projectId: string; body: Uint8Array }): boolean;
  remember(batch: { projectId: string; body: Uint8Array }): void;
}

/** Where the exports are remembered. */
export interface TakenExportsMemory {
  /** Of `takenExportsBytes`, for all threads: a retry may reach any of them. */
  buffer: SharedArrayBuffer;
  /**
   * Keeps what was just put into the memory beyond the death of the process. When it fails, nothing is lost: an
   * export that is sent again after a restart is recorded again.
   */
  keep?(offset: number, bytes: Uint8Array): void;
}

/**
 * An exporter whose connection broke sends its batch again, byte for byte, although it was taken. A slot holds 128
 * bits of the SHA-256 of project and body; a newer export takes the place of an older one in its slot.
 */
export function createTakenExports(memory?: TakenExportsMemory): TakenExports {
  const words = new Int32Array(memory?.buffer ?? new SharedArrayBuffer(takenExportsBytes));
  const place = (batch: { projectId: string; body: Uint8Array }) => {
    const bytes = Buffer.from(hash("sha256", batch.body, "hex") + batch.projectId);
    const digest = hash("sha256", bytes, "buffer");
    const start = (digest.readUInt32LE(16) % slots) * wordsPerSlot;
    return { start, digest };
  };
  return {
    has(batch) {
      const { start, digest } = place(batch);
      for (let index = 0; index < wordsPerSlot; index += 1) {
        if (Atomics.load(words, start + index) !== digest.readInt32LE(index * 4)) return false;
      }
      return true;
    },
    remember(batch) {
      const { start, digest } = place(batch);
      for (let index = 0; index < wordsPerSlot; index += 1) {
        Atomics.store(words, start + index, digest.readInt32LE(index * 4));
      }
      memory?.keep?.(start * Int32Array.BYTES_PER_ELEMENT, digest.subarray(0, wordsPerSlot * 4));
    },
  };
}
