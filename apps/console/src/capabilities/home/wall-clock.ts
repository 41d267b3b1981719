import uPlot from "uplot";
import { zoneName } from "../../app/zoned-time.ts";
import type { TimeZone } from "../../components/format.ts";

/** For uPlot's `tzDate`: dates whose local fields are what the zone's clocks show, so that ticks fall on round hours. */
export function wallClock(zone: TimeZone): (seconds: number) => Date {
  const name = zoneName(zone);
  return (seconds) => uPlot.tzDate(new Date(seconds * 1000), name);
}
