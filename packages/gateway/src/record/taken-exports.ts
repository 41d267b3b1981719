import { hash } from "node:crypto";

/** Exports that are remembered; a retry comes within seconds, so a few thousand are many. */
const slots = 4096;
const wordsPerSlot = 4;

/** Which OTLP exports have been taken, so that one that is sent again is acknowledged and not recorded again. */
export interface TakenExports {
  /** True when the same project has had the same bytes recorded before. */
  has(batch: { projectId: string; body: Uint8Array }): boolean;
  remember(batch: { projectId: string; body: Uint8Array }): void;
  /** Pass it to the gateways of other threads: a retry may reach any of them. */
  readonly buffer: SharedArrayBuffer;
}

/**
 * An exporter whose connection broke sends its batch again, byte for byte, although it was taken. A slot holds 128
 * bits of the SHA-256 of project and body; a newer export takes the place of an older one in its slot.
 */
export function createTakenExports(buffer?: SharedArrayBuffer): TakenExports {
  const memory = buffer ?? new SharedArrayBuffer(slots * wordsPerSlot * Int32Array.BYTES_PER_ELEMENT);
  const words = new Int32Array(memory);
  const place = (batch: { projectId: string; body: Uint8Array }) => {
    const bytes = Buffer.from(hash("sha256", batch.body, "hex") + batch.projectId);
    const digest = hash("sha256", bytes, "buffer");
    const start = (digest.readUInt32LE(16) % slots) * wordsPerSlot;
    return { start, digest };
  };
  return {
    buffer: memory,
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
    },
  };
}
