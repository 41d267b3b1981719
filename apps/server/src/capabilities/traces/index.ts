import type { Capability } from "../../capability.ts";
import { traceRoutes } from "./routes.ts";

/** Reading what was recorded. */
export const capability: Capability = { name: "traces", routes: traceRoutes };
