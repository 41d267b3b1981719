import type { QueryClient } from "@tanstack/react-query";
import { traceQuery } from "./trace-queries.ts";

/**
 * Begins to read the trace that an address opens, beside a list or on a page of its own, before anything is drawn: the
 * server works on it while the browser still loads the session and the code of the view. The view asks for the same
 * and is given this answer.
 */
export function prefetchTrace(client: QueryClient, address: URL): void {
  const traceId = openTraceOf(address);
  if (traceId === null) return;
  const projectId = address.searchParams.get("project") || undefined;
  void client.prefetchQuery(traceQuery(projectId, traceId));
}

function openTraceOf({ pathname, searchParams }: URL): string | null {
  if (pathname === "/traces") return searchParams.get("trace") || null;
  return /^\/traces\/([0-9a-f]{32})$/i.exec(pathname)?.[1] ?? null;
}
