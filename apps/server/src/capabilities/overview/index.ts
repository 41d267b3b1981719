import type { Capability } from "../../capability.ts";
import { overviewRoutes } from "./routes.ts";

/** Figures over what was recorded. */
export const capability: Capability = { name: "overview", routes: overviewRoutes };
