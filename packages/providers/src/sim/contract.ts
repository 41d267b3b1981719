import type { JsonObject, Operation, WireProtocol } from "../contract.ts";

/** What the gateway hands to the simulator instead of sending a call upstream. */
export interface SimulatorCall {
  protocol: WireProtocol;
  operation: Operation;
  /** The parsed request body. */
  body: JsonObject;
  /** The model without its provider: `echo` or `chat?ttft=200&…`. `sim/echo` is accepted as well. */
  model: string;
  /** Aborting it ends pauses and streams at once. */
  signal?: AbortSignal;
}

/** An answer as an HTTP upstream would give it; a stream may throw where it is told to break. */
export type SimulatorResponse =
  | { status: number; headers: Record<string, string>; body: Uint8Array; stream?: undefined }
  | { status: number; headers: Record<string, string>; body?: undefined; stream: AsyncIterable<Uint8Array> };

export interface Simulator {
  respond(call: SimulatorCall): Promise<SimulatorResponse>;
}

/** Time as the simulator sees it, so that tests need not wait. */
export interface SimulatorOptions {
  clock?: { nowMs(): number };
  /** Resolves after `ms`, or at once when the signal is aborted. */
  sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}
