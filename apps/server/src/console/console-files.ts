import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { Readable } from "node:stream";
import { ApiError } from "../errors.ts";

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".map": "application/json",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};

/** Encodings that a build may have prepared, best first. */
const encodings = [
  { name: "br", suffix: ".br" },
  { name: "gzip", suffix: ".gz" },
] as const;

/**
 * Serves the built console from `folder`: hashed assets for ever, the page anew each time, and the page for every
 * path that its own router knows.
 */
export function createConsoleFiles(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw noPage(request);
    }
    const path = filePath({ folder, pathname: new URL(request.url).pathname });
    const file = path && (await serveFile({ path, request, folder }));
    if (file) return file;
    // A client that wants JSON has the wrong path, and would choke on a page.
    if (!/text\/html|\*\/\*/.test(request.headers.get("accept") ?? "*/*")) throw noPage(request);
    if (path && extname(path) !== "" && path.startsWith(join(folder, "assets"))) {
      return new Response("There is no such file.\n", {
        status: 404,
        headers: { "cache-control": "no-store" },
      });
    }
    return (await serveFile({ path: join(folder, "index.html"), request, folder })) ?? notBuilt();
  };
}

function noPage(request: Request): ApiError {
  const { pathname } = new URL(request.url);
  return new ApiError({
    code: "route_not_found",
    status: 404,
    title: "Not found",
    detail: `There is no ${request.method} ${pathname} here.`,
    mend: "Model calls are below /v1 (GET /v1/models lists the models), the API below /api/v1 (GET /api/v1/openapi.json lists its routes).",
  });
}

function filePath(options: { folder: string; pathname: string }): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(options.pathname);
  } catch {
    // A path that is no valid percent-encoding names no file.
    return null;
  }
  if (decoded.includes("\0")) return null;
  const path = normalize(join(options.folder, decoded));
  return path.startsWith(options.folder + sep) ? path : null;
}

async function serveFile(options: {
  path: string;
  request: Request;
  folder: string;
}): Promise<Response | null> {
  const { path, request, folder } = options;
  const original = await fileStat(path);
  if (!original) return null;
  const accepted = request.headers.get("accept-encoding") ?? "";
  let chosen = { path, size: original.size, encoding: "" };
  for (const { name, suffix } of encodings) {
    if (!new RegExp(`\\b${name}\\b`).test(accepted)) continue;
    const packed = await fileStat(path + suffix);
    if (!packed || packed.mtimeMs < original.mtimeMs) continue;
    chosen = { path: path + suffix, size: packed.size, encoding: name };
    break;
  }
  const immutable = path.startsWith(join(folder, "assets") + sep);
  const etag = `"${original.size.toString(36)}-${Math.trunc(original.mtimeMs).toString(36)}${chosen.encoding && `-${chosen.encoding}`}"`;
  const headers = new Headers({
    "content-type": mediaTypes[extname(path)] ?? "application/octet-stream",
    "cache-control": immutable ? "public, max-age=31536000, immutable" : "no-cache",
    etag,
    vary: "accept-encoding",
  });
  if (chosen.encoding) headers.set("content-encoding", chosen.encoding);
  if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
  headers.set("content-length", String(chosen.size));
  if (request.method === "HEAD") return new Response(null, { headers });
  // Small files are read whole: a stream costs more than it saves there.
  const body =
    chosen.size < 256 * 1024 ? await readFile(chosen.path) : Readable.toWeb(createReadStream(chosen.path));
  return new Response(body, { headers });
}

async function fileStat(path: string): Promise<{ size: number; mtimeMs: number } | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found : null;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return null;
    throw error;
  }
}

function notBuilt(): Response {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Weir</title>
<body style="font: 15px/1.5 system-ui; max-width: 40em; margin: 4em auto; padding: 0 1em">
<h1>The console is not built</h1>
<p>Weir runs: model calls are served and recorded, and the API answers at <code>/api/v1</code>. Only the console's files are missing.</p>
<p>Run <code>npm run build</code> in Weir's folder and reload this page.</p></body></html>\n`;
  return new Response(page, {
    status: 503,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}
