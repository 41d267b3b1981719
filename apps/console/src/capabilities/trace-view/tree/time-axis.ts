/** The part of a trace that the waterfall shows, in milliseconds since the trace began. */
export interface TimeWindow {
  fromMs: number;
  toMs: number;
}

export interface Tick {
  atMs: number;
  label: string;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const stepsAboveSecondMs = [
  1000,
  2000,
  5000,
  10_000,
  15_000,
  30_000,
  minuteMs,
  2 * minuteMs,
  5 * minuteMs,
  10 * minuteMs,
  15 * minuteMs,
  30 * minuteMs,
  hourMs,
  2 * hourMs,
  3 * hourMs,
  6 * hourMs,
  12 * hourMs,
  24 * hourMs,
];

/** The smallest step a person can count in (1, 2, 5 below a second; clock units above) that is at least `leastMs`. */
export function tickStepMs(leastMs: number): number {
  if (!(leastMs > 0)) return 1;
  const clock = stepsAboveSecondMs.find((stepMs) => stepMs >= leastMs);
  if (leastMs > 500) return clock ?? Math.ceil(leastMs / (24 * hourMs)) * 24 * hourMs;
  const power = 10 ** Math.floor(Math.log10(leastMs));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= leastMs * 0.999_999) ?? 10;
  return factor * power;
}

const trim = (value: number, decimals: number): string => String(Number(value.toFixed(decimals)));

/** Labels an instant in the unit of the step, so that all ticks of an axis read alike. */
function tickLabel(atMs: number, stepMs: number): string {
  if (atMs === 0) return "0";
  if (stepMs < 0.1) return `${trim(atMs * 1000, 2)} µs`;
  if (stepMs < 500) return atMs < 10_000 ? `${trim(atMs, 1)} ms` : `${trim(atMs / 1000, 3)} s`;
  if (stepMs < minuteMs) return atMs < 2 * minuteMs ? `${trim(atMs / 1000, 1)} s` : clockLabel(atMs);
  return stepMs < hourMs && atMs < hourMs ? `${trim(atMs / minuteMs, 1)} min` : clockLabel(atMs);
}

function clockLabel(atMs: number): string {
  const seconds = Math.round(atMs / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Ticks at round instants inside a window, at least `gapPx` apart. */
export function axisTicks(options: { window: TimeWindow; widthPx: number; gapPx?: number }): Tick[] {
  const { window, widthPx, gapPx = 72 } = options;
  const rangeMs = window.toMs - window.fromMs;
  if (!(rangeMs > 0) || widthPx < gapPx) return [{ atMs: window.fromMs, label: tickLabel(window.fromMs, 1) }];
  const stepMs = tickStepMs((rangeMs * gapPx) / widthPx);
  const ticks: Tick[] = [];
  for (let count = Math.ceil(window.fromMs / stepMs - 1e-9); ; count += 1) {
    const atMs = count * stepMs;
    if (atMs > window.toMs + stepMs * 1e-9) return ticks;
    ticks.push({ atMs, label: tickLabel(atMs, stepMs) });
  }
}

/** Where an instant lies in a window: 0 at its left edge, 1 at its right; outside it beyond those. */
export function positionIn(window: TimeWindow, atMs: number): number {
  const rangeMs = window.toMs - window.fromMs;
  return rangeMs > 0 ? (atMs - window.fromMs) / rangeMs : 0;
}

/** Zooms around an instant. A factor below 1 zooms in. The window never leaves the trace. */
export function zoomWindow(options: {
  window: TimeWindow;
  aroundMs: number;
  factor: number;
  durationMs: number;
}): TimeWindow {
  const { window, aroundMs, factor, durationMs } = options;
  const leastMs = Math.max(durationMs / 10_000, 0.001);
  const rangeMs = Math.min(durationMs, Math.max(leastMs, (window.toMs - window.fromMs) * factor));
  const share = positionIn(window, aroundMs);
  return clampWindow(
    { fromMs: aroundMs - share * rangeMs, toMs: aroundMs + (1 - share) * rangeMs },
    durationMs,
  );
}

/** Moves a window back inside the trace, keeping its length where that fits. */
export function clampWindow(window: TimeWindow, durationMs: number): TimeWindow {
  const rangeMs = Math.min(durationMs, window.toMs - window.fromMs);
  const fromMs = Math.min(Math.max(0, window.fromMs), durationMs - rangeMs);
  return { fromMs, toMs: fromMs + rangeMs };
}
