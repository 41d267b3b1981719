import type { IncomingMessage } from "node:http";
import { gatewayErrors, type GatewayError } from "../errors.ts";
import { modelCalls, modelsPath, tracesPath } from "./endpoints.ts";

/** A path as its writer meant it: no doubled slashes and none at the end. */
const tidied = (path: string): string => path.replaceAll(/\/{2,}/g, "/").replace(/\/$/, "");

/**
 * The endpoint that a path was meant for which is none: a base URL with a `/v1` too many or too few, a slash too
 * many, or a folder before it. Null when nothing says so.
 */
function meantPath(path: string, method: string): string | null {
  const rest = tidied(path).replace(/^(\/v1(?=\/|$))+/i, "");
  const meant = `/v1${rest}`;
  const reads = method === "GET" || method === "HEAD";
  if (modelCalls.has(meant) || meant === modelsPath || meant.startsWith(`${modelsPath}/`)) return meant;
  if (meant === tracesPath && !(reads && !/^\/+v1\//i.test(path))) return meant;
  if (reads) return null;
  // Below /api the console's own API has its routes, whatever they end with.
  const ours = rest.startsWith("/api/");
  const fits = (known: string) => (ours ? rest === `/api${known}` : rest.endsWith(known.slice("/v1".length)));
  return modelCalls.keys().find(fits) ?? null;
}

/**
 * What to answer to a request that no endpoint is for, when it is the base URL that is wrong; null when it may be
 * a page of the console or a path of its API.
 */
export function baseUrlError(req: IncomingMessage, path: string): GatewayError | null {
  const method = req.method ?? "";
  const below = /^\/+v1(\/|$)/i.test(path);
  // A browser that asks for a page gets one, but below /v1 there are none.
  const wantsPage = method === "GET" && (req.headers.accept ?? "").includes("text/html");
  if (wantsPage && !below) return null;
  if (below && /^(\/v1)+$/i.test(tidied(path))) return gatewayErrors.baseUrlAlone(path);
  const right = meantPath(path, method);
  if (right !== null && right !== path) return gatewayErrors.baseUrlWrong({ path, right });
  return below ? gatewayErrors.routeUnknown(`${method} ${path}`) : null;
}
