import type { Snapshot, System } from "@weir/schema";

/** The running system as the capabilities see it. */
export interface Runtime {
  version: string;
  /** The base URL that clients use, without `/v1`. */
  baseUrl(): string;
  /** The newest compiled snapshot. */
  snapshot(): Snapshot;
  /** Compiles the snapshot again and hands it to the gateway threads; resolves when every one has it. */
  refreshSnapshot(): Promise<void>;
  system(): System;
  /** False until the start is over and its announcement made. */
  started(): boolean;
}
