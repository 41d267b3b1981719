import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { Engine, StatementResult } from "./engine.ts";
import { asEngineException } from "./exception.ts";
import type { BodyPlace } from "./insert-body.ts";
import { checkCredentials, checkHost, readStatement, type Credentials } from "./request-reader.ts";
import { formatOf, statementKind } from "./statement.ts";

const compress = promisify(gzip);

export interface HttpInterfaceOptions {
  engine: Engine;
  credentials: Credentials;
  /** For bodies, and how large they may be after decompression. */
  place: BodyPlace;
}

const contentTypes: Record<string, string> = {
  JSON: "application/json; charset=UTF-8",
  JSONCompact: "application/json; charset=UTF-8",
  JSONEachRow: "application/x-ndjson; charset=UTF-8",
  JSONCompactEachRow: "application/x-ndjson; charset=UTF-8",
  CSV: "text/csv; charset=UTF-8; header=absent",
  CSVWithNames: "text/csv; charset=UTF-8; header=present",
  TabSeparated: "text/tab-separated-values; charset=UTF-8",
};

/** A statement's parameters travel in its URL; as long as ClickHouse's own server takes one (`http_max_uri_size`). */
const urlMaxBytes = 1024 * 1024;

/** Speaks as much of ClickHouse's HTTP interface as `@clickhouse/client` and `curl` use. */
export function createHttpInterface(options: HttpInterfaceOptions): Server {
  const limits = { keepAliveTimeout: 30_000, requestTimeout: 120_000, maxHeaderSize: urlMaxBytes };
  const server = createServer(limits, (request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      // Only a response that is already gone gets here.
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.maxConnections = 512;
  return server;
}

async function answer(
  options: HttpInterfaceOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const queryId = url.searchParams.get("query_id") ?? randomUUID();
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  try {
    checkHost(request);
    if (url.pathname === "/ping") {
      response.end("Ok.\n");
      return;
    }
    checkCredentials({ request, query: url.searchParams, expected: options.credentials });
    const statement = await readStatement({
      request,
      query: url.searchParams,
      place: options.place,
      signal: gone.signal,
    });
    const result = await options.engine.run(statement).finally(() => statement.data?.body.remove());
    const format = formatOf(statement.sql) ?? statement.defaultFormat;
    response.setHeader("X-ClickHouse-Format", format);
    response.setHeader("Content-Type", contentTypes[format] ?? "text/plain; charset=UTF-8");
    setCommonHeaders(response, queryId);
    response.setHeader("X-ClickHouse-Summary", summaryOf(result));
    const hasRows = statementKind(statement.sql) !== "insert";
    await send(request, response, hasRows ? result.bytes : new Uint8Array(0));
  } catch (error) {
    sendException({ request, response, queryId, error, engineVersion: options.engine.version });
  }
}

function setCommonHeaders(response: ServerResponse, queryId: string): void {
  // A query id comes from the caller; only characters that a header may carry go back.
  response.setHeader("X-ClickHouse-Query-Id", queryId.replaceAll(/[^\x20-\x7e]/g, ""));
  response.setHeader("X-ClickHouse-Server-Display-Name", "weir");
  response.setHeader("X-ClickHouse-Timezone", "UTC");
}

async function send(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array): Promise<void> {
  const wanted = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  if (!wanted || bytes.length < 1024) {
    response.end(bytes);
    return;
  }
  const packed = await compress(bytes, { level: constants.Z_BEST_SPEED });
  response.setHeader("Content-Encoding", "gzip");
  response.end(packed);
}

function sendException(options: {
  request: IncomingMessage;
  response: ServerResponse;
  queryId: string;
  error: unknown;
  engineVersion: string;
}): void {
  const { request, response } = options;
  if (response.destroyed || response.headersSent) {
    response.destroy();
    return;
  }
  const exception = asEngineException(options.error);
  response.statusCode = exception.status;
  response.setHeader("X-ClickHouse-Exception-Code", String(exception.exceptionCode));
  response.setHeader("Content-Type", "text/plain; charset=UTF-8");
  setCommonHeaders(response, options.queryId);
  // What the client still sends is not worth reading.
  if (!request.complete) response.setHeader("Connection", "close");
  response.end(`${exception.message} (version ${options.engineVersion} (embedded build))\n`);
}

function summaryOf(result: StatementResult): string {
  return JSON.stringify({
    read_rows: String(result.readRows),
    read_bytes: String(result.readBytes),
    written_rows: String(result.writtenRows),
    written_bytes: String(result.writtenBytes),
    total_rows_to_read: "0",
    result_rows: "0",
    result_bytes: String(result.bytes.length),
    elapsed_ns: String(Math.round(result.elapsedSeconds * 1e9)),
  });
}
