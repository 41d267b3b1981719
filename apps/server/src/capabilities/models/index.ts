import { modelsSchema } from "@weir/schema";
import { defineRoute } from "../../api/define-route.ts";
import type { Capability } from "../../capability.ts";

export const capability: Capability = {
  name: "models",
  routes: ({ runtime }) => [
    defineRoute({
      method: "get",
      path: "/models",
      permission: "models:read",
      scope: "none",
      summary: "Every model that a provider lists",
      result: modelsSchema,
      handle: async () => ({
        data: runtime.snapshot().providers.flatMap((provider) =>
          provider.models.map((model) => ({
            model: `${provider.name}/${model}`,
            provider: provider.name,
            protocol: provider.protocol,
            simulator: provider.protocol === "sim",
          })),
        ),
      }),
    }),
  ],
};
