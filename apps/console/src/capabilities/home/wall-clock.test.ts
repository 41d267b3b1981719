import { expect, it } from "vitest";
import { wallClock } from "./wall-clock.ts";

const noon = Date.UTC(2026, 10, 21, 12) / 1000;
const shown = (zone: string): string => {
  const date = wallClock(zone)(noon);
  return [date.getDate(), date.getHours(), date.getMinutes()].join(" ");
};

it("shows uPlot the chosen zone's clocks, wherever the browser is", () => {
  expect(shown("UTC")).toBe("21 12 0");
  expect(shown("Asia/Kolkata")).toBe("21 17 30");
  expect(shown("Pacific/Kiritimati")).toBe("22 2 0");
  expect(shown("America/Los_Angeles")).toBe("21 4 0");
  expect(wallClock("local")(noon).getTime()).toBe(noon * 1000);
});
