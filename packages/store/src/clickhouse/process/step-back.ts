import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { systemCodeOf } from "../../errors.ts";

/** 0 is ordinary, 19 the last to be served. */
const niceness = 10;

/**
 * Lets everything else on the machine go first: inserts, merges and queries use what model calls leave. Where the
 * kernel schedules by session (Linux autogroups) the process's own niceness only counts within its session, so the
 * session steps back as well. Call before the engine starts its threads, which inherit it.
 */
export function stepBack(): void {
  setPriority(niceness);
  try {
    writeFileSync("/proc/self/autogroup", String(niceness));
  } catch (error) {
    // Absent on other systems and in kernels without autogroups; refused in some containers. Nothing depends on it.
    const code = systemCodeOf(error);
    if (!["ENOENT", "EACCES", "EPERM", "EROFS", "EINVAL", "EAGAIN"].includes(code)) throw error;
  }
}
