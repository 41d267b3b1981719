import type { Call } from "../call.ts";
import { writeChunk } from "./write-chunk.ts";

/** Holds the upstream while the caller does not read, and gives the caller up when it never does. */
export class BackPressure {
  readonly #call: Call;
  #stalled: NodeJS.Timeout | null = null;
  #listening = false;
  /** The first bytes take the head along. */
  #begun = false;

  constructor(call: Call) {
    this.#call = call;
  }

  /** Writes to the caller; slows the upstream down when it has to. */
  write(bytes: Uint8Array): void {
    const { res, gate, upstream } = this.#call;
    gate.counters.add("sentBytes", bytes.length);
    const taken = this.#begun ? writeChunk(res, bytes) : res.write(bytes);
    this.#begun = true;
    if (taken || this.#stalled !== null) return;
    upstream?.pause();
    this.#stalled = setTimeout(() => res.destroy(), gate.ports.limits.clientIdleTimeoutMs);
    if (this.#listening) return;
    this.#listening = true;
    res.on("drain", () => this.#release());
  }

  stop(): void {
    if (this.#stalled !== null) clearTimeout(this.#stalled);
    this.#stalled = null;
  }

  #release(): void {
    if (this.#stalled === null) return;
    this.stop();
    this.#call.upstream?.resume();
  }
}
