import type { Capability } from "../../capability.ts";
import { changesRoutes } from "./routes.ts";

/** What changed under the calls, and since when. */
export const capability: Capability = { name: "changes", routes: changesRoutes };
