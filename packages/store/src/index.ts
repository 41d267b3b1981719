export { createBlobStore, type BlobStore } from "./blob-store.ts";
export {
  connectClickHouse,
  type ClickHouse,
  type ClickHouseSettings,
} from "./clickhouse/connect-clickhouse.ts";
export { startClickHouse } from "./clickhouse/start-clickhouse.ts";
export type { EngineExit, EngineProcess } from "./engine-process.ts";
export { StoreError, type StoreErrorCode } from "./errors.ts";
export { loadFileMemory, openFileMemory } from "./file-memory.ts";
export type { StoreLog } from "./log.ts";
export { migrateClickHouse } from "./migrations/migrate-clickhouse.ts";
export { migratePostgres } from "./migrations/migrate-postgres.ts";
export type { MigrationReport } from "./migrations/migration-files.ts";
export { connectPostgres, type Postgres, type PostgresSession } from "./postgres/connect-postgres.ts";
export { startPostgres } from "./postgres/start-postgres.ts";
export { createRecorder, type SpoolRecorder } from "./recorder.ts";
export { listDeadLetters } from "./spool/dead-letters.ts";
export { spoolInsertMark } from "./spool/ship-lines.ts";
export { recoverSpool, type SpoolRecovery } from "./spool/recover-spool.ts";
export { createShipper, type Shipper, type ShipperStats } from "./spool/shipper.ts";
export { createSpoolGauge, readSpoolGauge, type SpoolGauge } from "./spool/spool-gauge.ts";
export {
  createSpoolWriter,
  type SpoolLimits,
  type SpoolWriter,
  type SpoolWriterStats,
} from "./spool/spool-writer.ts";
