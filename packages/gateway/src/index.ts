export type * from "./ports.ts";
export { createGateway } from "./gateway.ts";
export { hopByHopHeaders } from "./hop-by-hop.ts";
export type { Gateway, ListenOptions } from "./gateway.ts";
export { takenExportsBytes, type TakenExportsMemory } from "./record/taken-exports.ts";
export { createCounters, latencyBucketsMs, overheadBucketsMs, readCounters } from "./counters.ts";
export type { CounterName, CounterReading, Counters, HistogramName, HistogramReading } from "./counters.ts";
