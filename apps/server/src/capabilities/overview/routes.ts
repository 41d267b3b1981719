import { overviewSchema } from "@weir/schema";
import { z } from "zod";
import { defineRoute } from "../../api/define-route.ts";
import type { ApiRoute, Services } from "../../capability.ts";
import { rangeAndFilter, readFilter, readRange } from "../traces/request.ts";
import { readOverview } from "./service.ts";

/** The figures of the home screen. */
export function overviewRoutes({ clickhouse, now }: Pick<Services, "clickhouse" | "now">): ApiRoute[] {
  return [
    defineRoute({
      method: "get",
      path: "/overview",
      permission: "overview:read",
      scope: "project",
      summary: "Calls, errors, cost and timings over time and by model, in the last 24 hours unless told",
      query: z.strictObject(rangeAndFilter),
      result: overviewSchema,
      handle: ({ projectId, query, signal }) =>
        readOverview(
          { clickhouse, signal },
          {
            projectId,
            range: readRange(query),
            clauses: readFilter(query.filter),
            nowMs: now(),
          },
        ),
    }),
  ];
}
