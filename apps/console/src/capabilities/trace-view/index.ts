export { TraceView, type TraceViewProps } from "./trace-view.tsx";
export { filterTerm, type TraceNavigation } from "./navigation.ts";
export { traceQuery } from "./trace-queries.ts";
