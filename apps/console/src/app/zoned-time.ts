import type { TimeZone } from "../components/format.ts";

/** Milliseconds that a zone is ahead of UTC at an instant. */
function zoneOffsetMs(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
  const wall = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return wall - Math.floor(at / 1000) * 1000;
}

/** The zone's IANA name; `local` becomes the reader's own. */
export function zoneName(zone: TimeZone): string {
  return zone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone;
}

/** Whether this browser knows the zone. */
export function isTimeZone(zone: string): boolean {
  if (zone === "local") return true;
  try {
    return Intl.DateTimeFormat("en-GB", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The zone that a URL names; the reader's own when it names none, or one that only newer browsers know. */
export function readTimeZone(name: string | undefined): TimeZone {
  return name !== undefined && isTimeZone(name) ? name : "local";
}

/** Reads what a date-and-time field holds (`2026-11-21T14:00` on that zone's clocks); null when it is none. */
export function instantOfWallTime(text: string, zone: TimeZone): number | null {
  const guess = Date.parse(`${text}Z`);
  if (Number.isNaN(guess)) return null;
  const name = zoneName(zone);
  // The offset at the guess is the wrong one within hours of a clock change; the second look is right.
  const near = guess - zoneOffsetMs(guess, name);
  return guess - zoneOffsetMs(near, name);
}

/** The inverse: what a date-and-time field must hold to show an instant on a zone's clocks. */
export function wallTimeOfInstant(at: number, zone: TimeZone): string {
  return new Date(at + zoneOffsetMs(at, zoneName(zone))).toISOString().slice(0, 19);
}
