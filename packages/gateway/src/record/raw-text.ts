import { blobReferencePrefix, type StoreBlob } from "./media.ts";

/** Keeps a response's bytes for its record, up to a limit beyond which only their number is kept. */
export interface RawKeeper {
  push(chunk: Buffer): void;
  readonly bytes: number;
  /** Bytes beyond the limit. */
  readonly lostBytes: number;
  /** All kept bytes. */
  joined(): Buffer;
}

export function createRawKeeper(maxBytes: number): RawKeeper {
  let chunks: Buffer[] = [];
  let size = 0;
  let kept = 0;
  return {
    push(chunk) {
      size += chunk.length;
      if (size > maxBytes) return;
      kept += chunk.length;
      chunks.push(chunk);
    },
    get bytes() {
      return size;
    },
    get lostBytes() {
      return size - kept;
    },
    joined() {
      const only = chunks.length === 1 ? chunks[0] : undefined;
      if (only !== undefined) return only;
      const all = Buffer.concat(chunks, kept);
      chunks = [all];
      return all;
    },
  };
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
