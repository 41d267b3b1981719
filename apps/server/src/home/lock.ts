import { randomUUID } from "node:crypto";
import { linkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Home } from "./home.ts";
import { isAnswered, listenOnLock } from "./lock-socket.ts";
import { processIdentity } from "./process-identity.ts";
import { readIfThere, systemCodeOf } from "./read-if-there.ts";

const holderSchema = z.object({
  pid: z.number().int().positive(),
  identity: z.string(),
  startedAt: z.string(),
});
export type LockHolder = z.output<typeof holderSchema>;

/** A holder that we cannot see may answer this long after it took the lock. */
const answerWaitMs = 1_000;
const askEveryMs = 50;

/** Another server runs on the same home. */
export class HomeLockedError extends Error {
  readonly code = "home_locked";

  constructor(message: string) {
    super(message);
    this.name = "HomeLockedError";
  }
}

function lockedBy({ pid, startedAt }: LockHolder): HomeLockedError {
  return new HomeLockedError(
    `Weir runs on this home already: process ${pid}, started ${startedAt}. Stop it with "kill ${pid}", or start this one with another WEIR_HOME.`,
  );
}

function lockedElsewhere(): HomeLockedError {
  return new HomeLockedError(
    "Weir runs on this home already, and not among the processes that this one sees: it may be in another container. Stop it there, or start this one with another WEIR_HOME.",
  );
}

/** The server that holds the lock now, or null when nobody does (a lock left by a killed process counts as none). */
export function readLockHolder(path: string): LockHolder | null {
  const text = readIfThere(path);
  return text === null ? null : livingHolder(text);
}

/**
 * Takes the lock of a home for this process. Between containers that share the home a process id says nothing, so
 * the holder answers on a socket as well, for as long as it holds the lock.
 * @returns a function that gives it back
 * @throws HomeLockedError when a living process holds it
 */
export async function takeLock(home: Pick<Home, "lock" | "lockSocket">): Promise<() => void> {
  const { lock: path, lockSocket } = home;
  const own: LockHolder = {
    pid: process.pid,
    identity: processIdentity(process.pid) ?? "",
    startedAt: new Date().toISOString(),
  };
  // Two containers often give their servers the same process id.
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
    // A link appears whole or not at all, so nobody ever reads half a lock.
    for (let attempt = 0; !tryLink({ draft, path }); attempt++) {
      if (attempt === 10)
        throw new Error(`The lock ${path} cannot be taken; remove it if no Weir runs here.`);
      const found = readIfThere(path);
      if (found === null) continue;
      await refuseIfHeld({ found, lockSocket });
      removeStale({ path, found });
    }
    const server = await listenOnLock(lockSocket);
    return () => {
      // Before the lock: closing removes the socket's file, which must not be the next holder's.
      server.close();
      if (readLockHolder(path)?.pid === process.pid) rmSync(path, { force: true });
    };
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Throws when the process that wrote the lock lives, or somebody answers for it. */
async function refuseIfHeld(options: { found: string; lockSocket: string }): Promise<void> {
  const living = livingHolder(options.found);
  if (living) throw lockedBy(living);
  // It was written a moment before its socket is there.
  const ageMs = Date.now() - Date.parse(parseHolder(options.found)?.startedAt ?? "");
  const askUntilMs = performance.now() + (Math.abs(ageMs) < answerWaitMs ? answerWaitMs : 0);
  for (;;) {
    if (await isAnswered(options.lockSocket)) throw lockedElsewhere();
    if (performance.now() >= askUntilMs) return;
    await sleep(askEveryMs);
  }
}

function parseHolder(text: string): LockHolder | null {
  return holderSchema.safeParse(parseJson(text)).data ?? null;
}

function livingHolder(text: string): LockHolder | null {
  const holder = parseHolder(text);
  return holder && processIdentity(holder.pid) === holder.identity ? holder : null;
}

function tryLink(options: { draft: string; path: string }): boolean {
  try {
    linkSync(options.draft, options.path);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Moves a stale lock aside; when another starter was quicker and it is its lock that was moved, it is put back. */
function removeStale(options: { path: string; found: string }): void {
  const aside = `${options.path}.stale-${randomUUID()}`;
  try {
    renameSync(options.path, aside);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return;
    throw error;
  }
  if (readIfThere(aside) !== options.found) tryLink({ draft: aside, path: options.path });
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
