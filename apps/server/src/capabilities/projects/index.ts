import { createProjectSchema, pageSchema, projectSchema } from "@weir/schema";
import { defineRoute } from "../../api/define-route.ts";
import type { Capability } from "../../capability.ts";

export const capability: Capability = {
  name: "projects",
  routes: ({ projects }) => [
    defineRoute({
      method: "get",
      path: "/projects",
      permission: "projects:read",
      scope: "none",
      summary: "Every project",
      result: pageSchema(projectSchema),
      handle: async () => ({ data: await projects.list(), nextCursor: null }),
    }),
    defineRoute({
      method: "post",
      path: "/projects",
      permission: "projects:write",
      scope: "none",
      summary: "Make a project",
      body: createProjectSchema,
      result: projectSchema,
      status: 201,
      handle: (call) => projects.create(call.body.name),
    }),
  ],
};
