import type { Limits, Snapshot, SpanRecord } from "@weir/schema";
import type { TakenExportsMemory } from "./record/taken-exports.ts";

/**
 * Where records go. `append` returns after the record is in the operating system's hands, so that a killed
 * process keeps it; the gateway calls it before it sends the last bytes of an answer.
 */
export interface Recorder {
  /**
   * Takes any text, as half of a surrogate pair, which JSON can express and UTF-8 cannot. False when a record could
   * not be written (disk or spool full): the call goes on, and health says so. Never throws.
   */
  append(records: readonly SpanRecord[]): boolean;
  /**
   * Stores bytes under their SHA-256 (64 hex digits), once, and that the project brought them; null when they could not
   * be written. Never throws.
   */
  storeBlob(blob: { projectId: string; bytes: Uint8Array; mediaType: string }): string | null;
}

/** The newest compiled configuration; the object never changes, it is replaced. */
export interface SnapshotSource {
  current(): Snapshot;
}

export interface Clock {
  /** Milliseconds since 1970 UTC, with a fraction of at least microseconds; never set, so that durations hold. */
  nowMs(): number;
  /** The same instant by the system's time, which may have been set meanwhile. */
  dateMs(atMs: number): number;
}

/** Where everything that is no model call goes: the control server's unix socket. */
export interface ControlTarget {
  socketPath: string;
  /**
   * True when only a proxy reaches this port: its `x-forwarded-for`, `-host` and `-proto` are believed. Otherwise
   * they are replaced by what the connection shows.
   */
  trustProxy?: boolean;
}

export interface GatewayPorts {
  recorder: Recorder;
  snapshot: SnapshotSource;
  clock: Clock;
  control: ControlTarget;
  limits: Limits;
  /** Takes what went wrong in the gateway itself, for the log; `traceId` is empty outside a call. Never throws. */
  reportFault?(fault: { cause: unknown; traceId: string }): void;
  /** Memory to count in (`createCounters().buffer`), so that another thread can read it; own memory when absent. */
  counters?: SharedArrayBuffer;
  /** Where all threads remember the OTLP exports they took; own memory when absent. */
  takenExports?: TakenExportsMemory;
}
