import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** Where everything that Weir keeps lies, all below `WEIR_HOME`. */
export interface Home {
  root: string;
  lock: string;
  run: string;
  controlSocket: string;
  postgres: string;
  clickhouse: string;
  spool: string;
  blobs: string;
  log: string;
  snapshot: string;
  secretKey: string;
  adminToken: string;
  /** Where the running server listens, for the command line on the same machine. */
  endpoint: string;
}

/** The paths below `root`; nothing is created. */
export function homePaths(root: string): Home {
  return {
    root,
    lock: join(root, "lock"),
    run: join(root, "run"),
    controlSocket: join(root, "run", "control.sock"),
    postgres: join(root, "postgres"),
    clickhouse: join(root, "clickhouse"),
    spool: join(root, "spool"),
    blobs: join(root, "blobs"),
    log: join(root, "log"),
    snapshot: join(root, "snapshot.json"),
    secretKey: join(root, "secret.key"),
    adminToken: join(root, "admin-token"),
    endpoint: join(root, "run", "endpoint.json"),
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
  for (const folder of [home.run, home.spool, home.blobs, home.log])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  return home;
}
