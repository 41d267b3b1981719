import type { Snapshot, System } from "@weir/schema";

/** The running system as the capabilities see it. */
export interface Runtime {
  version: string;
  /** The origin that people and clients are told to use, e.g. `https://weir.example`; null: as each reached it. */
  publicUrl: string | null;
  /** The base URL for clients on this machine, without `/v1`. */
  baseUrl(): string;
  /** The newest compiled snapshot. */
  snapshot(): Snapshot;
  /** Compiles the snapshot again and hands it to the gateway threads; resolves when every one has it. */
  refreshSnapshot(): Promise<void>;
  system(): System;
  /** False until the start is over and its announcement made. */
  started(): boolean;
}
