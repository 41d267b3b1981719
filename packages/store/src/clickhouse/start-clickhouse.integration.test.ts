import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { spanRowSchema } from "@weir/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  createTestLog,
  spanRecord,
  startTestClickHouse,
  temporaryFolder,
  until,
  type TestClickHouse,
} from "../../test/store-fixture.ts";
import { connectClickHouse } from "./connect-clickhouse.ts";
import { startClickHouse } from "./start-clickhouse.ts";

const home = temporaryFolder();
let store: TestClickHouse;

beforeAll(async () => {
  store = await startTestClickHouse(join(home.path, "clickhouse"));
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

function isAlive(pid: number): boolean {
  try {
    // A zombie that nobody has waited for still has a number, but no command line.
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** A request without the client library, as `curl` would send it. */
async function send(options: {
  path: string;
  body?: string | Buffer;
  headers?: Record<string, string>;
  authorized?: boolean;
}): Promise<Answer> {
  const url = new URL(store.engine.url);
  const outgoing = request({
    host: "127.0.0.1",
    port: url.port,
    path: options.path,
    method: "POST",
    headers: options.headers ?? {},
    ...(options.authorized === false ? {} : { auth: `weir:${url.password}` }),
  });
  outgoing.end(options.body);
  const [incoming] = await once(outgoing, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return { status: incoming.statusCode, headers: incoming.headers, text: Buffer.concat(chunks).toString() };
}

describe("the embedded ClickHouse, seen by the official client", () => {
  it("binds parameters whatever they contain, and keeps concurrent ones apart", async () => {
    const values = [
      "it's",
      "tab\there",
      "line\nbreak",
      String.raw`back\slash \n \N`,
      "{a:String}",
      "ünï☃",
      "-- x",
      "",
    ];
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        store.clickhouse.query({
          sql: "SELECT {v:String} AS v, {list:Array(String)} AS list, {n:UInt32} AS n, {none:Nullable(String)} AS none",
          params: {
            v: values[index % values.length],
            list: [values[index % values.length], "x"],
            n: index,
            none: null,
          },
          row: z.object({ v: z.string(), list: z.array(z.string()), n: z.number(), none: z.null() }),
        }),
      ),
    );
    for (const [index, [row]] of answers.entries()) {
      const value = values[index % values.length];
      expect(row).toEqual({ v: value, list: [value, "x"], n: index, none: null });
    }
  });

  it("takes as many parameters as a page of traces needs", async () => {
    const ids = Array.from({ length: 2_000 }, (_, index) => String(index).padStart(32, "0"));
    const rows = await store.clickhouse.query({
      sql: "SELECT length({ids:Array(String)}) AS count, {ids:Array(String)}[2000] AS last",
      params: { ids },
      row: z.object({ count: z.number(), last: z.string() }),
    });
    expect(rows).toEqual([{ count: 2_000, last: ids.at(-1) }]);
  });

  it("keeps the settings of one statement out of the next", async () => {
    const read = (settings?: Record<string, string>) =>
      store.clickhouse.query({
        sql: "SELECT getSetting('max_block_size') AS value",
        ...(settings === undefined ? {} : { settings }),
        row: z.object({ value: z.number() }),
      });
    const [before] = await read();
    expect(await read({ max_block_size: "123" })).toEqual([{ value: 123 }]);
    expect(await read({ readonly: "1" })).toEqual([before]);
    for (let round = 0; round < 8; round += 1) expect(await read()).toEqual([before]);
  });

  it("reports errors with ClickHouse's codes", async () => {
    const fails = (sql: string, settings = {}) => store.clickhouse.query({ sql, settings, row: z.unknown() });
    await expect(fails("SELEC 1")).rejects.toMatchObject({
      code: "clickhouse_failed",
      cause: { code: "62", type: "SYNTAX_ERROR" },
    });
    await expect(fails("SELECT * FROM nowhere")).rejects.toMatchObject({ cause: { type: "UNKNOWN_TABLE" } });
    await expect(fails("SELECT 1", { no_such_setting: "1" })).rejects.toMatchObject({
      cause: { type: "UNKNOWN_SETTING" },
    });
    const slow = "SELECT count() FROM numbers(100000000000) WHERE number % 3 = 7";
    await expect(fails(slow, { max_execution_time: "0.2" })).rejects.toMatchObject({
      code: "clickhouse_timeout",
    });
    await expect(
      fails("SELECT groupArray(number) FROM numbers(10000000)", { max_memory_usage: "10000000" }),
    ).rejects.toMatchObject({ code: "clickhouse_too_large" });
    await expect(
      store.clickhouse.query({ sql: "SELECT 'a' AS n", row: z.object({ n: z.number() }) }),
    ).rejects.toMatchObject({ code: "row_unexpected" });
  });

  it("stops a query whose client has gone away", async () => {
    const gone = new AbortController();
    const slow = store.clickhouse.query({
      sql: "SELECT count() FROM numbers(100000000000) WHERE number % 3 = 7",
      signal: gone.signal,
      row: z.unknown(),
    });
    const running = async () => {
      const [row] = await store.clickhouse.query({
        sql: "SELECT count() AS n FROM system.processes WHERE query LIKE '%100000000000%' AND query NOT LIKE '%processes%'",
        row: z.object({ n: z.number() }),
      });
      return row?.n ?? 0;
    };
    await until(async () => (await running()) === 1);
    gone.abort();
    await expect(slow).rejects.toMatchObject({ code: "clickhouse_cancelled" });
    await until(async () => (await running()) === 0);
  });

  it("takes inserts of objects and columns, packed or not, and refuses unknown fields", async () => {
    const packed = connectClickHouse({ url: store.engine.url });
    await store.clickhouse.execute({
      sql: "CREATE TABLE IF NOT EXISTS plain (a UInt32, b String DEFAULT 'none') ENGINE = MergeTree ORDER BY a",
    });
    await store.clickhouse.client.insert({
      table: "plain",
      values: [{ a: 1, b: "x" }],
      format: "JSONEachRow",
    });
    await packed.client.insert({ table: "plain", values: [{ a: 2 }], columns: ["a"], format: "JSONEachRow" });
    await store.clickhouse.execute({ sql: "INSERT INTO plain VALUES (3, 'three')" });
    const body = gzipSync('{"a":4}\n{"a":5}\n');
    const answer = await send({
      path: "/?database=weir&query=INSERT%20INTO%20plain%20FORMAT%20JSONEachRow",
      body,
      headers: { "content-encoding": "gzip" },
    });
    expect(answer).toMatchObject({ status: 200, text: "" });
    expect(JSON.parse(String(answer.headers["x-clickhouse-summary"]))).toMatchObject({ written_rows: "2" });
    await expect(
      store.clickhouse.client.insert({ table: "plain", values: [{ a: 6, c: 1 }], format: "JSONEachRow" }),
    ).rejects.toMatchObject({ type: "INCORRECT_DATA" });
    const rows = await store.clickhouse.query({
      sql: "SELECT a, b FROM plain ORDER BY a",
      row: z.tuple([z.number(), z.string()]).or(z.object({ a: z.number(), b: z.string() })),
    });
    expect(rows).toEqual([
      { a: 1, b: "x" },
      { a: 2, b: "none" },
      { a: 3, b: "three" },
      { a: 4, b: "none" },
      { a: 5, b: "none" },
    ]);
    await packed.close();
  });

  it("names the row that an insert is refused for, and takes none of the others", async () => {
    await store.clickhouse.execute({
      sql: "CREATE TABLE IF NOT EXISTS numbered (a UInt32) ENGINE = MergeTree ORDER BY a",
    });
    const insert = (format: string, body: string | Buffer) =>
      send({ path: `/?database=weir&query=INSERT%20INTO%20numbered%20FORMAT%20${format}`, body });
    const refused = await insert("JSONEachRow", '{"a":1}\n{"a":"x"}\n{"a":3}\n');
    expect(refused).toMatchObject({ status: 400, headers: { "x-clickhouse-exception-code": "27" } });
    expect(refused.text).toContain("(at row 2)");
    expect(refused.text).not.toContain(home.path);
    // So many that they go by a file.
    const many = '{"a":1}\n'.repeat(200_000);
    const manyRefused = await insert("JSONEachRow", `${many}{"b":1}\n`);
    expect(manyRefused).toMatchObject({ status: 400, headers: { "x-clickhouse-exception-code": "117" } });
    expect(manyRefused.text).toMatch(/^Code: 117\. DB::Exception: Unknown field .*\(at row 200001\)/);
    expect(manyRefused.text).not.toContain(home.path);
    expect(manyRefused.text.match(/DB::Exception/g)).toHaveLength(1);
    for (const [format, body] of Object.entries({
      JSONEachRow: "",
      Values: "(2),(3)",
      JSONCompactEachRowWithNames: '["a"]\n[4]\n',
      RowBinary: Buffer.from([5, 0, 0, 0]),
    })) {
      expect(await insert(format, body)).toMatchObject({ status: 200, text: "" });
    }
    const taken = await insert("JSONEachRow", many);
    expect(JSON.parse(String(taken.headers["x-clickhouse-summary"]))).toMatchObject({
      written_rows: "200000",
    });
    expect(
      await store.clickhouse.query({
        sql: "SELECT count() AS n, sum(a) AS total FROM numbered",
        row: z.object({ n: z.number(), total: z.number() }),
      }),
    ).toEqual([{ n: 200_004, total: 200_014 }]);
    expect(readdirSync(join(home.path, "clickhouse", "inserts"))).toEqual([]);
  });

  it("writes no system logs, so they cannot outgrow the data", async () => {
    const logs = await store.clickhouse.query({
      sql: "SELECT name FROM system.tables WHERE database = 'system' AND name LIKE '%\\_log' AND engine LIKE '%MergeTree%'",
      row: z.object({ name: z.string() }),
    });
    expect(logs).toEqual([]);
    expect(readdirSync(join(home.path, "clickhouse", "data", "data"))).toEqual(["weir"]);
  });
});

describe("the embedded ClickHouse, seen by others on the machine", () => {
  it("answers a ping to anyone, and nothing else without the password", async () => {
    expect(await send({ path: "/ping", authorized: false })).toMatchObject({ status: 200, text: "Ok.\n" });
    const refused = await send({ path: "/?query=SELECT%201", authorized: false });
    expect(refused.status).toBe(403);
    expect(refused.headers["x-clickhouse-exception-code"]).toBe("516");
    expect(refused.text).toContain("AUTHENTICATION_FAILED");
  });

  it("refuses a web page's name that was pointed at 127.0.0.1", async () => {
    const answer = await send({ path: "/?query=SELECT%201", headers: { host: "evil.example" } });
    expect(answer.status).toBe(403);
  });

  it("formats as asked, and packs when asked", async () => {
    expect((await send({ path: "/", body: "SELECT 1 AS a, 'x' AS b" })).text).toBe("1\tx\n");
    const json = await send({ path: "/?default_format=JSONEachRow", body: "SELECT 1 AS a" });
    expect(json).toMatchObject({ text: '{"a":1}\n', headers: { "x-clickhouse-format": "JSONEachRow" } });
    const packed = await send({
      path: "/",
      body: "SELECT number FROM numbers(10000)",
      headers: { "accept-encoding": "gzip" },
    });
    expect(packed.headers["content-encoding"]).toBe("gzip");
    expect((await send({ path: "/", body: "SELECT 1 FORMAT Nonsense" })).status).toBe(404);
    expect((await send({ path: "/?session_id=1", body: "SELECT 1" })).status).toBe(501);
  });
});

describe("the spans table", () => {
  it("has exactly the columns of the record", async () => {
    const columns = await store.clickhouse.query({
      sql: "SELECT name FROM system.columns WHERE database = 'weir' AND table = 'spans' AND default_kind NOT IN ('MATERIALIZED', 'ALIAS') ORDER BY position",
      row: z.object({ name: z.string() }),
    });
    expect(columns.map(({ name }) => name)).toEqual(Object.keys(spanRowSchema.shape));
  });

  it("gives a complete row back as the schema reads it, defaults filled in", async () => {
    const record = spanRecord({
      project_id: "project_row",
      tags: ["a", "b"],
      metadata: { region: "eu" },
      tokens: { input: 3, cache_read: 2 },
      finish_reasons: ["stop"],
      streamed: true,
      started_at: "2026-11-21 00:04:24.123456",
    });
    const row = spanRowSchema.parse(record);
    await store.clickhouse.client.insert({ table: "spans", values: [record], format: "JSONEachRow" });
    const [read] = await store.clickhouse.query({
      sql: "SELECT * FROM spans WHERE project_id = 'project_row'",
      row: spanRowSchema.omit({ usage_status: true }).extend({ usage_status: z.string() }),
    });
    // The producer that leaves the usage out gets the schema's word for it from the table as well.
    expect(read).toEqual(row);
  });

  it("finds words at the start of a line, whatever their case, and answers rollups from the projection", async () => {
    const content = JSON.stringify({ messages: [{ content: "first\nZebra crossing\tAhead" }] });
    const values = [
      spanRecord({ project_id: "project_words", raw_request: content, cost_usd: 1, status: "error" }),
      spanRecord({ project_id: "project_words", raw_request: "{}", cost_usd: null }),
    ];
    await store.clickhouse.client.insert({ table: "spans", values, format: "JSONEachRow" });
    const found = await store.clickhouse.query({
      sql: `SELECT span_id FROM spans WHERE project_id = 'project_words' AND hasAllTokens(search_text, {words:String})
        SETTINGS force_data_skipping_indices = 'words'`,
      params: { words: "zebra ahead" },
      row: z.object({ span_id: z.string() }),
    });
    expect(found).toEqual([{ span_id: values[0]?.span_id }]);
    const rollup = (settings: string) =>
      store.clickhouse.query({
        sql: `SELECT sum(calls) AS calls, sum(errors) AS errors, sum(cost) AS cost,
            quantilesTDigestMerge(0.5, 0.95, 0.99)(durations) AS durations
          FROM (
            SELECT count() AS calls, countIf(status = 'error') AS errors, sum(cost_usd) AS cost,
              quantilesTDigestState(0.5, 0.95, 0.99)(duration_ms) AS durations
            FROM spans WHERE project_id = 'project_words' GROUP BY toStartOfHour(toStartOfMinute(started_at))
          ) SETTINGS ${settings}`,
        row: z.unknown(),
      });
    const fromProjection = await rollup("force_optimize_projection = 1");
    expect(fromProjection).toEqual(await rollup("optimize_use_projections = 0"));
    expect(fromProjection).toEqual([expect.objectContaining({ calls: 2, errors: 1, cost: 1 })]);
  });
});

describe("the engine's process", () => {
  it("ends when its parent is killed, and the next start waits for it", { timeout: 60_000 }, async () => {
    const directory = join(home.path, "orphan");
    const module = fileURLToPath(new URL("./start-clickhouse.ts", import.meta.url));
    const script = `
      import { startClickHouse } from ${JSON.stringify(module)};
      const log = { info() {}, warn() {}, error() {} };
      const engine = await startClickHouse({ directory: ${JSON.stringify(directory)}, log });
      console.log(engine.pid);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [pid] = await once(parent.stdout, "data");
    parent.kill("SIGKILL");
    const next = await startClickHouse({ directory, log: createTestLog() });
    // Its file is the lock: only one can have the socket, so the first has gone.
    await until(() => !isAlive(Number(String(pid))));
    await next.stop();
  });

  it("tells of its end, expected or not", async () => {
    const engine = await startClickHouse({ directory: join(home.path, "exit"), log: createTestLog() });
    const exit = new Promise((resolve) => engine.onExit(resolve));
    process.kill(engine.pid, "SIGKILL");
    expect(await exit).toMatchObject({ expected: false, signal: "SIGKILL" });
    const again = await startClickHouse({ directory: join(home.path, "exit"), log: createTestLog() });
    const stopped = new Promise((resolve) => again.onExit(resolve));
    await again.stop();
    await again.stop();
    expect(await stopped).toMatchObject({ expected: true });
  });
});
