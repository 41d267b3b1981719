import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import type { StatementRequest } from "./engine.ts";
import { makeException } from "./exception.ts";
import { collectBody, receiveInsertBody, type BodyPlace } from "./insert-body.ts";
import { readInsertTarget } from "./statement.ts";

export interface Credentials {
  user: string;
  password: string;
}

/** What belongs to the HTTP interface and is no setting of the engine. */
const interfaceNames = new Set([
  "query",
  "query_id",
  "database",
  "user",
  "password",
  "default_format",
  "quota_key",
  "role",
  "stacktrace",
  "buffer_size",
  "wait_end_of_query",
  "compress",
  "decompress",
]);

/**
 * Loopback is open to every user of the machine and, through a browser, to any web page: so the host must be
 * ours (a page's own name that was pointed at 127.0.0.1 is not), and every statement needs the password.
 */
export function checkHost(request: IncomingMessage): void {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  if (host === "127.0.0.1" || host === "localhost") return;
  throw makeException({
    code: 291,
    name: "DATABASE_ACCESS_DENIED",
    text: "The embedded engine answers only to 127.0.0.1",
    status: 403,
  });
}

export function checkCredentials(options: {
  request: IncomingMessage;
  query: URLSearchParams;
  expected: Credentials;
}): void {
  const { request, query, expected } = options;
  const given = readCredentials(request, query);
  if (equalSecrets(given.user, expected.user) && equalSecrets(given.password, expected.password)) return;
  throw makeException({
    code: 516,
    name: "AUTHENTICATION_FAILED",
    text: "Authentication failed: the password of the embedded engine changes with every start",
    status: 403,
  });
}

function readCredentials(request: IncomingMessage, query: URLSearchParams): Credentials {
  const { authorization } = request.headers;
  if (authorization?.startsWith("Basic ")) {
    const [user = "", ...rest] = Buffer.from(authorization.slice(6), "base64").toString().split(":");
    return { user, password: rest.join(":") };
  }
  return {
    user: headerOf(request, "x-clickhouse-user") ?? query.get("user") ?? "",
    password: headerOf(request, "x-clickhouse-key") ?? query.get("password") ?? "",
  };
}

function equalSecrets(left: string, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/**
 * Reads a request of ClickHouse's HTTP interface whole: statement, data, settings and parameters. The data of an
 * insert is the caller's to remove.
 */
export async function readStatement(options: {
  request: IncomingMessage;
  query: URLSearchParams;
  place: BodyPlace;
  signal: AbortSignal;
}): Promise<StatementRequest> {
  const { request, query, place } = options;
  const inUrl = query.get("query") ?? "";
  const { settings, params } = readNames(query);
  const base = {
    database: headerOf(request, "x-clickhouse-database") ?? query.get("database") ?? "default",
    settings,
    params,
    defaultFormat: readFormat(request, query),
    signal: options.signal,
  };
  const target = readInsertTarget(inUrl);
  if (target !== null) {
    const { takenAsBytes } = target;
    const body = await receiveInsertBody(decoded(request), { ...place, takenAsBytes });
    return { ...base, sql: inUrl, data: { target, body } };
  }
  const body = await collectBody(decoded(request), place.bodyMaxBytes);
  const sql = inUrl === "" ? body.toString() : body.length === 0 ? inUrl : `${inUrl}\n${body.toString()}`;
  if (sql.trim() === "") throw makeException({ code: 62, name: "SYNTAX_ERROR", text: "Empty query" });
  return { ...base, sql: sql.replace(/[\s;]+$/, "") };
}

function readFormat(request: IncomingMessage, query: URLSearchParams): string {
  const format = headerOf(request, "x-clickhouse-format") ?? query.get("default_format") ?? "TabSeparated";
  if (/^[A-Za-z][A-Za-z0-9]*$/.test(format)) return format;
  throw makeException({ code: 73, name: "UNKNOWN_FORMAT", text: `Unknown format ${format}` });
}

function readNames(query: URLSearchParams): Pick<StatementRequest, "settings" | "params"> {
  const settings: Record<string, string> = {};
  const params: Record<string, string> = {};
  for (const [name, value] of query) {
    if (interfaceNames.has(name)) continue;
    if (name.startsWith("session_") || name === "close_session") {
      throw makeException({
        code: 48,
        name: "NOT_IMPLEMENTED",
        text: "The embedded engine keeps no HTTP sessions",
      });
    }
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw makeException({ code: 115, name: "UNKNOWN_SETTING", text: `Unknown setting '${name}'` });
    }
    if (name.startsWith("param_")) params[name.slice("param_".length)] = value;
    else settings[name] = value;
  }
  return { settings, params };
}

function decoded(request: IncomingMessage): Readable {
  const encoding = headerOf(request, "content-encoding") ?? "identity";
  const decoder = {
    identity: () => null,
    gzip: createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
    zstd: createZstdDecompress,
  }[encoding];
  if (decoder === undefined) {
    throw makeException({
      code: 89,
      name: "UNKNOWN_COMPRESSION_METHOD",
      text: `Unknown content encoding ${encoding}`,
      status: 400,
    });
  }
  const stream = decoder();
  if (stream === null) return request;
  // A client that goes away must end the reading of what it has sent so far.
  request.once("error", (error) => stream.destroy(error));
  request.once("aborted", () => stream.destroy(new Error("The client went away")));
  return request.pipe(stream);
}
