/** Every failure that the store reports: a stable code, the HTTP status it maps to, and how to mend it. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  readonly status: number;
  /** What to do about it, as a sentence. */
  readonly mend: string;

  constructor(options: { code: StoreErrorCode; message: string; mend?: string; cause?: unknown }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    const entry = catalogue[options.code];
    this.name = "StoreError";
    this.code = options.code;
    this.status = entry.status;
    this.mend = options.mend ?? entry.mend;
  }
}

const catalogue = {
  engine_unsupported: {
    status: 500,
    mend: "Use Linux or macOS on x64 or arm64, or set WEIR_POSTGRES_URL and WEIR_CLICKHOUSE_URL to servers of your own.",
  },
  engine_not_installed: {
    status: 500,
    mend: "Run `npm install` again with optional dependencies allowed (no `--omit=optional`).",
  },
  engine_start_failed: {
    status: 500,
    mend: "Read the engine's last lines in this message; the usual causes are a full disk, a directory of another user, or a data directory made by a newer version.",
  },
  engine_directory_in_use: {
    status: 500,
    mend: "Another Weir uses this directory. Stop it, or start this one with another WEIR_HOME.",
  },
  postgres_unavailable: {
    status: 503,
    mend: "The embedded Postgres is restarted by itself; for one of your own check WEIR_POSTGRES_URL (host, user, password, database) and that the server runs.",
  },
  postgres_conflict: { status: 409, mend: "It exists already. Choose another name or id." },
  postgres_failed: { status: 500, mend: "Search the server's log for this message and report it." },
  clickhouse_unavailable: {
    status: 503,
    mend: "The embedded ClickHouse is restarted by itself; for one of your own check WEIR_CLICKHOUSE_URL (host, user, password) and that the server runs. Records wait in the spool meanwhile.",
  },
  clickhouse_timeout: { status: 504, mend: "Ask for a shorter time range or a narrower filter." },
  clickhouse_too_large: {
    status: 413,
    mend: "The answer or the work it needs is too large. Ask for a shorter time range or a narrower filter.",
  },
  clickhouse_cancelled: { status: 499, mend: "The caller went away, so the query was stopped." },
  clickhouse_failed: { status: 500, mend: "Search the server's log for this message and report it." },
  row_unexpected: {
    status: 500,
    mend: "A row does not have the form that the reading code expects; the code and the table's migration disagree.",
  },
  migration_edited: {
    status: 500,
    mend: "Restore the file as it was when it was applied, and put the change into a new migration.",
  },
  migration_missing: {
    status: 500,
    mend: "This database was written by a newer Weir. Start that version, or restore the backup from before the upgrade.",
  },
  migration_invalid: {
    status: 500,
    mend: "Name migrations NNNN-name.sql, numbered from 0001 without gaps.",
  },
  migration_failed: {
    status: 500,
    mend: "Mend what the cause says and start again; the migration goes on where it stopped.",
  },
  spool_invalid: {
    status: 500,
    mend: "Give every producer a name of lower-case letters, digits and hyphens.",
  },
} as const;

export type StoreErrorCode = keyof typeof catalogue;

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a system error such as `ENOENT`; empty when there is none. */
export function systemCodeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** What a read of the disk gives; null when there is no such file or folder (any more). */
export async function unlessAbsent<Result>(read: Promise<Result>): Promise<Result | null> {
  try {
    return await read;
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return null;
    throw error;
  }
}
