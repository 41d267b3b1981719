import type { IncomingHttpHeaders } from "node:http";
import type { ReceiptItem } from "@weir/schema";
import type { Call } from "../call.ts";
import { hopByHopHeaders } from "../hop-by-hop.ts";

/** What concerns one connection only, or belongs to the provider's own site and not to its answer. */
const notPassed = new Set([
  ...hopByHopHeaders,
  "proxy-authenticate",
  "content-length",
  "date",
  "server",
  "set-cookie",
  "alt-svc",
  "strict-transport-security",
  "content-security-policy",
  "x-frame-options",
  "x-powered-by",
  "location",
  "x-weir-trace-id",
  "x-weir-receipt",
  "x-weir-hint",
]);

const receiptMaxCharacters = 1024;

/**
 * A receipt as a header: `dropped logit_bias; rewritten max_tokens; 3 more`. ASCII only, and short; the span
 * has it whole.
 */
export function receiptHeader(receipt: readonly ReceiptItem[]): string {
  const parts: string[] = [];
  let length = 0;
  for (const item of receipt) {
    const part = `${item.action} ${item.parameter.replaceAll(/[^\x21-\x7e]|;/g, "?").slice(0, 128)}`;
    if (length + part.length > receiptMaxCharacters) break;
    length += part.length + 2;
    parts.push(part);
  }
  if (parts.length < receipt.length) parts.push(`${receipt.length - parts.length} more`);
  return parts.join("; ");
}

/** The headers that Weir adds to every answer of a call, name and value in turn. */
export function ownHeaders(call: Call, laterReceipt: readonly ReceiptItem[] = []): string[] {
  const headers = ["x-weir-trace-id", call.trace.traceId];
  if (call.receipt.length > 0 || laterReceipt.length > 0) {
    headers.push("x-weir-receipt", receiptHeader([...call.receipt, ...laterReceipt]));
  }
  if (call.gate.draining) headers.push("connection", "close");
  return headers;
}

/** A provider's headers that the caller is to see: its request id, its rate limits and the like. */
export function passedHeaders(
  upstream: IncomingHttpHeaders,
  leaveOut: "none" | "content" = "none",
): string[] {
  const headers: string[] = [];
  for (const name in upstream) {
    if (notPassed.has(name) || (leaveOut === "content" && name.startsWith("content-"))) continue;
    const value = upstream[name];
    if (typeof value === "string") headers.push(name, value);
    else if (value !== undefined) for (const item of value) headers.push(name, item);
  }
  return headers;
}
