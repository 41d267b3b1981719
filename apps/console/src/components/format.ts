/**
 * How every figure of the console is written. Each function returns the short form for the screen; the exact
 * value belongs in a tooltip (`exact*`). Nothing here knows about React, so charts, CSV and tests use it too.
 */

/** What stands where there is no value. */
export const nothing = "–";

const exactNumber = new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 });

function significant(value: number, digits: number): string {
  const text = value.toPrecision(digits);
  return text.includes("e") ? String(Number(text)) : text;
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** `1.2k`, `34.5k`, `2.1M`; whole numbers below a thousand as they are. */
export function formatCount(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return nothing;
  const size = Math.abs(value);
  if (size < 1000) return Number.isInteger(value) ? String(value) : trimZeros(value.toFixed(1));
  for (const [limit, unit] of [
    [1e6, "k"],
    [1e9, "M"],
    [1e12, "B"],
  ] as const) {
    const scaled = (value / limit) * 1000;
    // 999,960 would round to "1000k": it belongs to the next unit.
    if (Math.abs(scaled) < 999.5) {
      return trimZeros(Math.abs(scaled) < 99.95 ? scaled.toFixed(1) : scaled.toFixed(0)) + unit;
    }
  }
  return `${trimZeros((value / 1e12).toFixed(1))}T`;
}

/** `1,234,567`. */
export function exactCount(value: number | null | undefined): string {
  return value === null || value === undefined ? "no value" : exactNumber.format(value);
}

/** `0.84 ms`, `812 ms`, `3.45 s`, `4 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return nothing;
  if (ms === 0) return "0 ms";
  if (ms < 9.995) return `${significant(ms, ms < 0.1 ? 1 : 2)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return joinUnits([Math.floor(seconds / 60), "min"], [seconds % 60, "s"]);
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1440) return joinUnits([Math.floor(minutes / 60), "h"], [minutes % 60, "min"]);
  const hours = Math.round(ms / 3_600_000);
  return joinUnits([Math.floor(hours / 24), "d"], [hours % 24, "h"]);
}

function joinUnits(large: [number, string], small: [number, string]): string {
  return small[0] === 0 ? `${large[0]} ${large[1]}` : `${large[0]} ${large[1]} ${small[0]} ${small[1]}`;
}

/** `3,451.204 ms`. */
export function exactDuration(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? "not measured" : `${exactNumber.format(Number(ms.toFixed(3)))} ms`;
}

/** `$0.0042`, `$1.23`, `$1.2k`; `$0` only when it is nothing at all. */
export function formatUsd(usd: number | null | undefined): string {
  if (usd === null || usd === undefined || !Number.isFinite(usd)) return nothing;
  if (usd === 0) return "$0";
  const size = Math.abs(usd);
  const sign = usd < 0 ? "−" : "";
  if (size < 0.000001) return `${sign}<$0.000001`;
  if (size < 0.995) {
    const digits = Math.min(8, 1 - Math.floor(Math.log10(size)));
    // Cents keep their two places; what is smaller drops the zeros at its end.
    return `${sign}$${digits <= 2 ? size.toFixed(2) : trimZeros(size.toFixed(digits))}`;
  }
  if (size < 999.5) return `${sign}$${size.toFixed(2)}`;
  return `${sign}$${formatCount(size)}`;
}

/** `$0.004213 US dollars`-precise text for a tooltip. */
export function exactUsd(usd: number | null | undefined): string {
  return usd === null || usd === undefined ? "no price known" : `$${trimZeros(usd.toFixed(10))}`;
}

/** `0.42 %`, `12 %`; takes a share between 0 and 1. */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return nothing;
  const percent = share * 100;
  if (percent === 0) return "0 %";
  if (percent < 0.01) return "<0.01 %";
  if (percent > 99.9 && percent < 100) return "99.9 %";
  return `${trimZeros(percent < 1 ? percent.toFixed(2) : percent < 10 ? percent.toFixed(1) : percent.toFixed(0))} %`;
}

/** `12 KB`, `3.4 MB` (powers of 1,024). */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return nothing;
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? value.toFixed(0) : trimZeros(value.toFixed(1))} ${units[unit]}`;
}

/** `+12 %`, `−4 %`, `>+999 %`; null when there is nothing to compare with. */
export function formatChange(current: number | null, previous: number | null): string | null {
  if (current === null || previous === null || previous === 0) return null;
  const percent = ((current - previous) / previous) * 100;
  if (!Number.isFinite(percent)) return null;
  const size = Math.abs(percent);
  if (size < 0.5) return "±0 %";
  // Nothing that is measured falls by more than 100 %.
  if (size >= 999.5) return ">+999 %";
  return `${percent > 0 ? "+" : "−"}${size.toFixed(0)} %`;
}

/** `4 s ago`, `12 min ago`, `3 h ago`, `5 d ago`, then the date. */
export function formatAgo(at: string | number, now: number): string {
  const then = typeof at === "number" ? at : Date.parse(at);
  if (!Number.isFinite(then)) return nothing;
  const seconds = Math.round((now - then) / 1000);
  if (seconds < -5) return `in ${formatDuration(-seconds * 1000)}`;
  if (seconds < 1) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  if (seconds < 86_400 * 14) return `${Math.floor(seconds / 86_400)} d ago`;
  return formatterFor("local", { day: "numeric", month: "short", year: "numeric" }).format(then);
}

/** How long something has been so: `for 4 min`, `since 21 Nov 2026`. */
export function formatLasting(at: string | number, now: number): string {
  const ago = formatAgo(at, now);
  if (ago === nothing) return ago;
  if (ago.endsWith(" ago")) return `for ${ago.slice(0, -" ago".length)}`;
  return /^(?:now|in )/.test(ago) ? "just now" : `since ${ago}`;
}

/** `local` is the reader's own zone; anything else is an IANA name such as `UTC`. */
export type TimeZone = "local" | (string & {});

/** Formatters are costly to make and few are needed: one per zone and shape is kept. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(zone: TimeZone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${Object.keys(options).join()}`;
  const kept = formatters.get(key);
  if (kept !== undefined) return kept;
  const made = new Intl.DateTimeFormat("en-GB", zone === "local" ? options : { ...options, timeZone: zone });
  formatters.set(key, made);
  return made;
}

/** `21 Nov 2026, 14:03:07.482 GMT+1`: unambiguous, with the zone. */
export function formatInstantExact(at: string | number, zone: TimeZone = "local"): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return nothing;
  return formatterFor(zone, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    timeZoneName: "short",
  }).format(date);
}

/** `14:03:07`, or with the day when `withDay`. */
export function formatClock(
  at: string | number,
  {
    zone = "local",
    withDay = false,
    withSeconds = true,
  }: { zone?: TimeZone; withDay?: boolean; withSeconds?: boolean } = {},
): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return nothing;
  return formatterFor(zone, {
    hour: "2-digit",
    minute: "2-digit",
    ...(withSeconds ? { second: "2-digit" } : {}),
    ...(withDay ? { day: "numeric", month: "short" } : {}),
  }).format(date);
}

/** First characters of an id, enough to recognise it. */
export function shortId(id: string): string {
  return id.length > 12 ? id.slice(0, 8) : id;
}
