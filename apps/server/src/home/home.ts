import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Operating systems cut the path of a unix socket at 104 to 108 bytes. */
const socketPathMaxBytes = 100;

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
  const digest = createHash("sha256").update(root).digest("hex").slice(0, 16);
  const fits = Buffer.byteLength(join(run, "control.sock")) <= socketPathMaxBytes;
  const sockets = fits ? run : join(tmpdir(), `weir-${digest}`);
  return {
    root,
    lock: join(root, "lock"),
    lockSocket: join(sockets, "lock.sock"),
    run,
    controlSocket: join(sockets, "control.sock"),
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

/**
 * Creates the folders that the server itself writes to; nobody but their owner may look in. The engines
 * create their own, because Postgres may run as another user.
 */
export function prepareHome(root: string): Home {
  const home = homePaths(root);
  mkdirSync(home.root, { recursive: true, mode: 0o700 });
  chmodSync(home.root, 0o700);
  const folders = [home.run, home.spool, home.blobs, home.log, dirname(home.controlSocket)];
  for (const folder of folders) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const owner = statSync(dirname(home.controlSocket)).uid;
  if (process.getuid && owner !== process.getuid()) {
    throw new Error(`${dirname(home.controlSocket)} belongs to someone else; choose a shorter WEIR_HOME.`);
  }
  return home;
}
