import { describe, expect, it } from "vitest";
import {
  exactUsd,
  formatAgo,
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatLasting,
  formatShare,
  formatUsd,
} from "./format.ts";

describe("figures", () => {
  it("writes counts short, without ever rounding into the next unit's digits", () => {
    for (const [value, text] of [
      [0, "0"],
      [7, "7"],
      [999, "999"],
      [1200, "1.2k"],
      [10_000, "10k"],
      [99_960, "100k"],
      [999_499, "999k"],
      [999_960, "1M"],
      [2_160_000, "2.2M"],
      [3_000_000_000, "3B"],
      [null, "–"],
    ] as const) {
      expect(formatCount(value)).toBe(text);
    }
  });

  it("writes durations in the unit that fits", () => {
    for (const [value, text] of [
      [0, "0 ms"],
      [0.27, "0.27 ms"],
      [812.4, "812 ms"],
      [999.6, "1.00 s"],
      [3451, "3.45 s"],
      [12_340, "12.3 s"],
      [59_960, "1 min"],
      [252_000, "4 min 12 s"],
      [7_500_000, "2 h 5 min"],
      [273_600_000, "3 d 4 h"],
      [null, "–"],
    ] as const) {
      expect(formatDuration(value)).toBe(text);
    }
  });

  it("writes money with the digits that matter", () => {
    for (const [value, text] of [
      [0, "$0"],
      [0.0042, "$0.0042"],
      [0.00000042, "<$0.000001"],
      [0.6, "$0.60"],
      [1.005, "$1.00"],
      [12.5, "$12.50"],
      [1234, "$1.2k"],
      [null, "–"],
    ] as const) {
      expect(formatUsd(value)).toBe(text);
    }
    expect(exactUsd(0.0042130001)).toBe("$0.0042130001");
  });

  it("writes shares, sizes and changes", () => {
    for (const [value, text] of [
      [0, "0 %"],
      [0.0042, "0.42 %"],
      [0.031, "3.1 %"],
      [0.9999, "99.9 %"],
      [1, "100 %"],
      [null, "–"],
    ] as const) {
      expect(formatShare(value)).toBe(text);
    }
    for (const [value, text] of [
      [512, "512 B"],
      [12_288, "12 KB"],
      [3_565_158, "3.4 MB"],
    ] as const) {
      expect(formatBytes(value)).toBe(text);
    }
    expect(formatChange(112, 100)).toBe("+12 %");
    expect(formatChange(96, 100)).toBe("−4 %");
    expect(formatChange(263, 3)).toBe(">+999 %");
    expect(formatChange(5, 0)).toBeNull();
  });

  it("says how long ago, and the date once that says more", () => {
    const now = Date.parse("2026-11-21T12:00:00Z");
    for (const [seconds, text] of [
      [0, "now"],
      [8, "8 s ago"],
      [250, "4 min ago"],
      [7300, "2 h ago"],
      [86_400 * 3, "3 d ago"],
      [86_400 * 30, "22 Oct 2026"],
      [-60, "in 1 min"],
    ] as const) {
      expect(formatAgo(now - seconds * 1000, now)).toBe(text);
    }
  });

  it("says how long something has been so", () => {
    const now = Date.parse("2026-11-21T12:00:00Z");
    for (const [seconds, text] of [
      [0, "just now"],
      [250, "for 4 min"],
      [86_400 * 3, "for 3 d"],
      [86_400 * 30, "since 22 Oct 2026"],
      [-60, "just now"],
    ] as const) {
      expect(formatLasting(now - seconds * 1000, now)).toBe(text);
    }
  });
});
