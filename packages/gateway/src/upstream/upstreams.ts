import { Pool } from "undici";
import type { Limits } from "@weir/schema";

/** Connections to providers, one pool per origin. */
export interface Upstreams {
  pool(origin: string): Pool;
  /** Cuts whatever is still open. */
  close(): Promise<void>;
}

/**
 * How long an idle connection is kept when the provider gives no hint. Plain http means a model server near by,
 * and some of these (uvicorn) close after 5 s without a word: a call sent at that moment is lost. With https the
 * handshake is what costs.
 */
const idlePlainMs = 4_000;
const idleTlsMs = 60_000;
const connectTimeoutMs = 10_000;

export function createUpstreams(limits: Limits): Upstreams {
  const pools = new Map<string, Pool>();
  return {
    pool(origin) {
      const existing = pools.get(origin);
      if (existing !== undefined) return existing;
      const pool = new Pool(origin, {
        connections: null,
        pipelining: 1,
        allowH2: false,
        keepAliveTimeout: origin.startsWith("https:") ? idleTlsMs : idlePlainMs,
        headersTimeout: limits.upstreamHeadersTimeoutMs,
        bodyTimeout: limits.upstreamIdleTimeoutMs,
        connect: { timeout: connectTimeoutMs, noDelay: true },
      });
      pools.set(origin, pool);
      return pool;
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}
