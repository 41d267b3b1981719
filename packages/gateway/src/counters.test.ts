import { expect, test } from "vitest";
import { createCounters, latencyBucketsMs, readCounters } from "./counters.ts";

test("another thread reads what one has counted, from memory alone", () => {
  const counters = createCounters();
  counters.add("calls", 3);
  counters.add("receivedBytes", 2 ** 40);
  for (const ms of [5, 5.1, 119_999, 500_000]) counters.observe("latencyMs", ms);
  const reading = readCounters(counters.buffer);
  expect(reading).toMatchObject({ calls: 3, receivedBytes: 2 ** 40, callsOk: 0 });
  expect(reading.latencyMs.counts).toHaveLength(latencyBucketsMs.length + 1);
  expect(reading.latencyMs.counts.slice(0, 2)).toEqual([1, 1]);
  expect(reading.latencyMs.counts.slice(-2)).toEqual([1, 1]);
  expect(reading.latencyMs.sum).toBeCloseTo(620_009.1);
  expect(reading.ttftMs.sum).toBe(0);
});

test("a thread that takes over goes on counting, but for what died in flight", () => {
  const first = createCounters();
  first.add("calls", 2);
  first.add("callsInFlight", 2);
  createCounters(first.buffer).add("calls", 1);
  expect(readCounters(first.buffer)).toMatchObject({ calls: 3, callsInFlight: 0 });
});
