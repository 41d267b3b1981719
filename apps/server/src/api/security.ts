import { ApiError } from "../errors.ts";
import type { Runtime } from "../runtime.ts";

/** The address, name and scheme that the client used; the gateway thread that passed the request on sets them. */
export interface Forwarded {
  clientAddress: string;
  /** Host header of the client, with its port. */
  host: string;
  protocol: "http" | "https";
}

/**
 * Only gateway threads reach the control socket, and they overwrite these headers with what the connection shows
 * (or, with `trustProxy`, with what the proxy in front wrote), so they can be believed.
 */
export function readForwarded(headers: Headers): Forwarded {
  return {
    clientAddress: headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() || "local",
    host: headers.get("x-forwarded-host") ?? headers.get("host") ?? "",
    protocol: headers.get("x-forwarded-proto") === "https" ? "https" : "http",
  };
}

/** The base URL to tell the client of this request, without `/v1`: the public one, or else the one it came by. */
export function clientBaseUrl(options: {
  headers: Headers;
  runtime: Pick<Runtime, "baseUrl" | "publicUrl">;
}): string {
  const { headers, runtime } = options;
  if (runtime.publicUrl !== null) return runtime.publicUrl;
  const { host, protocol } = readForwarded(headers);
  return headers.has("x-forwarded-host") && host ? `${protocol}://${host}` : runtime.baseUrl();
}

/** True when the session cookie may travel over TLS only: this request did, or people are told an https address. */
export function wantsSecureCookie(options: { headers: Headers; publicUrl: string | null }): boolean {
  return (
    options.publicUrl?.startsWith("https:") === true || readForwarded(options.headers).protocol === "https"
  );
}

/** True for an address that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}

/**
 * Refuses a request whose Host header names another machine while Weir listens on loopback only: that is a web
 * page elsewhere whose name was made to resolve to 127.0.0.1 (DNS rebinding). The public URL's name is ours.
 */
export function checkHost(options: {
  forwarded: Forwarded;
  listenHost: string;
  publicUrl: string | null;
}): void {
  if (!isLoopback(options.listenHost)) return;
  const hostname = URL.parse(`http://${options.forwarded.host}`)?.hostname ?? "";
  if (isLoopback(hostname)) return;
  if (options.publicUrl !== null && hostname === new URL(options.publicUrl).hostname) return;
  throw new ApiError({
    code: "host_refused",
    status: 421,
    title: "Host refused",
    detail: `Weir listens on ${options.listenHost} only, and does not answer as ${JSON.stringify(options.forwarded.host)}.`,
    mend: "Open it as http://127.0.0.1 or http://localhost with its port, set WEIR_PUBLIC_URL to the address that a proxy in front has, or set WEIR_HOST to serve other names.",
  });
}

/** Refuses a change that a page of another origin asks a signed-in browser to make. */
export function checkOrigin(options: {
  headers: Headers;
  forwarded: Forwarded;
  publicUrl: string | null;
}): void {
  const site = options.headers.get("sec-fetch-site");
  const origin = options.headers.get("origin");
  const sameSite = site === null || site === "same-origin" || site === "none";
  const sameOrigin = origin === null || isOwnOrigin({ ...options, origin });
  if (sameSite && sameOrigin) return;
  throw new ApiError({
    code: "cross_site_refused",
    status: 403,
    title: "Request from another site refused",
    detail: "This change was asked for by a page of another site.",
    mend: "Make the change in the console itself, or use the command line. If that page is the console, set WEIR_PUBLIC_URL to the address that it is opened by.",
  });
}

/** The public URL is known with its scheme, so that a page that somebody put at http:// of its host is not ours. */
function isOwnOrigin(options: { origin: string; forwarded: Forwarded; publicUrl: string | null }): boolean {
  const { origin, publicUrl } = options;
  if (origin === publicUrl) return true;
  const host = URL.parse(origin)?.host;
  if (publicUrl?.startsWith("https:") && host === new URL(publicUrl).host) return false;
  return host === options.forwarded.host;
}

/** Nothing on a page of ours comes from elsewhere, and nobody may frame it. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    // The console positions rows and tooltips with inline styles.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};
