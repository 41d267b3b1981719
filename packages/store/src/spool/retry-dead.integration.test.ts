import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  countSpans,
  seededRandom,
  shipDuring,
  spanRecord,
  startTestClickHouse,
  temporaryFolder,
  until,
  type TestClickHouse,
} from "../../test/store-fixture.ts";
import { listDeadLetters } from "./dead-letters.ts";
import type { Shipper } from "./shipper.ts";
import { createSpoolGauge, readSpoolGauge } from "./spool-gauge.ts";

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
  mkdirSync(join(spool, "dead"), { recursive: true });
});

const project = () => `project_${sequence}`;
const everything = { batchIds: null, roomBytes: Infinity };
const good = (count: number) =>
  Array.from({ length: count }, () => JSON.stringify(spanRecord({ project_id: project() })));
/** What this ClickHouse refuses, as an older one refuses what a newer Weir writes. */
const bad = () => JSON.stringify({ ...spanRecord({ project_id: project() }), no_such_column: 1 });
const dead = (name: string) => join(spool, "dead", name);

function placeDead(batchId: string, lines: readonly string[]): void {
  const text = lines.map((line) =>
    JSON.stringify({
      rejectedAt: "2026-11-21T12:00:00.000Z",
      exceptionCode: 117,
      reason: "unknown field",
      line,
    }),
  );
  writeFileSync(dead(`${batchId}.ndjson`), `${text.join("\n")}\n`);
}

const whileShipping = <Result>(work: (shipper: Shipper) => Promise<Result>, gauge = createSpoolGauge()) =>
  shipDuring({ directory: spool, store, gauge }, work);

describe("dead letters that are handed back", () => {
  it("arrive once; those refused again are dead again, with the reason of now", async () => {
    placeDead("batch-1-0001", [...good(3), bad()]);
    placeDead("batch-2-0002", good(2));
    const gauge = createSpoolGauge();
    await whileShipping(async (shipper) => {
      await until(() => shipper.stats().deadLines === 6);
      const { batches, skipped, refused } = await shipper.retryDead(everything);
      expect(batches.map(({ batchId, records }) => [batchId, records])).toEqual([
        ["batch-1-0001", 4],
        ["batch-2-0002", 2],
      ]);
      expect(skipped).toEqual([]);
      expect(await Promise.all(refused)).toEqual([1, 0]);
      expect(shipper.stats()).toMatchObject({ deadLines: 1, segments: 0 });
    }, gauge);
    expect(readSpoolGauge(gauge).bytes).toBe(0);
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 5, spans: 5 });
    const listed = await listDeadLetters(spool, { batchesMax: 10 });
    expect(listed).toMatchObject({ batches: 1, data: [{ records: 1 }] });
    expect(listed.data[0]?.batchId).not.toBe("batch-1-0001");
    expect(listed.data[0]?.reasons[0]?.reason).toContain("no_such_column");
    expect(readdirSync(spool)).toEqual(["dead"]);
    expect(readdirSync(join(spool, "dead"))).toHaveLength(1);
  });

  it("one batch alone, and those that cannot be handed back stay and are named", async () => {
    placeDead("batch-1-0001", good(1));
    placeDead("batch-2-0002", good(1));
    placeDead("batch-3-0003", good(1));
    writeFileSync(dead("batch-4-0004.ndjson"), "cut sho");
    placeDead("notes", good(1));
    await whileShipping(async (shipper) => {
      const one = await shipper.retryDead({ batchIds: ["batch-2-0002"], roomBytes: Infinity });
      expect(one.batches.map(({ batchId }) => batchId)).toEqual(["batch-2-0002"]);
      await Promise.all(one.refused);
      // As while the batch is being shipped again after a kill: it will write the same dead letters again.
      writeFileSync(join(spool, "batch-3-0003.json"), '{"segments":["gone-1-00000000.ndjson"]}');
      const rest = await shipper.retryDead({
        batchIds: ["batch-2-0002", "batch-3-0003", "batch-4-0004", "notes"],
        roomBytes: Infinity,
      });
      expect(rest.batches).toEqual([]);
      expect(rest.skipped.map(({ why }) => why)).toEqual([
        "not-found",
        "unfinished",
        "unreadable",
        "unreadable",
      ]);
      const full = await shipper.retryDead({ batchIds: ["batch-1-0001"], roomBytes: 10 });
      expect(full.skipped).toEqual([{ batchId: "batch-1-0001", why: "no-room" }]);
    });
    expect(existsSync(dead("batch-1-0001.ndjson"))).toBe(true);
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 1, spans: 1 });
  });

  it("are not doubled when some of them are there under the token of another batch", async () => {
    const lines = good(6);
    placeDead("batch-1-0001", lines.slice(0, 4));
    placeDead("batch-2-0002", lines.slice(2));
    await whileShipping(async (shipper) => {
      const { refused } = await shipper.retryDead(everything);
      await Promise.all(refused);
    });
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 6, spans: 6 });
  });

  it("travel one by one, and what is new does not wait for them", async () => {
    const count = 12;
    for (let index = 0; index < count; index += 1) placeDead(`batch-1-${1000 + index}`, good(1));
    await whileShipping(async (shipper) => {
      const { refused } = await shipper.retryDead(everything);
      expect(refused).toHaveLength(count);
      const record = JSON.stringify(spanRecord({ project_id: `${project()}_new` }));
      writeFileSync(join(spool, "new-1-00000000.ndjson"), `${record}\n`);
      await until(async () => (await countSpans(store.clickhouse, `${project()}_new`)).rows === 1);
      expect(shipper.stats().segments).toBeGreaterThan(count / 2);
      await shipper.drain();
      await Promise.all(refused);
    });
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: count, spans: count });
  });
});

describe("a kill", () => {
  const batchId = "batch-1-0001";
  const child = fileURLToPath(new URL("../../test/hand-back-child.ts", import.meta.url));
  const segment = () => join(spool, `retry-${batchId}.ndjson`);
  const stages: [string, (lines: string[]) => void, expected: { arrived: number; dead: number }][] = [
    [
      "while the copy is written",
      (lines) => {
        placeDead(batchId, lines);
        writeFileSync(dead(`${batchId}.retry`), (lines[0] ?? "").slice(0, 40));
      },
      { arrived: 0, dead: 5 },
    ],
    [
      "when the copy is written",
      (lines) => {
        placeDead(batchId, lines);
        writeFileSync(dead(`${batchId}.retry`), `${lines.join("\n")}\n`);
      },
      { arrived: 0, dead: 5 },
    ],
    [
      "once the copy counts",
      (lines) => {
        placeDead(batchId, lines);
        writeFileSync(dead(`${batchId}.retry`), `${lines.join("\n")}\n`);
        renameSync(dead(`${batchId}.ndjson`), dead(`${batchId}.taken`));
      },
      { arrived: 5, dead: 0 },
    ],
    [
      "once the copy is a segment",
      (lines) => {
        placeDead(batchId, lines);
        renameSync(dead(`${batchId}.ndjson`), dead(`${batchId}.taken`));
        writeFileSync(segment(), `${lines.join("\n")}\n`);
      },
      { arrived: 5, dead: 0 },
    ],
    [
      "between the insert and its note",
      (lines) => {
        writeFileSync(segment(), `${lines.join("\n")}\n`);
        writeFileSync(
          join(spool, "batch-2-0002.json"),
          JSON.stringify({ segments: [`retry-${batchId}.ndjson`] }),
        );
      },
      { arrived: 5, dead: 0 },
    ],
  ];
  it.each(stages)("%s neither loses nor doubles a record", async (_, leave, expected) => {
    const lines = good(5);
    leave(lines);
    const gauge = createSpoolGauge();
    // What `recoverSpool` counts at start: the segments that are there.
    if (existsSync(segment())) {
      new BigInt64Array(gauge)[0] = BigInt(statSync(segment()).size);
    }
    await whileShipping(async (shipper) => {
      await until(() => shipper.stats().deadLines === expected.dead && !existsSync(dead(`${batchId}.taken`)));
      await shipper.drain();
    }, gauge);
    expect(await countSpans(store.clickhouse, project())).toEqual({
      rows: expected.arrived,
      spans: expected.arrived,
    });
    // And whatever was left can be handed back, once.
    await whileShipping(async (shipper) => {
      await Promise.all((await shipper.retryDead(everything)).refused);
    }, gauge);
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 5, spans: 5 });
    expect(readSpoolGauge(gauge).bytes).toBe(0);
    expect(readdirSync(join(spool, "dead"))).toEqual([]);
    expect(readdirSync(spool)).toEqual(["dead"]);
  });

  it("of its own between two steps leaves the copy as what counts", async () => {
    placeDead(batchId, good(5));
    const running = spawn(process.execPath, [child, spool, store.engine.url, "taken"], { stdio: "inherit" });
    expect(await once(running, "close")).toEqual([null, "SIGKILL"]);
    expect(readdirSync(join(spool, "dead")).toSorted()).toEqual([`${batchId}.retry`, `${batchId}.taken`]);
    expect(readdirSync(spool)).toEqual(["dead"]);
    await whileShipping(async (shipper) => {
      await until(() => existsSync(segment()) || shipper.stats().shippedSegments === 1);
      await shipper.drain();
      expect((await shipper.retryDead(everything)).batches).toEqual([]);
    });
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: 5, spans: 5 });
  });

  it("again and again, of a process that hands back and ships", { timeout: 120_000 }, async () => {
    const random = seededRandom("kill the hand back");
    const rounds = 5;
    const perBatch = 20;
    let placed = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (let batch = 0; batch < 3; batch += 1) {
        placeDead(`batch-${100 + round}-000${batch}`, [...good(perBatch), bad()]);
        placed += perBatch;
      }
      const running = spawn(process.execPath, [child, spool, store.engine.url], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(running.stdout, "data");
      await sleep(random() * 400);
      running.kill("SIGKILL");
      await once(running, "close");
    }
    await whileShipping(async (shipper) => {
      await shipper.drain();
      await Promise.all((await shipper.retryDead(everything)).refused);
    });
    expect(await countSpans(store.clickhouse, project())).toEqual({ rows: placed, spans: placed });
    const left = readdirSync(join(spool, "dead")).flatMap((name) =>
      readFileSync(dead(name), "utf8").trimEnd().split("\n"),
    );
    // Every record that nothing helps is still there, once.
    expect(left.filter((line) => line.includes("no_such_column"))).toHaveLength(rounds * 3);
    expect(left).toHaveLength(rounds * 3);
    rmSync(spool, { recursive: true });
  });
});
