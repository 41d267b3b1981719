import { ClickHouseError, createClient, type ClickHouseClient } from "@clickhouse/client";
import { z } from "zod";
import { messageOf, StoreError, systemCodeOf, type StoreErrorCode } from "../errors.ts";

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
  /** A statement without rows: DDL, `ALTER … DELETE`, `INSERT … SELECT`. */
  execute(statement: {
    sql: string;
    params?: Record<string, unknown>;
    settings?: ClickHouseSettings;
  }): Promise<void>;
  ping(): Promise<void>;
  /** Makes the database that the URL's path names, if it is not there. */
  ensureDatabase(): Promise<void>;
  close(): Promise<void>;
  /** The client beneath, for what the above does not cover. */
  readonly client: ClickHouseClient;
}

/**
 * Connects to ClickHouse over HTTP, embedded or not. The database is the URL's path; it is made by the migrations.
 * @throws StoreError `clickhouse_unavailable`, `clickhouse_timeout`, `clickhouse_too_large`, `clickhouse_cancelled`,
 *   `clickhouse_failed`, `row_unexpected`
 */
export function connectClickHouse(options: { url: string; requestTimeoutMs?: number }): ClickHouse {
  const client = createClient({
    url: options.url,
    application: "weir",
    request_timeout: options.requestTimeoutMs ?? 70_000,
    max_open_connections: 16,
    // The embedded engine closes idle connections after 30 s, servers after 3 to 10: go first.
    keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    // Failures are reported by whoever asked; the client's own log would say them twice.
    log: { level: 127 },
  });
  return {
    client,
    async query({ sql, params, settings, signal, row }) {
      const rows = await guarded(async () => {
        const result = await client.query({
          query: sql,
          format: "JSONEachRow",
          ...(params === undefined ? {} : { query_params: params }),
          ...(settings === undefined ? {} : { clickhouse_settings: asText(settings) }),
          ...(signal === undefined ? {} : { abort_signal: signal }),
        });
        return result.json();
      });
      const parsed = z.array(row).safeParse(rows);
      if (parsed.success) return parsed.data;
      throw new StoreError({
        code: "row_unexpected",
        message: `ClickHouse answered a row of another form: ${z.prettifyError(parsed.error)}`,
        cause: parsed.error,
      });
    },
    async execute({ sql, params, settings }) {
      await guarded(() =>
        client.command({
          query: sql,
          ...(params === undefined ? {} : { query_params: params }),
          ...(settings === undefined ? {} : { clickhouse_settings: asText(settings) }),
        }),
      );
    },
    async ping() {
      await guarded(() => client.command({ query: "SELECT 1" }));
    },
    ensureDatabase: () => ensureDatabase(options.url),
    close: () => client.close(),
  };
}

async function ensureDatabase(url: string): Promise<void> {
  const withoutDatabase = new URL(url);
  const database = decodeURIComponent(withoutDatabase.pathname.slice(1)) || "default";
  // A statement that names a database which is not there is refused, even the one that would make it.
  withoutDatabase.pathname = "/";
  const client = createClient({ url: withoutDatabase });
  try {
    await guarded(() =>
      client.command({
        query: "CREATE DATABASE IF NOT EXISTS {database:Identifier}",
        query_params: { database },
      }),
    );
  } finally {
    await client.close();
  }
}

function asText(settings: ClickHouseSettings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      value === true ? "1" : value === false ? "0" : String(value),
    ]),
  );
}

async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw asStoreError(cause);
  }
}

/** The exception code of a ClickHouse error; null when the failure was not ClickHouse's answer. */
export function exceptionCodeOf(error: unknown): number | null {
  if (error instanceof ClickHouseError) return Number(error.code);
  if (error instanceof StoreError) return exceptionCodeOf(error.cause);
  return null;
}

const codeByException: Record<number, StoreErrorCode> = {
  159: "clickhouse_timeout",
  158: "clickhouse_too_large",
  241: "clickhouse_too_large",
  307: "clickhouse_too_large",
  396: "clickhouse_too_large",
  394: "clickhouse_cancelled",
  202: "clickhouse_unavailable",
  236: "clickhouse_unavailable",
  516: "clickhouse_unavailable",
};

function asStoreError(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const exception = exceptionCodeOf(cause);
  const message = `ClickHouse: ${messageOf(cause)}`;
  if (exception !== null) {
    return new StoreError({ code: codeByException[exception] ?? "clickhouse_failed", message, cause });
  }
  if (/abort/i.test(messageOf(cause)))
    return new StoreError({ code: "clickhouse_cancelled", message, cause });
  if (/timeout/i.test(messageOf(cause)) && systemCodeOf(cause) === "") {
    return new StoreError({ code: "clickhouse_timeout", message, cause });
  }
  return new StoreError({ code: "clickhouse_unavailable", message, cause });
}
