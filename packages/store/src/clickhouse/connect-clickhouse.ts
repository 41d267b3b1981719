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
  /** Makes the URL's database, if it is not there. */
  ensureDatabase(): Promise<void>;
  close(): Promise<void>;
  /** The client beneath, for what the above does not cover. */
  readonly client: ClickHouseClient;
}

/** Failures are reported by whoever asked; the client's own log would say them twice. */
const noLog = { level: 127 } as const;
/** An exception code of ClickHouse. */
const unknownDatabase = 81;

/**
 * Connects to ClickHouse over HTTP, embedded or not. The database is the URL's path, or its parameter `database`; it is
 * made by the migrations.
 * @throws StoreError `clickhouse_unavailable`, `clickhouse_timeout`, `clickhouse_too_large`, `clickhouse_cancelled`,
 *   `clickhouse_failed`, `row_unexpected`
 */
export function connectClickHouse(options: { url: string; requestTimeoutMs?: number }): ClickHouse {
  const address = readAddress(options.url);
  const client = createClient({
    ...address,
    application: "weir",
    request_timeout: options.requestTimeoutMs ?? 70_000,
    max_open_connections: 16,
    // The embedded engine closes idle connections after 30 s, servers after 3 to 10: go first.
    keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    log: noLog,
  });
  const hasDatabase = async () => {
    try {
      await guarded(() => client.command({ query: "SELECT 1" }));
      return true;
    } catch (error) {
      if (exceptionCodeOf(error) === unknownDatabase) return false;
      throw error;
    }
  };
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
      // The server answers also when the database is still to be made.
      await hasDatabase();
    },
    async ensureDatabase() {
      // Whoever may not make databases is often given one.
      if (!(await hasDatabase())) await createDatabase(address);
    },
    close: () => client.close(),
  };
}

interface Address {
  url: string;
  database: string;
}

/** ClickHouse's own interface takes user, password and database as parameters; the client library does not. */
function readAddress(text: string): Address {
  const url = new URL(text);
  const take = (name: string) => {
    const value = url.searchParams.get(name);
    url.searchParams.delete(name);
    return value;
  };
  url.username = encodeURIComponent(take("user") ?? decodeURIComponent(url.username));
  url.password = encodeURIComponent(take("password") ?? decodeURIComponent(url.password));
  const path = decodeURIComponent(url.pathname.replaceAll(/^\/+|\/+$/g, ""));
  url.pathname = "/";
  return { database: take("database") || path || "default", url: url.href };
}

async function createDatabase(address: Address): Promise<void> {
  const { database } = address;
  // A statement that names a database which is not there is refused, even the one that would make it.
  const client = createClient({ ...address, database: "default", log: noLog });
  try {
    await client.command({
      query: "CREATE DATABASE IF NOT EXISTS {database:Identifier}",
      query_params: { database },
    });
  } catch (cause) {
    const { code, message } = asStoreError(cause);
    throw new StoreError({
      code,
      message: `The database ${JSON.stringify(database)} is not there and could not be made. ${message}`,
      cause,
    });
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

/** READONLY and ACCESS_DENIED: only a server of one's own refuses us. */
const deniedExceptions = new Set([164, 497]);
const rightsMend = "The rights that Weir's user needs are listed in docs/operating/running.md.";

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
  const message = `ClickHouse: ${messageOf(cause).trim()}`;
  if (exception !== null && deniedExceptions.has(exception)) {
    return new StoreError({ code: "clickhouse_failed", message: `${message} ${rightsMend}`, cause });
  }
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
