import { expect, test } from "vitest";
import { formatInstant, parseInstant } from "./span.ts";

test("an instant is the same after it was read and written, to the microsecond", () => {
  for (let micros = 0; micros < 1000; micros += 1) {
    const text = `2026-11-22 05:34:45.332${String(micros).padStart(3, "0")}`;
    expect(formatInstant(parseInstant(text))).toBe(text);
  }
});

test("what lies between two microseconds never becomes another millisecond", () => {
  expect(formatInstant(1.9999)).toBe("1970-01-01 00:00:00.001999");
});
