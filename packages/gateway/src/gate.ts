import { createOtlpIngest, type OtlpIngest } from "@weir/otlp";
import { createPricer, createSimulator, type Price, type Simulator } from "@weir/providers";
import { createCounters, type Counters } from "./counters.ts";
import type { Call } from "./call.ts";
import type { GatewayPorts, Recorder } from "./ports.ts";
import { createJournal, type Journal } from "./record/journal.ts";
import { createSnapshotCompiler, type CompiledSnapshot } from "./snapshot/compiled-snapshot.ts";
import { createTakenExports, type TakenExports } from "./record/taken-exports.ts";
import { createUpstreams, type Upstreams } from "./upstream/upstreams.ts";

/** Everything that the calls of one gateway have in common. */
export interface Gate {
  readonly ports: GatewayPorts;
  readonly counters: Counters;
  readonly journal: Journal;
  readonly price: Price;
  readonly otlp: OtlpIngest;
  readonly takenExports: TakenExports;
  readonly simulator: Simulator;
  readonly upstreams: Upstreams;
  readonly activeCalls: Set<Call>;
  snapshot(): CompiledSnapshot;
  /** True from the moment that the gateway begins to close. */
  draining: boolean;
}

export function createGate(ports: GatewayPorts): Gate {
  const counters = createCounters(ports.counters);
  const { inlineMediaMaxBytes } = ports.limits;
  const price = createPricer();
  const storeBlob: Recorder["storeBlob"] = (blob) => ports.recorder.storeBlob(blob);
  return {
    ports,
    counters,
    journal: createJournal(ports.recorder, counters),
    price,
    takenExports: createTakenExports(ports.takenExports),
    otlp: createOtlpIngest({ pricer: price, storeBlob, limits: { inlineMediaMaxBytes } }),
    simulator: createSimulator({ clock: ports.clock }),
    upstreams: createUpstreams(ports.limits),
    activeCalls: new Set(),
    snapshot: createSnapshotCompiler(ports.snapshot),
    draining: false,
  };
}
