import { formatClock, type TimeZone } from "../components/format.ts";

/** A range that moves with the clock, or one that stands still. Instants are ISO 8601 UTC. */
export type TimeRange = { kind: "relative"; last: string } | { kind: "absolute"; from: string; to: string };

/** Offered in this order; any other `<number><m|h|d>` works in the URL too. */
export const rangePresets = [
  { last: "15m", label: "Last 15 minutes" },
  { last: "1h", label: "Last hour" },
  { last: "6h", label: "Last 6 hours" },
  { last: "24h", label: "Last 24 hours" },
  { last: "7d", label: "Last 7 days" },
  { last: "30d", label: "Last 30 days" },
  { last: "90d", label: "Last 90 days" },
] as const;

const defaultRange: TimeRange = { kind: "relative", last: "24h" };

const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `15m`, `6h`, `7d`; null when it is none, or beyond ten years. */
export function readSpan(text: string): number | null {
  const match = /^(\d{1,5})([mhd])$/.exec(text);
  if (match === null) return null;
  const ms = Number(match[1]) * (unitsMs[match[2] ?? ""] ?? 0);
  return ms > 0 && ms <= 3660 * 86_400_000 ? ms : null;
}

/** Reads what the URL says; anything unreadable is the default range. */
export function readRange(search: {
  range?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}): TimeRange {
  const from = search.from === undefined ? Number.NaN : Date.parse(search.from);
  const to = search.to === undefined ? Number.NaN : Date.parse(search.to);
  if (from < to) {
    return { kind: "absolute", from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  }
  if (search.range !== undefined && readSpan(search.range) !== null) {
    return { kind: "relative", last: search.range };
  }
  return defaultRange;
}

/** The search parameters that say a range; the default range needs none. */
export function writeRange(range: TimeRange): {
  range: string | undefined;
  from: string | undefined;
  to: string | undefined;
} {
  if (range.kind === "absolute") return { range: undefined, from: range.from, to: range.to };
  const plain = defaultRange.kind === "relative" && range.last === defaultRange.last;
  return { range: plain ? undefined : range.last, from: undefined, to: undefined };
}

/** The instants to ask the API for; a relative range has no end, so that what arrives meanwhile is in it. */
export function resolveRange(range: TimeRange, now: number): { from: string; to: string | undefined } {
  if (range.kind === "absolute") return { from: range.from, to: range.to };
  return { from: new Date(now - (readSpan(range.last) ?? 86_400_000)).toISOString(), to: undefined };
}

/** A range around two instants in milliseconds, whichever way they were dragged, at least a second long. */
export function rangeBetween(bounds: { start: number; end: number }): TimeRange {
  const from = Math.min(bounds.start, bounds.end);
  const to = Math.max(bounds.start, bounds.end, from + 1000);
  return { kind: "absolute", from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/** `Last 24 hours`, or `21 Nov, 14:00 – 16:30`. */
export function describeRange(range: TimeRange, zone: TimeZone): string {
  if (range.kind === "relative") {
    const preset = rangePresets.find(({ last }) => last === range.last);
    return preset?.label ?? `Last ${range.last}`;
  }
  const short = Date.parse(range.to) - Date.parse(range.from) < 10 * 60_000;
  const day = (at: string): string =>
    formatClock(at, { zone, withDay: true, withSeconds: false }).split(",")[0] ?? "";
  const start = formatClock(range.from, { zone, withDay: true, withSeconds: short });
  const end = formatClock(range.to, { zone, withDay: day(range.from) !== day(range.to), withSeconds: short });
  return `${start} – ${end}`;
}

/** How long a range is, in milliseconds. */
export function rangeLengthMs(range: TimeRange): number {
  if (range.kind === "absolute") return Date.parse(range.to) - Date.parse(range.from);
  return readSpan(range.last) ?? 86_400_000;
}
