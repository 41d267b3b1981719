import type { ConsoleSearch } from "../../app/search-params.ts";

/** Where a trace's own page is, in the same project and zone; without them it would be looked for in the first one. */
export interface TraceLink {
  to: "/traces/$traceId";
  params: { traceId: string };
  search: ConsoleSearch;
}

/** The link to a trace's own page, on one of its spans and tabs if these are named. */
export function traceLink(
  { project, zone }: ConsoleSearch,
  { traceId, ...view }: { traceId: string; span?: string | undefined; tab?: string | undefined },
): TraceLink {
  return { to: "/traces/$traceId", params: { traceId }, search: { project, zone, ...view } };
}
