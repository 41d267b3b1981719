import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { StoreError } from "../errors.ts";

export interface UnprivilegedUser {
  name: string;
  uid: number;
  gid: number;
}

/**
 * Postgres refuses to run as root. Whoever runs Weir as root (a container, mostly) gets Postgres under a user
 * that exists anyway; initdb insists on one with a name, so an unused number would not do.
 * @returns null when this process is not root, and Postgres may simply run as we do
 */
export async function findUnprivilegedUser(): Promise<UnprivilegedUser | null> {
  if (process.getuid?.() !== 0) return null;
  const accounts = parseAccounts(await readFile("/etc/passwd", "utf8"));
  for (const name of ["nobody", "postgres", "daemon"]) {
    const account = accounts.find((candidate) => candidate.name === name && candidate.uid > 0);
    if (account !== undefined) return account;
  }
  throw new StoreError({
    code: "engine_start_failed",
    message:
      "Postgres does not run as root, and there is no user `nobody`, `postgres` or `daemon` to run it as.",
    mend: "Start Weir as an ordinary user, or add a user `nobody`.",
  });
}

/** Reads the lines of /etc/passwd that are whole. */
export function parseAccounts(text: string): UnprivilegedUser[] {
  const accounts: UnprivilegedUser[] = [];
  for (const line of text.split("\n")) {
    const [name, , uid, gid] = line.split(":");
    if (name === undefined || !/^\d+$/.test(uid ?? "") || !/^\d+$/.test(gid ?? "")) continue;
    accounts.push({ name, uid: Number(uid), gid: Number(gid) });
  }
  return accounts;
}

/** Whether a user may read a file and walk every directory above it. */
export async function isReachable(path: string, user: UnprivilegedUser): Promise<boolean> {
  let current = path;
  // Read and run the file itself; only pass through what is above it.
  let wanted = 0o5;
  for (;;) {
    const { mode, uid, gid } = await stat(current);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    if (((mode >> shift) & wanted) !== wanted) return false;
    const parent = dirname(current);
    if (parent === current) return true;
    current = parent;
    wanted = 0o1;
  }
}
