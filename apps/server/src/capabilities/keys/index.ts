import { apiKeySchema, createApiKeySchema, createdApiKeySchema, pageSchema } from "@weir/schema";
import { z } from "zod";
import { defineRoute } from "../../api/define-route.ts";
import type { Capability } from "../../capability.ts";
import { createKeys } from "./service.ts";

export const capability: Capability = {
  name: "keys",
  routes: ({ postgres, runtime, projects }) => {
    const keys = createKeys({ postgres, refreshSnapshot: () => runtime.refreshSnapshot() });
    return [
      defineRoute({
        method: "get",
        path: "/keys",
        permission: "keys:read",
        scope: "project",
        summary: "The keys of a project",
        result: pageSchema(apiKeySchema),
        handle: async (call) => ({ data: await keys.list(call.projectId), nextCursor: null }),
      }),
      defineRoute({
        method: "post",
        path: "/keys",
        permission: "keys:write",
        scope: "none",
        summary: "Make a key; the answer is the only one that ever holds the key itself",
        body: createApiKeySchema,
        result: createdApiKeySchema,
        status: 201,
        handle: async (call) => {
          const { principal, body } = call;
          const projectId = await projects.resolve({ principal, asked: body.projectId });
          return keys.create({ projectId, name: body.name });
        },
      }),
      defineRoute({
        method: "post",
        path: "/keys/{keyId}/revoke",
        permission: "keys:write",
        scope: "none",
        summary: "Revoke a key; it is refused within a second",
        params: z.strictObject({ keyId: z.string().regex(/^\w+$/, "the id of a key") }),
        result: apiKeySchema,
        handle: (call) => keys.revoke(call.params.keyId),
      }),
    ];
  },
};
