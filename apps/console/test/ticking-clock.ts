import { vi } from "vitest";

/**
 * Replaces the clock by one that goes on by a millisecond each time that it is looked at, as a search does at every
 * step: time is then what was done, on any machine. `vi.restoreAllMocks` gives the real clock back.
 */
export function tickingClock(): { passedMs: () => number } {
  let nowMs = 0;
  vi.spyOn(Date, "now").mockImplementation(() => (nowMs += 1));
  return { passedMs: () => nowMs };
}
