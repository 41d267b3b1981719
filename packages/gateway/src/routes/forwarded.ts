import type { IncomingMessage } from "node:http";
import { isIP, isIPv6 } from "node:net";

/** The value that the nearest proxy wrote: it stands last, behind whatever the client itself sent. */
function lastValue(header: string | string[] | undefined): string {
  return (Array.isArray(header) ? header.join(",") : (header ?? "")).split(",").at(-1)?.trim() ?? "";
}

/** An address without the port and the brackets that some proxies write; empty when it is none. */
function addressIn(text: string): string {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? "" : bare;
}

/**
 * The name that Weir was called by; the address that was reached where the client gave none, as the health checks of
 * load balancers do in HTTP/1.0.
 */
export function calledHost({ headers, socket }: IncomingMessage): string {
  const { localAddress = "", localPort = 0 } = socket;
  return headers.host || `${isIPv6(localAddress) ? `[${localAddress}]` : localAddress}:${localPort}`;
}

/**
 * Who asked, by which name and scheme, as the headers that the control server believes. What a client says of
 * itself is replaced by what the connection shows, unless a proxy in front is trusted to have written it.
 */
export function forwardedHeaders(
  req: IncomingMessage,
  trustProxy: boolean,
): { "x-forwarded-for": string; "x-forwarded-host": string; "x-forwarded-proto": "http" | "https" } {
  const seen = { address: req.socket.remoteAddress ?? "", host: calledHost(req) };
  if (!trustProxy) {
    return { "x-forwarded-for": seen.address, "x-forwarded-host": seen.host, "x-forwarded-proto": "http" };
  }
  const host = lastValue(req.headers["x-forwarded-host"]);
  return {
    "x-forwarded-for": addressIn(lastValue(req.headers["x-forwarded-for"])) || seen.address,
    "x-forwarded-host": /^[\w.:[\]-]+$/.test(host) ? host : seen.host,
    "x-forwarded-proto":
      lastValue(req.headers["x-forwarded-proto"]).toLowerCase() === "https" ? "https" : "http",
  };
}
