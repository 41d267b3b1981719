import type { ClickHouseClient } from "@clickhouse/client";
import type { SpanRecord } from "@weir/schema";
import type { z } from "zod";

// ---- Engines -----------------------------------------------------------------------------------------------

/** What the engines and the shipper say; pino's loggers fit. */
export interface StoreLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** How a child ended. */
export interface EngineExit {
  code: number | null;
  signal: string | null;
  /** True when `stop` asked for it. */
  expected: boolean;
  /** The last lines the engine said. */
  tail: string;
}

/** A running engine. `url` stays the same as long as the process lives; a restart has a new one. */
export interface EngineProcess {
  readonly url: string;
  readonly pid: number;
  /** Calls back once, also when the process has ended already. */
  onExit(listener: (exit: EngineExit) => void): void;
  /** Stops in order; resolves when the process is gone. Safe to call twice. */
  stop(): Promise<void>;
}

export declare function startPostgres(options: { directory: string; log: StoreLog }): Promise<EngineProcess>;
export declare function startClickHouse(options: {
  directory: string;
  log: StoreLog;
}): Promise<EngineProcess>;

// ---- Connections -------------------------------------------------------------------------------------------

export interface PostgresSession {
  /** Rows parsed by `row`; parameters are `$1`, `$2` … */
  query<Row extends z.ZodType>(statement: {
    sql: string;
    params?: readonly unknown[];
    row: Row;
  }): Promise<z.output<Row>[]>;
  /** A statement whose rows nobody reads; returns how many rows it touched. */
  execute(statement: { sql: string; params?: readonly unknown[] }): Promise<number>;
}

export interface Postgres extends PostgresSession {
  transaction<Result>(work: (session: PostgresSession) => Promise<Result>): Promise<Result>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
export declare function connectPostgres(options: {
  url: string;
  poolMax?: number;
  statementTimeoutMs?: number;
}): Postgres;

export type ClickHouseSettings = Record<string, string | number | boolean>;

export interface ClickHouse {
  /** Rows (as JSONEachRow gives them) parsed by `row`; parameters are `{name:Type}`. */
  query<Row extends z.ZodType>(statement: {
    sql: string;
    params?: Record<string, unknown>;
    settings?: ClickHouseSettings;
    signal?: AbortSignal;
    row: Row;
  }): Promise<z.output<Row>[]>;
  execute(statement: {
    sql: string;
    params?: Record<string, unknown>;
    settings?: ClickHouseSettings;
  }): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
  /** The client beneath, for what the above does not cover. */
  readonly client: ClickHouseClient;
}
export declare function connectClickHouse(options: { url: string; requestTimeoutMs?: number }): ClickHouse;

// ---- Migrations --------------------------------------------------------------------------------------------

export interface MigrationReport {
  applied: string[];
  version: number;
}
export declare function migratePostgres(options: {
  postgres: Postgres;
  log: StoreLog;
}): Promise<MigrationReport>;
export declare function migrateClickHouse(options: {
  clickhouse: ClickHouse;
  log: StoreLog;
}): Promise<MigrationReport>;

// ---- Spool -------------------------------------------------------------------------------------------------

/**
 * Bytes waiting in the spool and records that could not be written, seen by every thread of one process.
 * Make it once in the main thread and hand it to workers as `workerData`.
 */
export type SpoolGauge = SharedArrayBuffer;
export declare function createSpoolGauge(): SpoolGauge;
export declare function readSpoolGauge(gauge: SpoolGauge): { bytes: number; unrecorded: number };

export interface SpoolLimits {
  spoolMaxBytes: number;
  segmentMaxBytes: number;
  segmentMaxAgeMs: number;
}
export interface SpoolWriterStats {
  appendedLines: number;
  appendedBytes: number;
  sealedSegments: number;
  /** Lines for which `append` returned false. */
  unrecorded: number;
  /** Why the last append failed; empty when the last one succeeded. */
  problem: string;
}
export interface SpoolWriter {
  /** Whole JSON lines, without newlines. One synchronous write. False when nothing was written. Never throws. */
  append(lines: readonly (string | Uint8Array)[]): boolean;
  seal(): void;
  close(): void;
  stats(): SpoolWriterStats;
}
export declare function createSpoolWriter(options: {
  directory: string;
  /** `[a-z0-9-]+`, unique among living producers, e.g. `gateway-1`. */
  producer: string;
  limits: SpoolLimits;
  gauge?: SpoolGauge;
  clock?: { nowMs(): number };
}): SpoolWriter;

/** Call once at start, before any writer: truncates and seals what a killed process left open. */
export declare function recoverSpool(options: {
  directory: string;
  gauge?: SpoolGauge;
}): Promise<{ sealed: number; bytes: number; truncatedBytes: number }>;

export interface ShipperStats {
  segments: number;
  bytes: number;
  oldestAgeMs: number;
  deadLines: number;
  shippedSegments: number;
  shippedBytes: number;
  /** Why nothing is shipped now; empty when shipping works. */
  problem: string;
  /** Since when, ISO 8601; null when shipping works. */
  problemSince: string | null;
}
export interface Shipper {
  start(): void;
  /** Looks for segments at once, e.g. when ClickHouse is back. */
  wake(): void;
  /** Ends after the insert in flight. */
  stop(): Promise<void>;
  /** Resolves once every segment sealed before the call is in ClickHouse (or dead). */
  drain(): Promise<void>;
  stats(): ShipperStats;
}
export declare function createShipper(options: {
  directory: string;
  /** Asked before each insert, so that a restarted engine's new URL is picked up; null while it is away. */
  clickhouse: () => ClickHouse | null;
  log: StoreLog;
  gauge?: SpoolGauge;
}): Shipper;

// ---- Blobs and the recorder --------------------------------------------------------------------------------

export interface BlobStore {
  /** The SHA-256 in hex; null when it could not be written. Synchronous, never throws. */
  write(blob: { bytes: Uint8Array; mediaType: string }): string | null;
  /** Null when there is none of that name. */
  read(sha256: string): Promise<{ bytes: Buffer; mediaType: string } | null>;
}
export declare function createBlobStore(options: { directory: string; blobMaxBytes?: number }): BlobStore;

/** Fits the gateway's `Recorder` port. */
export interface SpoolRecorder {
  append(records: readonly SpanRecord[]): boolean;
  storeBlob(blob: { bytes: Uint8Array; mediaType: string }): string | null;
}
export declare function createRecorder(options: { spool: SpoolWriter; blobs: BlobStore }): SpoolRecorder;
