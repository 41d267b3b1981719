import { describe, expect, it } from "vitest";
import { describeRange, rangeBetween, readRange, resolveRange, writeRange } from "./time-range.ts";
import { instantOfWallTime, isTimeZone, readTimeZone, wallTimeOfInstant } from "./zoned-time.ts";

describe("the time range", () => {
  it("reads what it writes, and leaves the default out of the URL", () => {
    for (const search of [{ range: "7d" }, { range: "45m" }]) {
      expect(writeRange(readRange(search)).range).toBe(search.range);
    }
    expect(writeRange(readRange({ range: "24h" }))).toEqual({
      range: undefined,
      from: undefined,
      to: undefined,
    });
    const absolute = { from: "2026-11-21T10:00:00.000Z", to: "2026-11-21T11:00:00.000Z" };
    expect(writeRange(readRange(absolute))).toEqual({ range: undefined, ...absolute });
  });

  it("falls back to the default on anything unreadable", () => {
    for (const search of [
      { range: "soon" },
      { range: "0h" },
      { range: "99999d" },
      { from: "2026-11-21T12:00:00Z", to: "2026-11-21T11:00:00Z" },
      { from: "x", to: "y" },
    ]) {
      expect(readRange(search)).toEqual({ kind: "relative", last: "24h" });
    }
  });

  it("counts a relative range back from now and leaves its end open", () => {
    const now = Date.parse("2026-11-21T12:00:00Z");
    expect(resolveRange({ kind: "relative", last: "1h" }, now)).toEqual({
      from: "2026-11-21T11:00:00.000Z",
      to: undefined,
    });
  });

  it("takes a drag in either direction, and no empty one", () => {
    const end = Date.parse("2026-11-21T12:00:00Z");
    const forwards = rangeBetween({ start: end - 60_000, end });
    expect(rangeBetween({ start: end, end: end - 60_000 })).toEqual(forwards);
    expect(rangeBetween({ start: end, end })).toEqual({
      kind: "absolute",
      from: "2026-11-21T12:00:00.000Z",
      to: "2026-11-21T12:00:01.000Z",
    });
  });

  it("says the day once when both ends are on it", () => {
    const range = { kind: "absolute", from: "2026-11-21T10:00:00Z", to: "2026-11-21T11:30:00Z" } as const;
    expect(describeRange(range, "UTC")).toBe("21 Nov, 10:00 – 11:30");
    expect(describeRange({ ...range, to: "2026-11-22T11:30:00Z" }, "UTC")).toBe(
      "21 Nov, 10:00 – 22 Nov, 11:30",
    );
  });
});

describe("clocks of other zones", () => {
  it("goes to wall time and back, also around a change of the clocks", () => {
    for (const zone of ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]) {
      for (const at of ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-07-01T12:00:00Z"]) {
        const instant = Date.parse(at);
        expect(instantOfWallTime(wallTimeOfInstant(instant, zone), zone), `${zone} ${at}`).toBe(instant);
      }
    }
    expect(wallTimeOfInstant(Date.parse("2026-07-01T12:00:00Z"), "Europe/Berlin")).toBe(
      "2026-07-01T14:00:00",
    );
  });

  it("knows a zone from a word", () => {
    expect(isTimeZone("Europe/Berlin")).toBe(true);
    expect(isTimeZone("Atlantis/Centre")).toBe(false);
    expect(readTimeZone("Asia/Kolkata")).toBe("Asia/Kolkata");
    expect(readTimeZone("Atlantis/Centre")).toBe("local");
    expect(readTimeZone(undefined)).toBe("local");
    expect(instantOfWallTime("not a time", "UTC")).toBeNull();
  });
});
