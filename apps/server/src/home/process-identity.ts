import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** True when a process of this pid exists, also when it is someone else's. */
function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * A text that differs between two processes which had the same pid at different times: the boot and the instant
 * of the process's start. Null when there is no such process.
 */
export function processIdentity(pid: number): string | null {
  if (!processExists(pid)) return null;
  if (process.platform === "linux") {
    try {
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The second field is the command in parentheses, which may hold spaces; the start is field 22.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return fields[0] === "Z" ? null : `${boot}/${fields[19]}`;
    } catch (error) {
      if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) {
        return null;
      }
      throw error;
    }
  }
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    // ps answers with status 1 when the process has gone in the meantime.
    return null;
  }
}
