import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Session } from "chdb";
import {
  baselineSettings,
  engineConfigXml,
  readLaneMax,
  writeLaneMax,
  type EngineLimits,
} from "./engine-config.ts";
import { asEngineException, forgetFile, makeException } from "./exception.ts";
import type { InsertBody } from "./insert-body.ts";
import { SessionPool, type PooledSession } from "./session-pool.ts";
import { insertFromFile, quote, setStatement, statementKind, type InsertTarget } from "./statement.ts";

export interface StatementRequest {
  sql: string;
  database: string;
  /** Checked names; values as text. */
  settings: Record<string, string>;
  /** Parameter values in ClickHouse's escaped text form, by name. */
  params: Record<string, string>;
  defaultFormat: string;
  /** The data of an insert, apart from its statement. */
  data?: { target: InsertTarget; body: InsertBody };
  signal: AbortSignal;
}

export interface StatementResult {
  bytes: Uint8Array;
  readRows: number;
  readBytes: number;
  writtenRows: number;
  writtenBytes: number;
  elapsedSeconds: number;
}

interface Written {
  rows: number;
  bytes: number;
  elapsed: number;
}

const purgeAfterIdleMs = 3_000;

/** The one engine of this process: chdb on a directory. */
export class Engine {
  readonly version: string;
  readonly #directory: string;
  readonly #baseline: Record<string, string>;
  readonly #connectionArgs: string[];
  readonly #admin: Session;
  readonly #health: Session;
  readonly #reads: SessionPool;
  readonly #writes: SessionPool;
  #databases = new WeakMap<Session, string>();
  #statements = 0;
  #purgeTimer: NodeJS.Timeout | undefined;
  #sequence = 0;

  constructor(options: { directory: string; limits: EngineLimits }) {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    const config = join(options.directory, "engine.xml");
    writeFileSync(config, engineConfigXml(options.limits), { mode: 0o600 });
    this.#directory = join(options.directory, "data");
    this.#connectionArgs = [`--config-file=${config}`];
    this.#baseline = baselineSettings(options.limits);
    this.#admin = this.#openSession();
    this.#health = this.#openSession();
    this.version = this.#admin.query("SELECT version()", "TSV").trim();
    this.#admin.query("CREATE DATABASE IF NOT EXISTS weir", "TSV");
    const open = () => this.#openSession();
    this.#reads = new SessionPool({ open, max: readLaneMax });
    this.#writes = new SessionPool({ open, max: writeLaneMax });
  }

  get running(): number {
    return this.#statements;
  }

  async probe(): Promise<void> {
    await this.#health.queryAsync("SELECT 1", { format: "TSV" });
  }

  async run(request: StatementRequest): Promise<StatementResult> {
    const kind = statementKind(request.sql);
    const lane = kind === "read" ? this.#reads : this.#writes;
    this.#statements += 1;
    clearTimeout(this.#purgeTimer);
    try {
      const pooled = await lane.acquire(request.signal);
      return request.data === undefined
        ? await this.#runStatement(pooled, request, kind !== "use")
        : await this.#runInsert(pooled, request, request.data);
    } catch (error) {
      throw asEngineException(error);
    } finally {
      this.#statements -= 1;
      if (this.#statements === 0) this.#schedulePurge();
    }
  }

  /** Ends in order: everything that runs has to have ended before. */
  close(): void {
    clearTimeout(this.#purgeTimer);
    this.#reads.close();
    this.#writes.close();
    this.#health.close();
    this.#admin.close();
  }

  async #runStatement(
    pooled: PooledSession,
    request: StatementRequest,
    keepsDatabase: boolean,
  ): Promise<StatementResult> {
    const { session } = pooled;
    const mark = `weir-${process.pid}-${(this.#sequence += 1)}`;
    const settings = { ...this.#baseline, ...request.settings, log_comment: mark };
    const cancel = () => void this.#kill(mark);
    let reusable = false;
    request.signal.addEventListener("abort", cancel, { once: true });
    try {
      throwIfGone(request.signal);
      await this.#useDatabase(session, request.database);
      const params = Object.fromEntries(
        Object.entries(request.params).map(([name, value]) => [`param_${name}`, value]),
      );
      const prefix = `${setStatement({ ...settings, ...params })}; `;
      let result;
      try {
        result = await session.queryAsync(prefix + request.sql, { format: request.defaultFormat });
      } finally {
        reusable = keepsDatabase && (await this.#reset(session, request.settings));
      }
      return {
        bytes: result.bytes(),
        readRows: result.rowsRead,
        readBytes: result.bytesRead,
        writtenRows: 0,
        writtenBytes: 0,
        elapsedSeconds: result.elapsed,
      };
    } finally {
      request.signal.removeEventListener("abort", cancel);
      pooled.release(reusable);
    }
  }

  async #runInsert(
    pooled: PooledSession,
    request: StatementRequest,
    data: { target: InsertTarget; body: InsertBody },
  ): Promise<StatementResult> {
    const settings = { ...this.#baseline, ...request.settings };
    try {
      await this.#useDatabase(pooled.session, request.database);
      throwIfGone(request.signal);
      const written =
        "path" in data.body.at
          ? await this.#insertFile(pooled.session, data.target, data.body.at.path, settings)
          : await this.#insertBytes(pooled.session, data.target, data.body.at.bytes, settings);
      return {
        bytes: new Uint8Array(0),
        readRows: written.rows,
        readBytes: data.body.length,
        writtenRows: written.rows,
        writtenBytes: written.bytes,
        elapsedSeconds: written.elapsed,
      };
    } finally {
      pooled.release(true);
    }
  }

  async #insertFile(
    session: Session,
    target: InsertTarget,
    path: string,
    settings: Record<string, string>,
  ): Promise<Written> {
    try {
      const sql = insertFromFile(target, path, settings);
      const { rowsRead, bytesRead, elapsed } = await session.queryAsync(sql, { format: "TSV" });
      return { rows: rowsRead, bytes: bytesRead, elapsed };
    } catch (error) {
      throw forgetFile(asEngineException(error));
    }
  }

  async #insertBytes(
    session: Session,
    target: InsertTarget,
    bytes: Buffer,
    settings: Record<string, string>,
  ): Promise<Written> {
    const { table, columns, format } = target;
    const { rowsWritten, bytesWritten, elapsed } = await session.insert({
      table,
      // The binding has a fixed list; what is not in it has been put into a file, unless the disk is short.
      format: format as "JSONEachRow",
      values: bytes,
      settings,
      ...(columns === null ? {} : { columns }),
    });
    return { rows: rowsWritten, bytes: bytesWritten, elapsed };
  }

  async #useDatabase(session: Session, database: string): Promise<void> {
    if (this.#databases.get(session) === database) return;
    await session.queryAsync(`USE \`${database.replaceAll("`", "")}\``, { format: "TSV" });
    this.#databases.set(session, database);
  }

  /** False when the connection keeps something of the statement and has to be replaced. */
  async #reset(session: Session, settings: Record<string, string>): Promise<boolean> {
    const names = Object.keys(settings).filter((name) => !(name in this.#baseline));
    if (names.length === 0) return true;
    try {
      await session.queryAsync(`SET ${names.map((name) => `${name} = DEFAULT`).join(", ")}`, {
        format: "TSV",
      });
      return true;
    } catch {
      // For example `readonly` forbids its own reset; the fresh connection that follows has no such setting.
      return false;
    }
  }

  async #kill(mark: string): Promise<void> {
    const sql = `KILL QUERY WHERE Settings['log_comment'] = ${quote(mark)} ASYNC`;
    // It may have ended by itself, and then there is nothing to stop.
    await this.#admin.queryAsync(sql, { format: "TSV" }).catch(() => undefined);
  }

  /** The allocator keeps what an insert used; a machine that idles should have it back. */
  #schedulePurge(): void {
    clearTimeout(this.#purgeTimer);
    this.#purgeTimer = setTimeout(() => {
      // The bodies of inserts lie outside the JavaScript heap, so an idle process would never collect them.
      globalThis.gc?.();
      // Nothing depends on it: the next quiet moment tries again.
      this.#admin.queryAsync("SYSTEM JEMALLOC PURGE", { format: "TSV" }).catch(() => undefined);
    }, purgeAfterIdleMs);
    this.#purgeTimer.unref();
  }

  #openSession(): Session {
    return new Session(this.#directory, { connectionArgs: this.#connectionArgs });
  }
}

function throwIfGone(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw makeException({ code: 394, name: "QUERY_WAS_CANCELLED", text: "The client went away" });
}
