import type { SpanRecord } from "@weir/schema";
import type { BlobStore } from "./blob-store.ts";
import type { SpoolWriter } from "./spool/spool-writer.ts";

/** Fits the gateway's `Recorder` port. */
export interface SpoolRecorder {
  append(records: readonly SpanRecord[]): boolean;
  storeBlob(blob: { bytes: Uint8Array; mediaType: string }): string | null;
}

/** Writes records to this thread's spool segment and payloads to the blob files. */
export function createRecorder(options: { spool: SpoolWriter; blobs: BlobStore }): SpoolRecorder {
  return {
    append: (records) => options.spool.append(records.map((record) => JSON.stringify(record))),
    storeBlob: (blob) => options.blobs.write(blob),
  };
}
