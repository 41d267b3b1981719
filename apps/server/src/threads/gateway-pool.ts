import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { Snapshot } from "@weir/schema";
import type { Logger } from "pino";
import type { FromGatewayThread, GatewayThreadData, ToGatewayThread } from "./messages.ts";

const applyTimeoutMs = 5_000;
const backoffMinMs = 50;
const backoffMaxMs = 5_000;
/** A thread that served this long before it died is replaced without delay. */
const stableMs = 30_000;
/**
 * Room for what calls leave behind. All calls in flight wait while it is collected, which takes as long whether it
 * holds many dead objects or few, so it should be seldom. V8 takes this much only under load, 48 by itself.
 */
const youngGenerationMb = 128;
/**
 * V8 begins to mark the whole heap as soon as less is free than the young generation is large. With one this large
 * that is always: every few seconds, to free nothing. It begins now when most of the room is used, in per cent.
 */
export const markingFlags = [
  "--incremental-marking-soft-trigger=80",
  "--incremental-marking-hard-trigger=90",
];

const gatewayThread = new URL("gateway-thread.ts", import.meta.url);

type ThreadSettings = Omit<GatewayThreadData, "producer" | "port" | "snapshot" | "counters">;

export interface GatewayPoolOptions {
  threads: number;
  /** 0: the first thread takes a free one, and the others share it. */
  port: number;
  settings: ThreadSettings;
  /** One thread's counters. */
  makeCounters: () => SharedArrayBuffer;
  snapshot: () => Snapshot;
  /** The thread's module, when it is not the gateway's. */
  entry?: URL;
  onKeysUsed: (uses: readonly { keyId: string; usedAtMs: number }[]) => void;
  log: Logger;
}

interface Slot {
  index: number;
  worker: Worker | null;
  counters: SharedArrayBuffer;
  listening: boolean;
  appliedVersion: number;
  recordingProblem: string;
  /** True once any thread of this slot has listened. */
  proven: boolean;
  failures: number;
}

/** The gateway threads of this process: starts them, hands them snapshots, replaces one that dies, drains them. */
export class GatewayPool {
  readonly #options: GatewayPoolOptions;
  readonly #slots: Slot[];
  readonly #waiters = new Set<() => void>();
  #port: number;
  #stopping = false;
  #deaths = 0;
  #lastDeathMs = 0;

  constructor(options: GatewayPoolOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#slots = Array.from({ length: options.threads }, (_, index) => ({
      index,
      worker: null,
      counters: options.makeCounters(),
      listening: false,
      appliedVersion: -1,
      recordingProblem: "",
      proven: false,
      failures: 0,
    }));
  }

  /** Resolves with the port once every thread listens; rejects when the first cannot. */
  async start(): Promise<number> {
    for (const flag of markingFlags) setFlagsFromString(flag);
    const [first, ...others] = this.#slots;
    if (!first) throw new Error("A gateway needs at least one thread");
    this.#port = await this.#launch(first);
    await Promise.all(others.map((slot) => this.#launch(slot)));
    return this.#port;
  }

  /** Resolves when each living thread serves by this snapshot, or has not said so within 5 s. */
  async publish(snapshot: Snapshot): Promise<void> {
    for (const slot of this.#slots) send(slot.worker, { type: "snapshot", snapshot });
    const deadline = Date.now() + applyTimeoutMs;
    const behind = () => this.#slots.some((slot) => slot.listening && slot.appliedVersion < snapshot.version);
    while (behind() && Date.now() < deadline) await this.#nextMessage(deadline - Date.now());
    if (behind())
      this.#options.log.warn({ version: snapshot.version }, "A gateway thread is late with a new snapshot");
  }

  state() {
    return {
      threads: this.#slots.length,
      listening: this.#slots.filter((slot) => slot.listening).length,
      deaths: this.#deaths,
      lastDeathMs: this.#lastDeathMs,
      /** Why a thread cannot write records now; empty when all can. */
      recordingProblem: this.#slots.map((slot) => slot.recordingProblem).find(Boolean) ?? "",
    };
  }

  /** The counters of each thread. */
  counters(): SharedArrayBuffer[] {
    return this.#slots.map((slot) => slot.counters);
  }

  /** Stops accepting, lets calls in flight finish (the limits say for how long), and ends the threads. */
  async drain(): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      this.#slots.map(async ({ worker }) => {
        if (!worker) return;
        const gone = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
        send(worker, { type: "drain" });
        await gone;
      }),
    );
  }

  /** Ends the threads at once. */
  async terminate(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#slots.map((slot) => slot.worker?.terminate()));
  }

  #launch(slot: Slot): Promise<number> {
    const startedAt = Date.now();
    // A replacement takes its forerunner's name, and with it the segment that was left open.
    const producer = `gateway-${slot.index}`;
    const { settings, snapshot, log } = this.#options;
    const workerData: GatewayThreadData = {
      ...settings,
      producer,
      port: this.#port,
      snapshot: snapshot(),
      counters: slot.counters,
    };
    // Parameters of the main thread's Node, such as a test runner's loader, are no business of this one.
    const worker = new Worker(this.#options.entry ?? gatewayThread, {
      workerData,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    });
    slot.worker = worker;
    slot.appliedVersion = workerData.snapshot.version;
    const started = Promise.withResolvers<number>();
    let failure: unknown = null;
    worker.on("message", (message: FromGatewayThread) => {
      if (message.type === "listening") {
        slot.listening = true;
        slot.proven = true;
        started.resolve(message.port);
        // What was published while the thread was starting did not reach it.
        send(worker, { type: "snapshot", snapshot: snapshot() });
      }
      this.#receive(slot, message);
    });
    worker.on("error", (error) => {
      failure = error;
    });
    worker.on("exit", (code) => {
      slot.worker = null;
      slot.listening = false;
      this.#wake();
      const error = failure ?? new Error(`The gateway thread ended with code ${code}`);
      started.reject(error);
      if (this.#stopping) return;
      this.#deaths += 1;
      this.#lastDeathMs = Date.now();
      slot.failures = Date.now() - startedAt > stableMs ? 0 : slot.failures + 1;
      // A thread that could never listen makes start() fail instead, and the reason is told there.
      if (!slot.proven) return;
      log.error({ err: error, producer }, `The gateway thread ${slot.index} ended; replacing it`);
      const delayMs = Math.min(backoffMaxMs, backoffMinMs * 2 ** slot.failures);
      setTimeout(() => this.#replace(slot), delayMs);
    });
    return started.promise;
  }

  #replace(slot: Slot): void {
    if (this.#stopping) return;
    this.#launch(slot).then(
      () => this.#options.log.info({ thread: slot.index }, `The gateway thread ${slot.index} serves again`),
      // Its exit has been logged, and schedules the next attempt.
      () => undefined,
    );
  }

  #receive(slot: Slot, message: FromGatewayThread): void {
    if (message.type === "snapshot-applied") slot.appliedVersion = message.version;
    if (message.type === "keys-used") this.#options.onKeysUsed(message.uses);
    if (message.type === "fault") {
      const { traceId, detail } = message;
      this.#options.log.error({ thread: slot.index, traceId, detail }, "Weir failed to handle a call");
    }
    if (message.type === "recording") {
      slot.recordingProblem = message.problem;
      if (message.problem)
        this.#options.log.error({ thread: slot.index }, `Calls are not recorded: ${message.problem}`);
      else this.#options.log.info({ thread: slot.index }, "Calls are recorded again");
    }
    this.#wake();
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter();
    this.#waiters.clear();
  }

  #nextMessage(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, Math.max(0, limitMs));
      function done() {
        clearTimeout(timer);
        resolve();
      }
      this.#waiters.add(done);
    });
  }
}

function send(worker: Worker | null, message: ToGatewayThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  worker?.postMessage(message);
}
