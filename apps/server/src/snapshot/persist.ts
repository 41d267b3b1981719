import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { snapshotSchema } from "@weir/schema";
import type { Snapshot } from "@weir/schema";

/**
 * Keeps a snapshot on disk, whole or not at all, without providers' keys and headers: those come from the
 * configuration at each start.
 */
export function writeSnapshot(options: { path: string; snapshot: Snapshot }): void {
  const { snapshot, path } = options;
  const providers = snapshot.providers.map((provider) => ({ ...provider, apiKey: "", headers: {} }));
  const draft = `${path}.draft`;
  const descriptor = openSync(draft, "w", 0o600);
  try {
    writeSync(descriptor, JSON.stringify({ ...snapshot, providers }));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, path);
}

/** The snapshot of the last run; null when there is none that this version can read. */
export function readSnapshot(path: string): Snapshot | null {
  try {
    return snapshotSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // Absent, or written by another version: it is compiled anew from Postgres.
    return null;
  }
}
