export type * from "./contract.ts";
export { createSseParser } from "./sse.ts";
export type { SseEvent, SseParser, SseParserOptions } from "./sse.ts";
export type { Simulator, SimulatorCall, SimulatorOptions, SimulatorResponse } from "./sim/contract.ts";
