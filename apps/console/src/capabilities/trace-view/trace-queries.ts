import { queryOptions } from "@tanstack/react-query";
import { receivedTraceColumnsSchema, spanDetailSchema, spansOfColumns, type TraceDetail } from "@weir/schema";
import { callApi } from "../../api/client.ts";
import { ApiProblem } from "../../api/failure.ts";
import { retryQuery } from "../../api/queries.ts";
import { parseWritten } from "./json/json-value.ts";

/** How long after its last span a trace may still grow, as far as the console looks by itself. */
const settlesAfterMs = 60_000;

/** Whether the server said that there is no such trace; a missing project or route is another matter. */
export function isTraceNotFound(error: unknown): boolean {
  return error instanceof ApiProblem && error.problem.code === "trace_not_found";
}

export function traceQuery(projectId: string | undefined, traceId: string) {
  return queryOptions({
    queryKey: ["trace", projectId, traceId],
    queryFn: async ({ signal }): Promise<TraceDetail> => {
      const { columns, ...trace } = await callApi({
        path: `/traces/${encodeURIComponent(traceId)}/columns`,
        query: { projectId },
        schema: receivedTraceColumnsSchema,
        signal,
      });
      return { ...trace, spans: spansOfColumns(columns) };
    },
    // A trace is often opened a moment after its call, while its record is still on the way.
    retry: (failures, error) => (isTraceNotFound(error) ? failures < 2 : retryQuery(failures, error)),
    retryDelay: (failures, error) => (isTraceNotFound(error) ? 700 : 500 * 2 ** failures),
    staleTime: 30_000,
    // A trace that is still being written gains spans under the reader's eyes; an old one is left alone.
    refetchInterval: ({ state }) => {
      if (state.data === undefined || state.data.spans.length > 5000) return false;
      const endedAtMs = Date.parse(state.data.startedAt) + state.data.durationMs;
      return Date.now() - endedAtMs < settlesAfterMs ? 3000 : false;
    },
  });
}

export function spanQuery(projectId: string | undefined, traceId: string, spanId: string) {
  return queryOptions({
    queryKey: ["trace", projectId, traceId, "span", spanId],
    queryFn: ({ signal }) =>
      callApi({
        path: `/traces/${encodeURIComponent(traceId)}/spans/${encodeURIComponent(spanId)}`,
        query: { projectId },
        schema: spanDetailSchema,
        // What callers and providers sent is in it. The API's own numbers are printed as JavaScript prints them.
        parse: parseWritten,
        signal,
      }),
    // Putting parts of two answers together would make objects of the numbers that are kept as they were written.
    structuralSharing: false,
    retry: retryQuery,
    // A span never changes once it is recorded.
    staleTime: Number.POSITIVE_INFINITY,
  });
}
