import { StoreError } from "../errors.ts";

/** A segment that a producer still writes, and one that is complete. */
export const openSuffix = ".open";
export const sealedSuffix = ".ndjson";

/** Checks a producer's name, which becomes part of file names. */
export function checkProducer(producer: string): void {
  if (/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(producer) && producer.length <= 60) return;
  throw new StoreError({
    code: "spool_invalid",
    message: `${JSON.stringify(producer)} is no name for a producer.`,
  });
}

export function segmentName(options: { producer: string; startedMs: number; sequence: number }): string {
  return `${options.producer}-${options.startedMs}-${String(options.sequence).padStart(8, "0")}`;
}

/** Whether an open file was left by an earlier run of this producer. */
export function isOpenSegmentOf(producer: string, fileName: string): boolean {
  const rest = fileName.startsWith(`${producer}-`) ? fileName.slice(producer.length + 1) : "";
  return /^\d+-\d+\.open$/.test(rest);
}
