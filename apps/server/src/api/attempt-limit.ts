import { ApiError } from "../errors.ts";

const windowMs = 60_000;
const attemptsMax = 10;
const addressesMax = 10_000;

/** Counts attempts per client address in windows of a minute. */
export interface AttemptLimit {
  /** Counts one attempt; throws `too_many_attempts` when the address has had its share. */
  take(address: string): void;
}

/** Allows ten attempts a minute for each address. */
export function createAttemptLimit(now: () => number): AttemptLimit {
  const windows = new Map<string, { startedAt: number; attempts: number }>();
  return {
    take(address) {
      const current = now();
      let window = windows.get(address);
      if (!window || current - window.startedAt >= windowMs) {
        if (windows.size >= addressesMax) windows.clear();
        window = { startedAt: current, attempts: 0 };
        windows.set(address, window);
      }
      window.attempts += 1;
      if (window.attempts <= attemptsMax) return;
      const waitSeconds = Math.ceil((window.startedAt + windowMs - current) / 1000);
      throw new ApiError({
        code: "too_many_attempts",
        status: 429,
        title: "Too many attempts",
        detail: `More than ${attemptsMax} sign-in attempts came from this address within a minute.`,
        mend: `Wait ${waitSeconds} s, then use a fresh link from "weir link".`,
        headers: { "retry-after": String(waitSeconds) },
      });
    },
  };
}
