import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreError, systemCodeOf } from "../errors.ts";
import type { StoreLog } from "../log.ts";

/**
 * Clears the way for a new postmaster. A killed Weir leaves its Postgres running without a parent: that one is
 * asked to stop. A killed Postgres leaves `postmaster.pid`, and by now its number may be another process's (in a
 * container it almost always is): Postgres would then refuse to start for ever, so the file is removed once it is
 * sure that the process is not a Postgres on this directory.
 */
export async function clearStalePostmaster(options: {
  data: string;
  socketDirectory: string;
  log: StoreLog;
}): Promise<void> {
  const file = join(options.data, "postmaster.pid");
  const pid = await readPid(file);
  if (pid === null) return;
  if (await isPostmasterOf(pid, options.data)) {
    options.log.warn({ engine: "postgres", pid }, "stopping the Postgres that an earlier Weir left behind");
    await stopOrphan(pid, options.data);
    return;
  }
  options.log.warn({ engine: "postgres", pid }, "removing the lock file of a Postgres that was killed");
  await rm(file, { force: true });
  await rm(join(options.socketDirectory, ".s.PGSQL.5432.lock"), { force: true });
  await rm(join(options.socketDirectory, ".s.PGSQL.5432"), { force: true });
}

async function readPid(file: string): Promise<number | null> {
  try {
    const pid = Number.parseInt((await readFile(file, "utf8")).split("\n")[0] ?? "", 10);
    return Number.isSafeInteger(pid) && pid > 1 ? pid : null;
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return null;
    throw error;
  }
}

async function isPostmasterOf(pid: number, data: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  // Without /proc (macOS) a living process of that number has to be taken for Postgres.
  if (process.platform !== "linux") return true;
  try {
    const [cwd, command] = await Promise.all([
      readlink(`/proc/${pid}/cwd`),
      readFile(`/proc/${pid}/cmdline`, "utf8"),
    ]);
    const program = basename(command.split("\0")[0] ?? "");
    return program.startsWith("postgres") && cwd === (await realpath(data));
  } catch (error) {
    // A process of another user, or one that has just ended: not ours either way.
    if (["EACCES", "EPERM", "ENOENT", "ESRCH"].includes(systemCodeOf(error))) return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === "EPERM";
  }
}

/** Fast shutdown, then an immediate one. Never SIGKILL: its children would hold the shared memory. */
async function stopOrphan(pid: number, data: string): Promise<void> {
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    process.kill(pid, signal);
    for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 50) {
      await sleep(50);
      if (!isAlive(pid)) return;
    }
  }
  throw new StoreError({
    code: "engine_directory_in_use",
    message: `A Postgres with process id ${pid} holds ${data} and does not stop.`,
  });
}
