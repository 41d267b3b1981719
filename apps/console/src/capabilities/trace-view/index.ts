export { TraceView } from "./trace-view.tsx";
export type { TraceNavigation } from "./navigation.ts";
