import type { SpanRecord } from "@weir/schema";
import { expect, test } from "vitest";
import { createCounters, readCounters } from "../counters.ts";
import { createJournal } from "./journal.ts";

const record = (name: string): SpanRecord => ({
  project_id: "p",
  trace_id: "a".repeat(32),
  span_id: "b".repeat(16),
  kind: "generation",
  name,
  source: "gateway",
  started_at: "2026-01-01 00:00:00.000000",
  duration_ms: 1,
  status: "ok",
});

function memory(works = true) {
  const batches: string[][] = [];
  const counters = createCounters();
  const append = (records: readonly SpanRecord[]): boolean => {
    batches.push(records.map(({ name }) => name));
    return works;
  };
  return { batches, counters, journal: createJournal({ append, storeBlob: () => null }, counters) };
}

test("records of one turn are written together, before anybody goes on", async () => {
  const { batches, journal } = memory();
  const order: string[] = [];
  const turn = new Promise<void>((resolve) => {
    for (const name of ["a", "b", "c"])
      journal.append(record(name), () => order.push(`${name} after ${batches.length}`));
    setImmediate(resolve);
  });
  expect(batches).toEqual([]);
  await turn;
  expect(batches).toEqual([["a", "b", "c"]]);
  expect(order).toEqual(["a after 1", "b after 1", "c after 1"]);
});

test("one that cannot wait takes the others along", () => {
  const { batches, journal } = memory();
  let sent = false;
  journal.append(record("a"), () => (sent = true));
  journal.append(record("now"));
  expect(batches).toEqual([["a", "now"]]);
  expect(sent).toBe(true);
});

test("a burst is written in portions", () => {
  const { batches, journal } = memory();
  for (let index = 0; index < 64; index += 1) journal.append(record("x"), () => undefined);
  expect(batches).toHaveLength(1);
});

test("what could not be written is counted, and everybody goes on", () => {
  const { counters, journal } = memory(false);
  journal.append(record("a"));
  expect(readCounters(counters.buffer).recordsUnwritten).toBe(1);
});
