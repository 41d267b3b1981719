import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { createTestLog, temporaryFolder } from "../../test/store-fixture.ts";
import type { EngineProcess } from "../engine-process.ts";
import { migratePostgres } from "../migrations/migrate-postgres.ts";
import { connectPostgres } from "./connect-postgres.ts";
import { startPostgres } from "./start-postgres.ts";

const sslRequest = 80_877_103;
/** What PgBouncer lets through unless it is configured otherwise. */
const passedOn =
  /^(user|database|application_name|client_encoding|DateStyle|TimeZone|standard_conforming_strings)$/i;

/** Begins connections as PgBouncer does, and then passes everything on until it falls silent. */
async function startPooler(postgresUrl: string) {
  const pooler = { url: "", silent: false, close: () => void server.close() };
  const folder = new URL(postgresUrl).searchParams.get("host") ?? "";
  const begin = (client: Socket, message: Buffer): void => {
    if (message.readUInt32BE(4) === sslRequest) {
      client.once("data", (next: Buffer) => begin(client, next));
      client.write("N");
      return;
    }
    const words = message.toString("latin1", 8).split("\0");
    const refused = words.find((name, index) => index % 2 === 0 && name !== "" && !passedOn.test(name));
    if (refused !== undefined) {
      client.end(fatal(`unsupported startup parameter: ${refused}`));
      return;
    }
    const behind = connect(join(folder, ".s.PGSQL.5432"));
    behind.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.on("close", () => behind.destroy());
    client.on("data", (bytes) => void (pooler.silent || behind.write(bytes)));
    behind.on("data", (bytes) => client.write(bytes));
    behind.write(message);
  };
  const server = createServer((client) => {
    client.on("error", () => client.destroy());
    client.once("data", (message: Buffer) => begin(client, message));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const url = new URL(postgresUrl);
  url.search = "";
  url.host = `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  pooler.url = url.href;
  return pooler;
}

/** The protocol's error message for a connection that is refused. */
function fatal(reason: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C08P01\0M${reason}\0\0`);
  const head = Buffer.from("E\0\0\0\0");
  head.writeUInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

const home = temporaryFolder();
let engine: EngineProcess;
let pooler: Awaited<ReturnType<typeof startPooler>>;

beforeAll(async () => {
  engine = await startPostgres({ directory: join(home.path, "postgres"), log: createTestLog() });
  pooler = await startPooler(engine.url);
});
afterAll(async () => {
  pooler.close();
  await engine.stop();
  home[Symbol.dispose]();
});

it("serves through a pooler that refuses settings at the start of a connection, with its limits", async () => {
  const postgres = connectPostgres({ url: pooler.url, statementTimeoutMs: 1_234 });
  const report = await migratePostgres({ postgres, log: createTestLog() });
  expect(report.applied).not.toEqual([]);
  const settings = {
    sql: `SELECT name, setting, source FROM pg_settings
      WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout') ORDER BY name`,
    row: z.object({ name: z.string(), setting: z.string() }),
  };
  const limits = [
    { name: "idle_in_transaction_session_timeout", setting: "60000" },
    { name: "lock_timeout", setting: "10000" },
    { name: "statement_timeout", setting: "1234" },
  ];
  expect(await postgres.query(settings)).toEqual(limits);
  expect(await postgres.transaction((session) => session.query(settings))).toEqual(limits);
  await postgres.close();
});

it("leaves no setting behind in a session that a pooler gives to somebody else", async () => {
  const postgres = connectPostgres({ url: pooler.url, poolMax: 1 });
  const session = await postgres.transaction(async (own) => {
    await own.execute({ sql: "COMMIT" });
    return own.query({
      sql: "SELECT current_setting('statement_timeout') AS timeout",
      row: z.object({ timeout: z.string() }),
    });
  });
  expect(session).toEqual([{ timeout: "0" }]);
  await postgres.close();
});

it("gives up on a server that has gone silent", async () => {
  const postgres = connectPostgres({ url: pooler.url, statementTimeoutMs: 50 });
  const silent = postgres.transaction(async (session) => {
    pooler.silent = true;
    await session.execute({ sql: "SELECT 1" });
  });
  await expect(silent).rejects.toMatchObject({ code: "postgres_unavailable" });
  pooler.silent = false;
  await postgres.ping();
  await postgres.close();
});
