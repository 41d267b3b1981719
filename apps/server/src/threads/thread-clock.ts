/** Below this the two clocks may differ: a small correction is not worth a jump between two calls. */
const differenceMaxMs = 100;

export interface ThreadClock {
  /** Milliseconds since 1970 UTC, with fractions, as the system's time was when the thread began. Never set. */
  nowMs(): number;
  /** The same instant by the system's time as it is now. */
  dateMs(atMs: number): number;
  /** Looks whether the system's time has moved away: after a suspend, a paused machine, a clock set anew. */
  follow(): void;
}

/** A clock as fine and even as the monotonic one, whose dates do not stay behind the system's. */
export function createThreadClock(source: {
  systemMs: () => number;
  monotonicMs: () => number;
}): ThreadClock {
  const offsetMs = source.systemMs() - source.monotonicMs();
  let correctionMs = 0;
  return {
    nowMs: () => offsetMs + source.monotonicMs(),
    dateMs: (atMs) => atMs + correctionMs,
    follow() {
      const measuredMs = source.systemMs() - source.monotonicMs() - offsetMs;
      if (Math.abs(measuredMs - correctionMs) > differenceMaxMs) correctionMs = measuredMs;
    },
  };
}
