import { blobReferencePrefix, type StoreBlob } from "./media.ts";

/** Keeps a response's bytes for its record, up to a limit beyond which only their number is kept. */
export interface RawKeeper {
  push(chunk: Buffer): void;
  /** Bytes that came, kept or not. */
  readonly bytes: number;
  /** Bytes beyond the limit. */
  readonly lostBytes: number;
  /** All kept bytes. */
  joined(): Buffer;
}

const nothing = Buffer.alloc(0);
const copyMaxBytes = 2 * 1024;
const blockMaxBytes = 64 * 1024;

/**
 * Keeps the first chunk, often the only one, and large ones as they came. The small ones of a stream are copied together
 * into blocks that double in size: kept one by one, each would hold three objects and a piece of memory of its own
 * until the stream ends, for the garbage collector to move.
 */
class BlockKeeper implements RawKeeper {
  bytes = 0;
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #kept = 0;
  #block: Buffer = nothing;
  #filled = 0;
  #blockBytes = 2 * copyMaxBytes;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get lostBytes(): number {
    return this.bytes - this.#kept;
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > this.#maxBytes) return;
    const copied = chunk.length <= copyMaxBytes && this.#kept > 0;
    this.#kept += chunk.length;
    if (!copied) {
      this.#sealBlock();
      this.#parts.push(chunk);
      return;
    }
    if (this.#filled + chunk.length > this.#block.length) this.#nextBlock();
    this.#filled += chunk.copy(this.#block, this.#filled);
  }

  joined(): Buffer {
    this.#sealBlock();
    const only = this.#parts.length === 1 ? this.#parts[0] : undefined;
    const all = only ?? Buffer.concat(this.#parts, this.#kept);
    this.#parts = [all];
    return all;
  }

  #sealBlock(): void {
    if (this.#filled > 0) this.#parts.push(this.#block.subarray(0, this.#filled));
    this.#block = this.#block.subarray(this.#filled);
    this.#filled = 0;
  }

  #nextBlock(): void {
    this.#sealBlock();
    this.#block = Buffer.allocUnsafeSlow(this.#blockBytes);
    this.#blockBytes = Math.min(this.#blockBytes * 2, blockMaxBytes);
  }
}

export function createRawKeeper(maxBytes: number): RawKeeper {
  return new BlockKeeper(maxBytes);
}

/** The index at or before `at` where no UTF-8 sequence is cut. */
function characterBoundary(bytes: Buffer, at: number): number {
  let index = at;
  while (index > 0 && ((bytes[index] ?? 0) & 0xc0) === 0x80) index -= 1;
  return index;
}

/**
 * A text for a row: whole when it fits, else its beginning and, on a line of its own, the blob with the rest
 * (`weir-blob:sha256/<hex>`); both put together are the original bytes.
 */
export function fitToRow(
  bytes: Buffer,
  options: { rowMaxBytes: number; mediaType: string; storeBlob: StoreBlob },
): string {
  if (bytes.length <= options.rowMaxBytes) return bytes.toString("utf8");
  const cut = characterBoundary(bytes, options.rowMaxBytes);
  const rest = options.storeBlob({ bytes: bytes.subarray(cut), mediaType: options.mediaType });
  const note = rest === null ? "(the rest could not be written)" : blobReferencePrefix + rest;
  return `${bytes.toString("utf8", 0, cut)}\n${note}`;
}
