import { describe, expect, test } from "vitest";
import { axisTicks, clampWindow, positionIn, tickStepMs, zoomWindow } from "./time-axis.ts";

const labels = (toMs: number, widthPx = 480): string[] =>
  axisTicks({ window: { fromMs: 0, toMs }, widthPx }).map((tick) => tick.label);

describe("ticks", () => {
  test("stand at instants that people count in", () => {
    expect(labels(14_800)).toEqual(["0", "5 s", "10 s"]);
    expect(labels(812)).toEqual(["0", "200 ms", "400 ms", "600 ms", "800 ms"]);
    expect(labels(10 * 60_000)).toEqual(["0", "2 min", "4 min", "6 min", "8 min", "10 min"]);
    expect(labels(0.4)).toEqual(["0", "0.1 ms", "0.2 ms", "0.3 ms", "0.4 ms"]);
    expect(labels(0.05)).toContain("20 µs");
  });
  test("never crowd, and are few whatever the length", () => {
    for (const ms of [0.02, 3, 77, 999, 61_000, 4e6, 9e8]) expect(labels(ms).length).toBeLessThan(9);
  });
  test("a window that is nowhere has one tick", () => {
    expect(axisTicks({ window: { fromMs: 5, toMs: 5 }, widthPx: 400 })).toHaveLength(1);
  });
  test("steps grow by 1, 2, 5", () => {
    expect([0.3, 1.1, 3, 40, 130, 700, 12_000, 70_000].map(tickStepMs)).toEqual([
      0.5, 2, 5, 50, 200, 1000, 15_000, 120_000,
    ]);
  });
});

describe("zoom", () => {
  test("keeps the instant under the pointer where it is", () => {
    const window = zoomWindow({
      window: { fromMs: 0, toMs: 1000 },
      aroundMs: 250,
      factor: 0.5,
      durationMs: 1000,
    });
    expect(window).toEqual({ fromMs: 125, toMs: 625 });
    expect(positionIn(window, 250)).toBeCloseTo(0.25);
  });
  test("never leaves the trace", () => {
    expect(
      zoomWindow({ window: { fromMs: 0, toMs: 500 }, aroundMs: 0, factor: 4, durationMs: 1000 }),
    ).toEqual({ fromMs: 0, toMs: 1000 });
    expect(clampWindow({ fromMs: 900, toMs: 1200 }, 1000)).toEqual({ fromMs: 700, toMs: 1000 });
  });
});
