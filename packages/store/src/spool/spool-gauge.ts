/**
 * Bytes waiting in the spool and records that could not be written, seen by every thread of one process.
 * Make it once in the main thread and hand it to workers as `workerData`.
 */
export type SpoolGauge = SharedArrayBuffer;

const bytesSlot = 0;
const unrecordedSlot = 1;

export function createSpoolGauge(): SpoolGauge {
  return new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);
}

export function readSpoolGauge(gauge: SpoolGauge): { bytes: number; unrecorded: number } {
  const slots = new BigInt64Array(gauge);
  return {
    bytes: Number(Atomics.load(slots, bytesSlot)),
    unrecorded: Number(Atomics.load(slots, unrecordedSlot)),
  };
}

/** Adds (or with a negative number takes away) and returns the sum before. */
export function addSpoolBytes(gauge: SpoolGauge, bytes: number): number {
  return Number(Atomics.add(new BigInt64Array(gauge), bytesSlot, BigInt(bytes)));
}

export function setSpoolBytes(gauge: SpoolGauge, bytes: number): void {
  Atomics.store(new BigInt64Array(gauge), bytesSlot, BigInt(bytes));
}

export function addUnrecorded(gauge: SpoolGauge, records: number): void {
  Atomics.add(new BigInt64Array(gauge), unrecordedSlot, BigInt(records));
}
