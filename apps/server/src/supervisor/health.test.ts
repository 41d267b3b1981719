import { expect, test } from "vitest";
import { createSinceBook, describeSystem } from "./health.ts";
import type { HealthReading } from "./health.ts";

const up = { state: "ok", detail: "It answers.", sinceMs: 0, restarts: 0, pid: 1 } as const;

function describeWith(change: Partial<HealthReading>) {
  const reading: HealthReading = {
    version: "1.0.0",
    startedAtMs: 0,
    nowMs: 0,
    postgres: up,
    clickhouse: up,
    gateway: { threads: 2, listening: 2, deaths: 0, lastDeathMs: 0, recordingProblem: "" },
    shipper: {
      segments: 0,
      bytes: 0,
      oldestAgeMs: 0,
      deadLines: 0,
      shippedSegments: 0,
      shippedBytes: 0,
      problem: "",
      problemSince: null,
    },
    spool: { bytes: 0, unrecorded: 0, maxBytes: 1000 },
    diskFreeBytes: 50 * 1024 ** 3,
    snapshot: { version: 1, providers: [], keys: [], strict: false },
    problemOf: () => "",
    ...change,
  };
  return describeSystem(
    reading,
    createSinceBook(() => 0),
  );
}

const shipper = {
  segments: 3,
  bytes: 900,
  oldestAgeMs: 61_000,
  deadLines: 0,
  shippedSegments: 0,
  shippedBytes: 0,
  problem: "connection refused",
  problemSince: null,
};

test("a problem that is a sentence keeps its one full stop", () => {
  const told = describeWith({ shipper: { ...shipper, problem: "ClickHouse is not running." } });
  const spool = told.components.find(({ name }) => name === "spool");
  expect(spool?.detail).toBe(
    "Records are kept but not shipped: ClickHouse is not running. 3 segments (900 bytes) wait, the oldest for 61 s.",
  );
});

test("all well", () => {
  expect(describeWith({})).toMatchObject({ state: "ok", notRecording: [] });
});

test("an engine away takes the whole down, though everything is recorded", () => {
  const system = describeWith({ clickhouse: { ...up, state: "down", detail: "ClickHouse is away." } });
  expect(system).toMatchObject({ state: "down", notRecording: [] });
});

test("a full disk says that calls go on, why they are not recorded, and how many were not", () => {
  const system = describeWith({
    gateway: {
      threads: 1,
      listening: 1,
      deaths: 0,
      lastDeathMs: 0,
      recordingProblem: "ENOSPC: no space left.",
    },
    spool: { bytes: 10, unrecorded: 42, maxBytes: 1000 },
  });
  expect(system.state).toBe("down");
  expect(system.notRecording).toEqual([
    "Calls are served and not recorded: ENOSPC: no space left.",
    "42 records have been left out since the start.",
  ]);
});

test("a spool at its limit names the limit", () => {
  const system = describeWith({ spool: { bytes: 1000, unrecorded: 0, maxBytes: 1000 } });
  expect(system.notRecording[0]).toContain("1000 bytes (spoolMaxBytes)");
});

test("a backlog and refused records degrade, with what waits and where it lies", () => {
  const late = describeWith({ shipper });
  expect(late.state).toBe("degraded");
  expect(late.components.find(({ name }) => name === "spool")?.detail).toContain("the oldest for 61 s");
  const dead = describeWith({ shipper: { ...shipper, problem: "", deadLines: 2 } });
  expect(dead.components.find(({ name }) => name === "spool")?.detail).toMatch(
    /^2 records were refused .* spool\/dead; .*"weir spool retry" tries again\.$/,
  );
});

test("a component keeps its instant while its state lasts", () => {
  let now = 0;
  const since = createSinceBook(() => now);
  const component = { name: "disk", detail: "", since: "" };
  const first = since({ ...component, state: "ok" });
  now = 5_000;
  expect(since({ ...component, state: "ok" })).toBe(first);
  expect(since({ ...component, state: "down" })).toBe("1970-01-01T00:00:05.000Z");
});
