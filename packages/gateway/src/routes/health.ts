import type { ServerResponse } from "node:http";
import type { Gate } from "../gate.ts";

/** Whether this process takes calls; what it depends on is `/readyz`'s to say. */
export function serveHealth(gate: Gate, res: ServerResponse): void {
  const status = gate.draining ? "draining" : "ok";
  const body = JSON.stringify({ status });
  const headers = ["content-type", "application/json", "content-length", String(body.length)];
  res.writeHead(gate.draining ? 503 : 200, [...headers, "cache-control", "no-store"]);
  res.end(body);
}
