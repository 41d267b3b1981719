/** Time and waiting, as the simulator is given them. */
export interface Pace {
  nowMs(): number;
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

/** When the n-th token of an answer is due. */
export interface Schedule {
  startedAtMs: number;
  /** Milliseconds to the first token. */
  ttft: number;
  /** Tokens per second; 0 makes all of them due with the first. */
  rate: number;
}

export function dueAtMs(schedule: Schedule, index: number): number {
  const sinceFirst = schedule.rate === 0 ? 0 : (index * 1000) / schedule.rate;
  return schedule.startedAtMs + schedule.ttft + sinceFirst;
}

/** Tokens from `from` on that are due at an instant. */
export function dueCount(
  schedule: Schedule,
  options: { from: number; total: number; nowMs: number },
): number {
  const { from, total, nowMs } = options;
  if (schedule.rate === 0) return total - from;
  let count = 0;
  while (from + count < total && dueAtMs(schedule, from + count) <= nowMs) count += 1;
  return count;
}

/**
 * Waits for an instant. It is always the schedule's own and never "so long after the last token", so lateness
 * of one token does not move the following ones. Throws the signal's reason when the caller goes away.
 */
export async function waitUntil(pace: Pace, atMs: number, signal: AbortSignal | undefined): Promise<void> {
  for (let remaining = atMs - pace.nowMs(); remaining > 0; remaining = atMs - pace.nowMs()) {
    signal?.throwIfAborted();
    await pace.sleep(remaining, signal);
  }
  signal?.throwIfAborted();
}
