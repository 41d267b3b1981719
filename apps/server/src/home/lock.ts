import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { processIdentity } from "./process-identity.ts";

const holderSchema = z.object({
  pid: z.number().int().positive(),
  identity: z.string(),
  startedAt: z.string(),
});
export type LockHolder = z.output<typeof holderSchema>;

/** Another server runs on the same home. */
export class HomeLockedError extends Error {
  readonly code = "home_locked";
  readonly holder: LockHolder;

  constructor(options: { path: string; holder: LockHolder }) {
    const { pid, startedAt } = options.holder;
    super(
      `Weir runs on this home already: process ${pid}, started ${startedAt}. Stop it with "kill ${pid}", or start this one with another WEIR_HOME.`,
    );
    this.name = "HomeLockedError";
    this.holder = options.holder;
  }
}

/** The server that holds the lock now, or null when nobody does (a lock left by a killed process counts as none). */
export function readLockHolder(path: string): LockHolder | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  const parsed = holderSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  return processIdentity(parsed.data.pid) === parsed.data.identity ? parsed.data : null;
}

/**
 * Takes the lock of a home for this process.
 * @returns a function that gives it back
 * @throws HomeLockedError when a living process holds it
 */
export function takeLock(path: string): () => void {
  const own: LockHolder = {
    pid: process.pid,
    identity: processIdentity(process.pid) ?? "",
    startedAt: new Date().toISOString(),
  };
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    // A link appears whole or not at all, so nobody ever reads half a lock.
    for (let attempt = 0; !tryLink({ draft, path }); attempt++) {
      const holder = readLockHolder(path);
      if (holder) throw new HomeLockedError({ path, holder });
      if (attempt === 10)
        throw new Error(`The lock ${path} cannot be taken; remove it if no Weir runs here.`);
      removeStale(path);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (readLockHolder(path)?.pid === process.pid) rmSync(path, { force: true });
  };
}

function tryLink(options: { draft: string; path: string }): boolean {
  try {
    linkSync(options.draft, options.path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Moves a stale lock aside; when another starter was quicker and its lock was moved, it is put back. */
function removeStale(path: string): void {
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw error;
  }
  if (readLockHolder(aside)) tryLink({ draft: aside, path });
  rmSync(aside, { force: true });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A lock that cannot be read was not written by takeLock, which writes it whole.
    return null;
  }
}
