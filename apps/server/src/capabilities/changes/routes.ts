import { changesSchema } from "@weir/schema";
import { z } from "zod";
import { defineRoute } from "../../api/define-route.ts";
import type { ApiRoute, Services } from "../../capability.ts";
import { rangeAndFilter, readFilter, readRange } from "../traces/request.ts";
import { readChanges } from "./service.ts";

/** What happened under the calls that a chart marks and a person wants to know first. */
export function changesRoutes({ clickhouse, now }: Pick<Services, "clickhouse" | "now">): ApiRoute[] {
  return [
    defineRoute({
      method: "get",
      path: "/changes",
      permission: "changes:read",
      scope: "project",
      summary:
        "Models that were called first or were answered by another one, and new prices, in the last 24 hours unless told",
      query: z.strictObject(rangeAndFilter),
      result: changesSchema,
      handle: ({ projectId, query, signal }) =>
        readChanges(
          { clickhouse, signal },
          { projectId, range: readRange(query), clauses: readFilter(query.filter), nowMs: now() },
        ),
    }),
  ];
}
