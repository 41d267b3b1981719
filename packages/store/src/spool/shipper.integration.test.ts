import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  countSpans,
  createTestLog,
  seededRandom,
  shipDuring,
  spanRecord,
  startTestClickHouse,
  temporaryFolder,
  until,
  type TestClickHouse,
} from "../../test/store-fixture.ts";
import { recoverSpool } from "./recover-spool.ts";
import { createShipper, type Shipper } from "./shipper.ts";
import { createSpoolGauge, readSpoolGauge } from "./spool-gauge.ts";
import { createSpoolWriter } from "./spool-writer.ts";

const limits = { spoolMaxBytes: 1e9, segmentMaxBytes: 1e6, segmentMaxAgeMs: 50 };
const home = temporaryFolder();
let store: TestClickHouse;
let spool: string;
let sequence = 0;

beforeAll(async () => {
  store = await startTestClickHouse(join(home.path, "clickhouse"));
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});
beforeEach(() => {
  sequence += 1;
  spool = join(home.path, `spool-${sequence}`);
});

const project = () => `project_${sequence}`;
const lines = (count: number) =>
  Array.from({ length: count }, () => JSON.stringify(spanRecord({ project_id: project() })));

function writeLines(count: number): void {
  const writer = createSpoolWriter({
    directory: spool,
    producer: `p-${Math.random().toString(36).slice(2)}`,
    limits,
  });
  expect(writer.append(lines(count))).toBe(true);
  writer.close();
}

const whileShipping = (work: (shipper: Shipper) => Promise<void>) =>
  shipDuring({ directory: spool, store }, work);

describe("the shipper", () => {
  it("moves every record into ClickHouse once, frees the spool, and ships small segments together", async () => {
    const gauge = createSpoolGauge();
    const writers = ["a", "b", "c"].map((producer) =>
      createSpoolWriter({ directory: spool, producer, limits: { ...limits, segmentMaxBytes: 1 }, gauge }),
    );
    for (let round = 0; round < 50; round += 1) for (const writer of writers) writer.append(lines(2));
    for (const writer of writers) writer.close();
    const segments = readdirSync(spool).length;
    expect(segments).toBe(150);
    const shipper = createShipper({
      directory: spool,
      clickhouse: () => store.clickhouse,
      log: createTestLog(),
      gauge,
    });
    shipper.start();
    await shipper.drain();
    await shipper.stop();
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 300, spans: 300 });
    expect(shipper.stats()).toMatchObject({
      segments: 0,
      bytes: 0,
      shippedSegments: 150,
      deadLines: 0,
      problem: "",
    });
    expect(readSpoolGauge(gauge)).toEqual({ bytes: 0, unrecorded: 0 });
    expect(readdirSync(spool)).toEqual(["dead"]);
    const [parts] = await store.clickhouse.query({
      sql: "SELECT uniqExact(_part) AS parts FROM spans WHERE project_id = {projectId:String}",
      params: { projectId: project() },
      row: z.object({ parts: z.number() }),
    });
    expect(parts?.parts).toBeLessThanOrEqual(2);
  });

  it("makes a record queryable within two seconds", async () => {
    await whileShipping(async () => {
      const writer = createSpoolWriter({
        directory: spool,
        producer: "gateway-1",
        limits: { ...limits, segmentMaxAgeMs: 250 },
      });
      const waits: number[] = [];
      for (let round = 0; round < 8; round += 1) {
        const record = spanRecord({ project_id: project() });
        const startedMs = performance.now();
        writer.append([JSON.stringify(record)]);
        await until(async () => (await countSpans(store.clickhouse, project())).rows === round + 1);
        waits.push(performance.now() - startedMs);
      }
      writer.close();
      // On two shared cores a single one may be late; the middle says how it was built.
      expect(waits.toSorted((left, right) => left - right)[5]).toBeLessThan(2_000);
    });
  });

  it("keeps records while ClickHouse is away, says so, and goes on at once when it is back", async () => {
    let away = true;
    const shipper = createShipper({
      directory: spool,
      clickhouse: () => (away ? null : store.clickhouse),
      log: createTestLog(),
    });
    writeLines(10);
    shipper.start();
    await until(() => shipper.stats().problem !== "");
    expect(shipper.stats()).toMatchObject({ segments: 1, problem: "ClickHouse is not running." });
    expect(shipper.stats().problemSince).not.toBeNull();
    away = false;
    await shipper.drain();
    expect(shipper.stats()).toMatchObject({ segments: 0, problem: "", problemSince: null });
    await store.killAndRestart();
    writeLines(10);
    await shipper.drain();
    await shipper.stop();
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 20, spans: 20 });
  });

  it("sets poisoned records aside with the reason and ships all others", async () => {
    const poison = [
      "{not json",
      JSON.stringify({ ...spanRecord({ project_id: project() }), started_at: "yesterday" }),
      JSON.stringify({ ...spanRecord({ project_id: project() }), no_such_column: 1 }),
      JSON.stringify({ ...spanRecord({ project_id: project() }), tags: "no array" }),
    ];
    const good = lines(200);
    const all = [poison[0], ...good.slice(0, 120), poison[1], poison[2], ...good.slice(120), poison[3]];
    const writer = createSpoolWriter({ directory: spool, producer: "p", limits });
    writer.append(all.filter((line) => line !== undefined));
    writer.close();
    await whileShipping(async (shipper) => {
      await shipper.drain();
      expect(shipper.stats()).toMatchObject({ segments: 0, deadLines: 4, problem: "" });
    });
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 200, spans: 200 });
    const [file] = readdirSync(join(spool, "dead"));
    const dead = readFileSync(join(spool, "dead", file ?? ""), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) =>
        z.object({ line: z.string(), reason: z.string(), exceptionCode: z.number() }).parse(JSON.parse(line)),
      );
    expect(new Set(dead.map(({ line }) => line))).toEqual(new Set(poison));
    expect(dead.find(({ line }) => line.includes("no_such_column"))?.reason).toContain("no_such_column");
    await whileShipping(async (shipper) => {
      await until(() => shipper.stats().deadLines === 4);
    });
  });

  it("is not misled by a token that ClickHouse noted for rows it does not have", async () => {
    // An engine killed between noting the token and placing the rows leaves this state; here it is made by hand.
    const segment = `${lines(5).join("\n")}\n`;
    const place = () => {
      mkdirSync(spool, { recursive: true });
      writeFileSync(join(spool, "p-1-00000000.ndjson"), segment);
      writeFileSync(join(spool, "batch-1-feedbeef.json"), '{"segments":["p-1-00000000.ndjson"]}');
    };
    await store.clickhouse.execute({ sql: "SYSTEM STOP MERGES spans" });
    place();
    await whileShipping((shipper) => shipper.drain());
    const [part] = await store.clickhouse.query({
      sql: `SELECT path FROM system.parts WHERE table = 'spans' AND active AND name =
        (SELECT any(_part) FROM spans WHERE project_id = {projectId:String})`,
      params: { projectId: project() },
      row: z.object({ path: z.string() }),
    });
    const folder = z.string().includes(home.path).parse(part?.path);
    await store.killAndRestart(() => rmSync(folder, { recursive: true }));
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 0, spans: 0 });
    await store.clickhouse.client.insert({
      table: "spans",
      format: "JSONEachRow",
      values: [spanRecord({ project_id: project() })],
      clickhouse_settings: { insert_deduplication_token: "batch-1-feedbeef" },
    });
    expect(await countSpans(store.clickhouse, project()), "the token is still known").toMatchObject({
      rows: 0,
    });
    place();
    await whileShipping((shipper) => shipper.drain());
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 5, spans: 5 });
  });

  it("takes up a batch of an unknown outcome without doubling it", async () => {
    writeLines(40);
    const segments = readdirSync(spool).filter((name) => name.endsWith(".ndjson"));
    const manifest = JSON.stringify({ segments });
    const saved = segments.map((name) => ({ name, bytes: readFileSync(join(spool, name)) }));
    await whileShipping((shipper) => shipper.drain());
    // As if the process had been killed after the insert and before it noted that: once with the token known …
    for (const { name, bytes } of saved) writeFileSync(join(spool, name), bytes);
    writeFileSync(join(spool, "batch-1-00000001.json"), manifest);
    await whileShipping((shipper) => shipper.drain());
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 40, spans: 40 });
    // … and once killed while it removed the segments.
    for (const { name, bytes } of saved) writeFileSync(join(spool, name), bytes);
    writeFileSync(join(spool, "batch-1-00000002.done"), manifest);
    await whileShipping((shipper) => shipper.drain());
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 40, spans: 40 });
    expect(readdirSync(spool)).toEqual(["dead"]);
  });

  it("doubles nothing when a full disk left a manifest without its text and newer records came", async () => {
    writeLines(40);
    const segments = readdirSync(spool).filter((name) => name.endsWith(".ndjson"));
    const saved = segments.map((name) => ({ name, bytes: readFileSync(join(spool, name)) }));
    await whileShipping((shipper) => shipper.drain());
    for (const { name, bytes } of saved) writeFileSync(join(spool, name), bytes);
    writeFileSync(join(spool, "batch-1-00000003.json"), "");
    // They travel with the old ones in one batch, of which a part is there under a token that nobody knows.
    const writer = createSpoolWriter({ directory: spool, producer: "newer", limits });
    writer.append(lines(10));
    writer.close();
    await whileShipping((shipper) => shipper.drain());
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 50, spans: 50 });
    // The same, killed after the batch was written down and before it was sent.
    for (const { name, bytes } of saved) writeFileSync(join(spool, name), bytes);
    const again = createSpoolWriter({ directory: spool, producer: "again", limits });
    again.append(lines(5));
    again.close();
    const together = readdirSync(spool).filter((name) => name.endsWith(".ndjson"));
    writeFileSync(
      join(spool, "batch-1-00000004.json"),
      JSON.stringify({ segments: together, elsewhere: true }),
    );
    await whileShipping((shipper) => shipper.drain());
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 55, spans: 55 });
  });

  it("doubles nothing when the process that found such a manifest ended before it had shipped anything", async () => {
    writeLines(40);
    const saved = readdirSync(spool).map((name) => ({ name, bytes: readFileSync(join(spool, name)) }));
    await whileShipping((shipper) => shipper.drain());
    for (const { name, bytes } of saved) writeFileSync(join(spool, name), bytes);
    writeFileSync(join(spool, "batch-1-00000005.json"), "");
    const first = createShipper({ directory: spool, clickhouse: () => null, log: createTestLog() });
    first.start();
    await until(() => first.stats().segments > 0);
    await first.stop();
    await whileShipping((shipper) => shipper.drain());
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 40, spans: 40 });
    expect(readdirSync(spool)).toEqual(["dead"]);
  });
});

describe("kill -9", () => {
  it("of the engine during inserts loses nothing and doubles nothing", { timeout: 120_000 }, async () => {
    const random = seededRandom("kill the engine");
    let acknowledged = 0;
    await whileShipping(async (shipper) => {
      const writer = createSpoolWriter({ directory: spool, producer: "gateway-1", limits });
      for (let round = 0; round < 6; round += 1) {
        const untilMs = Date.now() + 200 + random() * 600;
        while (Date.now() < untilMs) {
          if (writer.append(lines(50))) acknowledged += 50;
          await sleep(5);
        }
        await store.killAndRestart();
        shipper.wake();
      }
      writer.close();
      await shipper.drain();
    });
    expect(await countSpans(store.clickhouse, project())).toEqual({
      rows: acknowledged,
      spans: acknowledged,
    });
    const [rollup] = await store.clickhouse.query({
      sql: `SELECT count() AS calls FROM spans WHERE project_id = {projectId:String}
        GROUP BY project_id SETTINGS force_optimize_projection = 1`,
      params: { projectId: project() },
      row: z.object({ calls: z.number() }),
    });
    expect(rollup).toEqual({ calls: acknowledged });
  });

  it("of the shipper, again and again, ships each record once", { timeout: 120_000 }, async () => {
    const random = seededRandom("kill the shipper");
    const child = fileURLToPath(new URL("../../test/shipper-child.ts", import.meta.url));
    const writer = createSpoolWriter({
      directory: spool,
      producer: "gateway-1",
      limits: { ...limits, segmentMaxBytes: 40_000 },
    });
    let acknowledged = 0;
    for (let round = 0; round < 10; round += 1) {
      const running = spawn(process.execPath, [child, spool, store.engine.url], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(running.stdout, "data");
      const untilMs = Date.now() + random() * 700;
      while (Date.now() < untilMs) {
        if (writer.append(lines(20))) acknowledged += 20;
        await sleep(2);
      }
      running.kill("SIGKILL");
      await once(running, "close");
    }
    writer.close();
    await whileShipping((shipper) => shipper.drain());
    expect(await countSpans(store.clickhouse, project())).toEqual({
      rows: acknowledged,
      spans: acknowledged,
    });
    await recoverSpool({ directory: spool });
    expect(readdirSync(spool)).toEqual(["dead"]);
  });
});
