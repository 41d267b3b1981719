import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import {
  createTestLog,
  startTestClickHouse,
  temporaryFolder,
  type TestClickHouse,
} from "../../test/store-fixture.ts";
import { migrateClickHouse } from "../migrations/migrate-clickhouse.ts";
import { connectClickHouse } from "./connect-clickhouse.ts";

const home = temporaryFolder();
let store: TestClickHouse;
let strict: Server;

/** What this user may not do. */
let refused: { pattern: RegExp; grant: string } | null = null;

beforeAll(async () => {
  store = await startTestClickHouse(join(home.path, "clickhouse"));
  // A server where this user may not do everything.
  strict = createServer(async (request, response) => {
    const body = await text(request);
    if (refused?.pattern.test(body)) {
      response.writeHead(403, { "x-clickhouse-exception-code": "497" });
      response.end(
        `Code: 497. DB::Exception: weir: Not enough privileges. To execute this query, it's necessary to have the grant ${refused.grant}. (ACCESS_DENIED)`,
      );
      return;
    }
    const { authorization = "" } = request.headers;
    const target = new URL(request.url ?? "", new URL(store.engine.url).origin);
    const answer = await fetch(target, { method: "POST", body, headers: { authorization } });
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  await once(strict.listen(0, "127.0.0.1"), "listening");
});
afterAll(async () => {
  strict.close();
  await store[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

/** The store's URL, changed. */
function urlWith(change: (url: URL) => void): string {
  const url = new URL(store.engine.url);
  change(url);
  return url.href;
}

const toStrict = (url: URL) => {
  const address = strict.address();
  url.port = String(typeof address === "object" ? address?.port : "");
};

const current = { sql: "SELECT currentDatabase() AS name", row: z.object({ name: z.string() }) };

const makingDatabases = { pattern: /create database/i, grant: "CREATE DATABASE ON elsewhere.*" };

it("a database that is there asks for no right to make one", async () => {
  refused = makingDatabases;
  const clickhouse = connectClickHouse({ url: urlWith(toStrict) });
  await clickhouse.ping();
  expect((await migrateClickHouse({ clickhouse, log: createTestLog() })).applied).toEqual([]);
  await clickhouse.close();
});

it("one that is not there and may not be made is told by its name, with the right that is wanting", async () => {
  refused = makingDatabases;
  const url = urlWith((changed) => {
    toStrict(changed);
    changed.pathname = "/elsewhere";
  });
  const clickhouse = connectClickHouse({ url });
  await clickhouse.ping();
  await expect(clickhouse.ensureDatabase()).rejects.toMatchObject({
    code: "clickhouse_failed",
    message: expect.stringMatching(/"elsewhere" is not there.*the grant CREATE DATABASE ON elsewhere/),
  });
  await clickhouse.close();
});

it("a right that only lists and shipments use is asked for at the start", async () => {
  refused = { pattern: /system\.processes/, grant: "SELECT(elapsed, Settings) ON system.processes" };
  const clickhouse = connectClickHouse({ url: urlWith(toStrict) });
  await expect(migrateClickHouse({ clickhouse, log: createTestLog() })).rejects.toMatchObject({
    message: expect.stringMatching(/the grant SELECT.* ON system\.processes.*docs\/operating\/running\.md/),
  });
  await clickhouse.close();
});

it.each([
  ["in the path", (url: URL) => (url.pathname = "/made%20here/"), "made here"],
  ["as a parameter", (url: URL) => (url.search = "database=made-there"), "made-there"],
  [
    "with user and password, as parameters",
    (url: URL) => {
      url.search = `user=${url.username}&password=${url.password}&database=made-too`;
      url.username = url.password = "";
    },
    "made-too",
  ],
])("a database that is named %s is made and used", async (_, change, name) => {
  const clickhouse = connectClickHouse({ url: urlWith(change) });
  await clickhouse.ping();
  await clickhouse.ensureDatabase();
  expect(await clickhouse.query(current)).toEqual([{ name }]);
  await clickhouse.close();
});
