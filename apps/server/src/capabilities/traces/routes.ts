import {
  facetsSchema,
  pageSchema,
  spanDetailSchema,
  traceColumnsSchema,
  traceDetailSchema,
  traceSummarySchema,
} from "@weir/schema";
import { z } from "zod";
import { defineRoute } from "../../api/define-route.ts";
import type { ApiRoute, Services } from "../../capability.ts";
import { readFacets } from "./facet-service.ts";
import { traceLimits } from "./limits.ts";
import { listTraces } from "./list-service.ts";
import { rangeAndFilter, readFilter, readRange } from "./request.ts";
import { readSpan, readTrace, readTraceColumns } from "./trace-service.ts";

const traceId = z
  .string()
  .toLowerCase()
  .regex(/^[0-9a-f]{32}$/, "a trace id of 32 hex digits");
const spanId = z
  .string()
  .toLowerCase()
  .regex(/^[0-9a-f]{16}$/, "a span id of 16 hex digits");

const listQuery = z.strictObject({
  ...rangeAndFilter,
  limit: z.coerce.number().int().min(1).max(traceLimits.pageMax).default(traceLimits.pageDefault),
  cursor: z.string().max(1000).optional().describe("`nextCursor` of the page before."),
});

const facetsQuery = z.strictObject({
  ...rangeAndFilter,
  fields: z.string().min(1).describe("Names of filter fields, separated by commas: `model,status,user`."),
});

/** The list of traces, one trace, one span, and the values to filter by. */
export function traceRoutes({ clickhouse, now }: Pick<Services, "clickhouse" | "now">): ApiRoute[] {
  return [
    defineRoute({
      method: "get",
      path: "/traces",
      permission: "traces:read",
      scope: "project",
      summary: "Traces with a span that matches, newest first",
      query: listQuery,
      result: pageSchema(traceSummarySchema),
      handle: ({ projectId, query, signal }) =>
        listTraces(
          { clickhouse, signal },
          {
            projectId,
            range: readRange(query),
            clauses: readFilter(query.filter),
            limit: query.limit,
            cursor: query.cursor,
          },
        ),
    }),
    ...oneTraceRoutes({ clickhouse }),
    defineRoute({
      method: "get",
      path: "/facets",
      permission: "traces:read",
      scope: "project",
      summary:
        "The most frequent values of fields with the traces that have them, in the last 24 hours unless told",
      query: facetsQuery,
      result: facetsSchema,
      handle: async ({ projectId, query, signal }) => ({
        data: await readFacets(
          { clickhouse, signal },
          {
            projectId,
            range: readRange(query),
            clauses: readFilter(query.filter),
            fields: query.fields.split(",").map((field) => field.trim()),
            nowMs: now(),
          },
        ),
      }),
    }),
  ];
}

function oneTraceRoutes({ clickhouse }: Pick<Services, "clickhouse">): ApiRoute[] {
  return [
    defineRoute({
      method: "get",
      path: "/traces/{traceId}",
      permission: "traces:read",
      scope: "project",
      summary: "One trace with its spans, without inputs and outputs",
      params: z.strictObject({ traceId }),
      result: traceDetailSchema,
      handle: ({ projectId, params, signal }) =>
        readTrace({ clickhouse, signal }, { projectId, traceId: params.traceId }),
    }),
    defineRoute({
      method: "get",
      path: "/traces/{traceId}/columns",
      permission: "traces:read",
      scope: "project",
      summary: "One trace with its spans as columns: the same, half as long",
      params: z.strictObject({ traceId }),
      result: traceColumnsSchema,
      handle: ({ projectId, params, signal }) =>
        readTraceColumns({ clickhouse, signal }, { projectId, traceId: params.traceId }),
    }),
    defineRoute({
      method: "get",
      path: "/traces/{traceId}/spans/{spanId}",
      permission: "traces:read",
      scope: "project",
      summary: "One span whole",
      params: z.strictObject({ traceId, spanId }),
      result: spanDetailSchema,
      handle: ({ projectId, params, signal }) => readSpan({ clickhouse, signal }, { projectId, ...params }),
    }),
  ];
}
