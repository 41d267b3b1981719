import type { Limits, Snapshot } from "@weir/schema";
import type { SpoolGauge } from "@weir/store";

/** What a gateway thread is started with. */
export interface GatewayThreadData {
  /** Unique among the living threads: names its spool segments. */
  producer: string;
  host: string;
  port: number;
  controlSocket: string;
  /** Believe the `x-forwarded` headers of a proxy in front. */
  trustProxy: boolean;
  spoolFolder: string;
  blobFolder: string;
  limits: Limits;
  snapshot: Snapshot;
  spoolGauge: SpoolGauge;
  /** The thread's counters; a thread that replaces another goes on counting in the same memory. */
  counters: SharedArrayBuffer;
  /** Which OTLP exports were taken, shared by all threads, and the file that keeps it. */
  takenExports: { buffer: SharedArrayBuffer; file: string };
}

/** From the main thread to a gateway thread. */
export type ToGatewayThread = { type: "snapshot"; snapshot: Snapshot } | { type: "drain" };

/** From a gateway thread to the main thread. */
export type FromGatewayThread =
  | { type: "listening"; port: number }
  | { type: "snapshot-applied"; version: number }
  | { type: "keys-used"; uses: { keyId: string; usedAtMs: number }[] }
  /** What went wrong in the gateway itself; `traceId` is empty outside a call. */
  | { type: "fault"; traceId: string; detail: string }
  /** Why records cannot be written now; empty when they can again. */
  | { type: "recording"; problem: string };
