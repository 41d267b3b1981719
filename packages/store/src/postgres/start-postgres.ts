import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { spawnEngine, type EngineProcess, type SpawnedEngine } from "../engine-process.ts";
import { messageOf, StoreError } from "../errors.ts";
import type { StoreLog } from "../log.ts";
import {
  initialiseCluster,
  prepareDirectories,
  readOrMakePassword,
  type PostgresDirectories,
} from "./data-directory.ts";
import { findNativeBinaries, type NativeBinaries } from "./native-binaries.ts";
import { clearStalePostmaster } from "./stale-postmaster.ts";
import { findUnprivilegedUser, type UnprivilegedUser } from "./unprivileged-user.ts";

const readyTimeoutMs = 60_000;

/** Settings for a database that shares a laptop: little memory, few processes, but nothing that risks data. */
const settings: Record<string, string> = {
  listen_addresses: "",
  shared_buffers: "32MB",
  max_connections: "50",
  max_worker_processes: "4",
  max_parallel_workers: "2",
  io_method: "sync",
  jit: "off",
  min_wal_size: "32MB",
  max_wal_size: "256MB",
  fsync: "on",
  full_page_writes: "on",
  timezone: "UTC",
  log_timezone: "UTC",
  log_destination: "stderr",
  log_checkpoints: "off",
  log_line_prefix: "",
  logging_collector: "off",
  unix_socket_permissions: "0700",
  password_encryption: "scram-sha-256",
};

/**
 * Starts the bundled Postgres on a private unix socket below `directory` and waits until it answers. Recovers
 * from whatever killed the last one. Works as root too: the server then runs as an unprivileged user.
 * @throws StoreError `engine_start_failed`, `engine_not_installed`, `engine_unsupported`
 */
export async function startPostgres(options: { directory: string; log: StoreLog }): Promise<EngineProcess> {
  const { directory, log } = options;
  const user = await findUnprivilegedUser();
  const directories = await prepareDirectories({ directory, user });
  let binaries: NativeBinaries | undefined;
  const dispose = async () => {
    await binaries?.dispose();
    await directories.dispose();
  };
  try {
    binaries = await findNativeBinaries({ directory, besideForChild: directories.besideForChild, user });
    const password = await readOrMakePassword(directory);
    await initialiseCluster({ directory, data: directories.data, binaries, user, password });
    await clearStalePostmaster({
      data: directories.data,
      socketDirectory: directories.socketDirectory,
      log,
    });
    const spawned = spawnPostmaster({ binaries, directories, user, log });
    await waitUntilReady({ spawned, directories, password });
    void spawned.exited.then(dispose);
    const url = connectionUrl({ directories, password, database: "weir" });
    return { url, pid: spawned.pid, onExit: spawned.onExit, stop: spawned.stop };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function spawnPostmaster(options: {
  binaries: NativeBinaries;
  directories: PostgresDirectories;
  user: UnprivilegedUser | null;
  log: StoreLog;
}): SpawnedEngine {
  const { binaries, directories, user } = options;
  return spawnEngine({
    name: "postgres",
    command: binaries.postgres,
    args: [
      "-D",
      directories.dataForChild,
      "-k",
      directories.socketDirectoryForChild,
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    env: { ...binaries.env, PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
    directory: directories.data,
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
    stopSignals: [
      { signal: "SIGINT", waitMs: 10_000 },
      { signal: "SIGQUIT", waitMs: 5_000 },
    ],
    log: options.log,
  });
}

function connectionUrl(options: {
  directories: PostgresDirectories;
  password: string;
  database: string;
}): string {
  const host = encodeURIComponent(options.directories.socketDirectory);
  return `postgresql://weir:${options.password}@localhost/${options.database}?host=${host}`;
}

async function waitUntilReady(options: {
  spawned: SpawnedEngine;
  directories: PostgresDirectories;
  password: string;
}): Promise<void> {
  const { spawned } = options;
  let ended = false;
  spawned.onExit(() => (ended = true));
  const connectionString = connectionUrl({ ...options, database: "postgres" });
  const deadline = Date.now() + readyTimeoutMs;
  for (;;) {
    try {
      await ensureDatabase(connectionString);
      return;
    } catch (cause) {
      if (ended || Date.now() > deadline) {
        await spawned.stop();
        const { tail } = await spawned.exited;
        throw new StoreError({
          code: "engine_start_failed",
          message: `Postgres did not start: ${messageOf(cause)}. It said: ${tail || "nothing"}`,
          cause,
        });
      }
      await sleep(20);
    }
  }
}

async function ensureDatabase(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  // The server may close the connection while it starts; `connect` and `query` reject with the reason.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = 'weir'");
    if (rowCount === 0) await client.query("CREATE DATABASE weir");
  } finally {
    await client.end();
  }
}
