import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, openSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { systemCodeOf } from "./read-if-there.ts";

/** Operating systems cut the path of a unix socket at 104 to 108 bytes. */
const socketPathMaxBytes = 100;
const openFiles = "/proc/self/fd";

/** Where everything that Weir keeps lies, all below `WEIR_HOME`. */
export interface Home {
  root: string;
  lock: string;
  /** Answers as long as the lock is held. */
  lockSocket: string;
  run: string;
  controlSocket: string;
  postgres: string;
  clickhouse: string;
  spool: string;
  blobs: string;
  /** Which OTLP exports were taken lately, so that one that is sent again is known. */
  takenExports: string;
  log: string;
  snapshot: string;
  secretKey: string;
  adminToken: string;
  /** Where the running server listens, for the command line on the same machine. */
  endpoint: string;
}

/** The paths below `root`; nothing is created. */
export function homePaths(root: string): Home {
  const run = join(root, "run");
  return {
    root,
    lock: join(root, "lock"),
    lockSocket: join(run, "lock.sock"),
    run,
    controlSocket: join(run, "control.sock"),
    postgres: join(root, "postgres"),
    clickhouse: join(root, "clickhouse"),
    spool: join(root, "spool"),
    blobs: join(root, "blobs"),
    takenExports: join(root, "taken-exports"),
    log: join(root, "log"),
    snapshot: join(root, "snapshot.json"),
    secretKey: join(root, "secret.key"),
    adminToken: join(root, "admin-token"),
    endpoint: join(run, "endpoint.json"),
  };
}

/** Somebody else owns the home, or a part of it, or shares it. */
export class HomeNotOwnedError extends Error {
  readonly code = "home_not_owned";

  constructor(options: { folder: string; mend: string; isShared?: boolean; cause?: unknown }) {
    const problem = options.isShared ? "is there for all users to write to" : "belongs to another user";
    super(`${options.folder} ${problem}. ${options.mend}`, { cause: options.cause });
    this.name = "HomeNotOwnedError";
  }
}

/**
 * Creates the folders that the server itself writes to; nobody but their owner may look in. The engines
 * create their own, because Postgres may run as another user.
 * @throws HomeNotOwnedError
 */
export function prepareHome(root: string): Home {
  const home = homePaths(root);
  makePrivate(home.root);
  // Root may write everywhere, and would leave files behind that their owner's Weir cannot read.
  requireOwn(home.run, "Run Weir as that user, or start it with another WEIR_HOME.");
  shutOthersOut(home);
  for (const folder of [home.run, home.spool, home.blobs, home.log]) makePrivate(folder);
  if (Buffer.byteLength(home.controlSocket) <= socketPathMaxBytes) return home;
  const sockets = shortName(home.run);
  return {
    ...home,
    lockSocket: join(sockets, "lock.sock"),
    controlSocket: join(sockets, "control.sock"),
  };
}

function makePrivate(folder: string): void {
  // Node's own `recursive` asks for ever where the system says ENOENT of a folder whose parent is there, as in /proc.
  const parent = dirname(folder);
  if (!existsSync(parent)) makePrivate(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw cause;
  }
}

/**
 * For a folder that was there before. One that holds other things, such as `/tmp` or `/srv`, has other users to serve
 * and keeps its mode; what Weir keeps is private by itself, but not where everybody can put something in its place.
 */
function shutOthersOut(home: Home): void {
  const folder = home.root;
  const mend = `Choose a folder of your own, for example below it: WEIR_HOME=${join(folder, "weir")}.`;
  const ours = new Set(Object.values(home));
  const holdsOthers = readdirSync(folder).some((name) => !ours.has(join(folder, name)));
  const mode = statSync(folder).mode & 0o7777;
  if (holdsOthers && mode & 0o002) throw new HomeNotOwnedError({ folder, mend, isShared: true });
  try {
    chmodSync(folder, holdsOthers ? mode : 0o700);
  } catch (cause) {
    if (systemCodeOf(cause) !== "EPERM") throw cause;
    throw new HomeNotOwnedError({ folder, mend, cause });
  }
}

/** For a folder that may not be there yet. */
function requireOwn(folder: string, mend: string): void {
  const owner = statSync(folder, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || !process.getuid || owner === process.getuid()) return;
  throw new HomeNotOwnedError({ folder, mend });
}

/** A path for sockets, for as long as this process lives, that is short enough whatever the folder's own is. */
function shortName(folder: string): string {
  // Linux has a short name for every open folder. It leads all containers that share the home to one socket.
  if (existsSync(openFiles)) return join(openFiles, String(openSync(folder, "r")));
  const digest = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  const elsewhere = join(tmpdir(), `weir-${digest}`);
  makePrivate(elsewhere);
  requireOwn(elsewhere, "Choose a shorter WEIR_HOME, whose sockets need no place elsewhere.");
  return elsewhere;
}
