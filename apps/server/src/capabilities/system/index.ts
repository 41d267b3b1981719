import { systemSchema } from "@weir/schema";
import { defineRoute } from "../../api/define-route.ts";
import type { Capability } from "../../capability.ts";

export const capability: Capability = {
  name: "system",
  routes: ({ runtime }) => [
    defineRoute({
      method: "get",
      path: "/system",
      permission: "system:read",
      scope: "none",
      summary: "How Weir is: engines, spool, gateway, disk, providers",
      result: systemSchema,
      handle: async () => runtime.system(),
    }),
  ],
};
