import type { Call } from "../call.ts";

/** Holds the upstream while the caller does not read, and gives the caller up when it never does. */
export interface BackPressure {
  /** Writes to the caller; slows the upstream down when it has to. */
  write(bytes: Uint8Array): void;
  stop(): void;
}

export function createBackPressure(call: Call): BackPressure {
  const { res, gate } = call;
  let stalled: NodeJS.Timeout | null = null;
  let listening = false;
  const release = (): void => {
    if (stalled === null) return;
    clearTimeout(stalled);
    stalled = null;
    call.upstream?.resume();
  };
  return {
    write(bytes) {
      gate.counters.add("sentBytes", bytes.length);
      if (res.write(bytes) || stalled !== null) return;
      call.upstream?.pause();
      stalled = setTimeout(() => res.destroy(), gate.ports.limits.clientIdleTimeoutMs);
      if (listening) return;
      listening = true;
      res.on("drain", release);
    },
    stop() {
      if (stalled !== null) clearTimeout(stalled);
      stalled = null;
    },
  };
}
