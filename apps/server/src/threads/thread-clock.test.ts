import { expect, test } from "vitest";
import { createThreadClock } from "./thread-clock.ts";

function makeClock() {
  const at = { systemMs: 1_800_000_000_000, monotonicMs: 12.5 };
  const clock = createThreadClock({ systemMs: () => at.systemMs, monotonicMs: () => at.monotonicMs });
  const pass = (ms: number) => {
    at.systemMs += ms;
    at.monotonicMs += ms;
  };
  return { at, clock, pass };
}

test.each([
  ["a suspend, which the monotonic clock sleeps through", 3_600_000],
  ["a clock that is set back", -5_000],
])("dates follow the system's clock after %s, and durations do not notice", (_, stepMs) => {
  const { at, clock, pass } = makeClock();
  const startedMs = clock.nowMs();
  pass(1_000);
  at.systemMs += stepMs;
  clock.follow();
  expect(clock.dateMs(clock.nowMs())).toBe(at.systemMs);
  pass(250.25);
  expect(clock.dateMs(clock.nowMs())).toBe(at.systemMs);
  expect(clock.nowMs() - startedMs).toBe(1_250.25);
  expect(clock.dateMs(startedMs)).toBe(at.systemMs - 1_250.25);
});

test("a small difference moves no date", () => {
  const { at, clock } = makeClock();
  at.systemMs -= 80;
  clock.follow();
  expect(clock.dateMs(clock.nowMs())).toBe(at.systemMs + 80);
});

test("many small differences add up to one that counts", () => {
  const { at, clock } = makeClock();
  for (let index = 0; index < 3; index += 1) {
    at.systemMs -= 40;
    clock.follow();
  }
  expect(clock.dateMs(clock.nowMs())).toBe(at.systemMs);
});
