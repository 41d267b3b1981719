import type { SpanRecord } from "@weir/schema";
import type { BlobStore, OwnedBlob } from "./blob-store.ts";
import type { SpoolWriter } from "./spool/spool-writer.ts";

/** Fits the gateway's `Recorder` port. */
export interface SpoolRecorder {
  append(records: readonly SpanRecord[]): boolean;
  storeBlob(blob: OwnedBlob): string | null;
}

/** Half of a surrogate pair, as `JSON.stringify` writes it: an escape whose backslash no other one escapes. */
const halfPair = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

function wellFormed(_name: string, value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name.toWellFormed(), item]));
}

/**
 * A record as the spool keeps it. JSON can express half of a surrogate pair, and callers send it, or a limit cuts a
 * pair in two; ClickHouse would refuse the whole record for it.
 */
function lineOf(record: SpanRecord): string {
  const line = JSON.stringify(record);
  return line.includes("\\ud") && halfPair.test(line) ? JSON.stringify(record, wellFormed) : line;
}

/** Writes records to this thread's spool segment and payloads to the blob files. */
export function createRecorder(options: { spool: SpoolWriter; blobs: BlobStore }): SpoolRecorder {
  return {
    append: (records) => options.spool.append(records.map(lineOf)),
    storeBlob: (blob) => options.blobs.write(blob),
  };
}
