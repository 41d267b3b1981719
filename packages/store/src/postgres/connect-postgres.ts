import pg from "pg";
import { z } from "zod";
import { messageOf, StoreError, systemCodeOf } from "../errors.ts";

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
  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<Result>(work: (session: PostgresSession) => Promise<Result>): Promise<Result>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

interface Queryable {
  query(sql: string, params: unknown[]): Promise<{ rows: unknown[]; rowCount: number | null }>;
}

const lockTimeoutMs = 10_000;
const idleInTransactionTimeoutMs = 60_000;
/** A server that has gone silent, or a pooler without a free connection, cancels nothing: then we give up. */
const answerGraceMs = 5_000;

/**
 * A pool of connections, to a server or to a pooler in front of it. Nothing waits for ever: not for a free connection,
 * not for a lock, not for a statement, not for an answer.
 * @throws StoreError `postgres_unavailable`, `postgres_conflict` (a unique or foreign key says no), `postgres_failed`,
 *   `row_unexpected`
 */
export function connectPostgres(options: {
  url: string;
  poolMax?: number;
  statementTimeoutMs?: number;
}): Postgres {
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolMax ?? 10,
    application_name: "weir",
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    query_timeout: statementTimeoutMs + answerGraceMs,
    allowExitOnIdle: true,
  });
  // A connection that dies while idle is simply not used again; the next query opens one or says why it cannot.
  pool.on("error", () => undefined);
  // The server's limits go with each transaction: poolers such as PgBouncer refuse them at the start of a connection,
  // and share sessions, so that what is set in one would bind somebody else.
  const begin = `BEGIN; SET LOCAL statement_timeout = ${statementTimeoutMs}; SET LOCAL lock_timeout = ${lockTimeoutMs};
    SET LOCAL idle_in_transaction_session_timeout = ${idleInTransactionTimeoutMs}`;
  const transaction: Postgres["transaction"] = (work) => runTransaction({ pool, begin, work });
  const execute: Postgres["execute"] = (statement) => transaction((session) => session.execute(statement));
  return {
    query: (statement) => transaction((session) => session.query(statement)),
    execute,
    transaction,
    ping: async () => {
      await execute({ sql: "SELECT 1" });
    },
    close: () => pool.end(),
  };
}

function createSession(target: Queryable): PostgresSession {
  return {
    async query({ sql, params, row }) {
      const { rows } = await run(target, sql, params);
      const parsed = z.array(row).safeParse(rows);
      if (parsed.success) return parsed.data;
      throw new StoreError({
        code: "row_unexpected",
        message: `Postgres answered a row of another form: ${z.prettifyError(parsed.error)}`,
        cause: parsed.error,
      });
    },
    async execute({ sql, params }) {
      return (await run(target, sql, params)).rowCount ?? 0;
    },
  };
}

async function run(target: Queryable, sql: string, params?: readonly unknown[]) {
  try {
    return await target.query(sql, [...(params ?? [])]);
  } catch (error) {
    throw asStoreError(error);
  }
}

async function runTransaction<Result>(options: {
  pool: pg.Pool;
  begin: string;
  work: (session: PostgresSession) => Promise<Result>;
}): Promise<Result> {
  const { pool, begin, work } = options;
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw asStoreError(error);
  }
  let broken: Error | undefined;
  // While it is checked out nobody else listens, and a connection that is lost would end the process.
  const lost = (error: Error) => {
    broken = error;
  };
  client.on("error", lost);
  try {
    await run(client, begin);
    // What `work` throws is its own: its queries have told what Postgres said already.
    const result = await work(createSession(client));
    await run(client, "COMMIT");
    return result;
  } catch (error) {
    // A connection that is silent, or cannot even roll back, is thrown away, which rolls back too.
    if (error instanceof StoreError && error.code === "postgres_unavailable") broken = error;
    else {
      await client.query("ROLLBACK").catch((cause: unknown) => {
        broken = cause instanceof Error ? cause : new Error(String(cause));
      });
    }
    throw error;
  } finally {
    client.release(broken);
    // One that is thrown away may have more to say.
    if (broken === undefined) client.off("error", lost);
  }
}

/** SQLSTATE classes: 08 connection, 28 and 3D sign-in and database, 57P0x shutdown, 53 resources; 23 integrity. */
const unavailableStates = /^(08|28|3D|57P0|53300|55P03|57014)/;

function asStoreError(cause: unknown): StoreError {
  const state = systemCodeOf(cause);
  const message = `Postgres: ${messageOf(cause)}`;
  if (state.startsWith("23")) return new StoreError({ code: "postgres_conflict", message, cause });
  // What the server did not say itself is about the way to it: its name, its port, its certificate.
  const away =
    cause instanceof pg.DatabaseError
      ? unavailableStates.test(state)
      : state !== "" || /timeout|terminated|Client has encountered|SSL/i.test(message);
  return new StoreError({ code: away ? "postgres_unavailable" : "postgres_failed", message, cause });
}
