import type { Logger } from "pino";
import { touchKeys } from "../capabilities/keys/queries.ts";
import type { Postgres } from "../capability.ts";

const flushEveryMs = 5_000;

/** Collects when keys were last used and writes it in batches, away from the calls. */
export interface KeyUses {
  note(uses: readonly { keyId: string; usedAtMs: number }[]): void;
  flush(): Promise<void>;
  stop(): void;
}

export function createKeyUses(options: { postgres: Postgres; log: Logger }): KeyUses {
  let pending = new Map<string, number>();
  const flush = async () => {
    if (pending.size === 0) return;
    const uses = pending;
    pending = new Map();
    try {
      await touchKeys(
        options.postgres,
        [...uses].map(([keyId, usedAtMs]) => ({ keyId, usedAt: new Date(usedAtMs).toISOString() })),
      );
    } catch (error) {
      // Put back, unless a newer use has come in: it is written once Postgres is there again.
      for (const [keyId, usedAtMs] of uses) if (!pending.has(keyId)) pending.set(keyId, usedAtMs);
      options.log.debug({ err: error }, "The last uses of keys could not be written yet");
    }
  };
  const timer = setInterval(() => void flush(), flushEveryMs);
  timer.unref();
  return {
    note(uses) {
      for (const { keyId, usedAtMs } of uses) pending.set(keyId, usedAtMs);
    },
    flush,
    stop: () => clearInterval(timer),
  };
}
