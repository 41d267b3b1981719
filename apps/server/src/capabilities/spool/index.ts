import { deadLettersSchema, retriedDeadSchema, retryDeadSchema } from "@weir/schema";
import { defineRoute } from "../../api/define-route.ts";
import type { Capability } from "../../capability.ts";
import { retryDead } from "./retry-dead.ts";

/** How many batches are described; the counts are of all. */
const batchesMax = 200;

export const capability: Capability = {
  name: "spool",
  routes: ({ spool }) => [
    defineRoute({
      method: "get",
      path: "/spool/dead",
      permission: "spool:read",
      scope: "none",
      summary: "Records that ClickHouse refused for what they contain, by batch, with the reasons",
      result: deadLettersSchema,
      handle: async () => ({
        records: spool.deadRecords(),
        ...(await spool.listDead({ batchesMax })),
      }),
    }),
    defineRoute({
      method: "post",
      path: "/spool/dead/retry",
      permission: "spool:write",
      scope: "none",
      summary: "Ship records that ClickHouse refused once more; what it refuses again is set aside again",
      body: retryDeadSchema,
      result: retriedDeadSchema,
      handle: (call) => retryDead({ spool, batchId: call.body.batchId ?? null }),
    }),
  ],
};
