import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const probeBytes = 64 * 1024;
/** A spool at its limit counts as open again once it has drained to this share of it. */
const reopenShare = 0.9;

/**
 * Why records cannot be written now; empty when they can. The writer knows only how its last record fared, which
 * on a thread without calls may be long ago; so after a failure a file of the size of some records is tried.
 */
export function recordingProblem(options: {
  lastProblem: string;
  spoolFolder: string;
  producer: string;
  spoolBytes: number;
  spoolMaxBytes: number;
}): string {
  const { lastProblem, spoolFolder, producer, spoolBytes, spoolMaxBytes } = options;
  if (lastProblem === "" || spoolBytes > spoolMaxBytes * reopenShare) return lastProblem;
  const probe = join(spoolFolder, `probe-${producer}`);
  try {
    writeFileSync(probe, Buffer.alloc(probeBytes), { mode: 0o600 });
    return "";
  } catch {
    // The reason is the one that the writer met.
    return lastProblem;
  } finally {
    rmSync(probe, { force: true });
  }
}
