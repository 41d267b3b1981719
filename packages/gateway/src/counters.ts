/** Upper bounds in milliseconds; a last bucket takes everything above. */
export const latencyBucketsMs = [
  5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000,
] as const;
/** The gateway's own share: from a request's arrival to its way upstream. */
export const overheadBucketsMs = [0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 100] as const;

const counterNames = [
  "calls",
  "callsInFlight",
  "callsOk",
  "callsCancelled",
  "errorsCaller",
  "errorsAuth",
  "errorsUpstream",
  "errorsGateway",
  "recordsUnwritten",
  "blobsUnwritten",
  "spansIngested",
  "spansRejected",
  "controlRequests",
  "receivedBytes",
  "sentBytes",
] as const;
export type CounterName = (typeof counterNames)[number];

const histogramBounds = {
  latencyMs: latencyBucketsMs,
  ttftMs: latencyBucketsMs,
  overheadMs: overheadBucketsMs,
} as const;
export type HistogramName = keyof typeof histogramBounds;
const histogramNames = ["latencyMs", "ttftMs", "overheadMs"] as const;

/** Where each histogram starts: one slot per bucket, one for the overflow, one for the sum. */
const histogramOffsets: { readonly [name in HistogramName]: number } = (() => {
  const offsets = { latencyMs: 0, ttftMs: 0, overheadMs: 0 };
  let next = counterNames.length;
  for (const name of histogramNames) {
    offsets[name] = next;
    next += histogramBounds[name].length + 2;
  }
  return offsets;
})();
const slotCount =
  counterNames.length + histogramNames.reduce((sum, name) => sum + histogramBounds[name].length + 2, 0);

/** Not cumulative: `counts[i]` are the values above `bounds[i - 1]` and up to `bounds[i]`; the last has no bound. */
export interface HistogramReading {
  bounds: readonly number[];
  counts: number[];
  sum: number;
}

export type CounterReading = { [name in CounterName]: number } & {
  [name in HistogramName]: HistogramReading;
};

/** One thread's counters. Only that thread writes; any thread that holds `buffer` may read. */
export interface Counters {
  readonly buffer: SharedArrayBuffer;
  add(name: CounterName, amount: number): void;
  observe(name: HistogramName, value: number): void;
}

const slotOf = new Map<CounterName, number>(counterNames.map((name, index) => [name, index]));
const indexOf = (name: CounterName): number => slotOf.get(name) ?? 0;

/**
 * Makes one thread's counters, in memory that other threads can read without asking. Pass a buffer to go on
 * counting where a thread that died had stopped.
 */
export function createCounters(buffer = new SharedArrayBuffer(slotCount * 8)): Counters {
  const slots = new Float64Array(buffer);
  const bump = (index: number, amount: number): void => {
    slots[index] = (slots[index] ?? 0) + amount;
  };
  // What the thread before had in flight died with it.
  slots[indexOf("callsInFlight")] = 0;
  return {
    buffer,
    add: (name, amount) => bump(indexOf(name), amount),
    observe(name, value) {
      const bounds: readonly number[] = histogramBounds[name];
      const offset = histogramOffsets[name];
      let bucket = 0;
      while (bucket < bounds.length && value > (bounds[bucket] ?? Infinity)) bucket += 1;
      bump(offset + bucket, 1);
      bump(offset + bounds.length + 1, value);
    },
  };
}

/** Reads one thread's counters; add the readings of all threads for the whole. */
export function readCounters(buffer: SharedArrayBuffer): CounterReading {
  const slots = new Float64Array(buffer);
  const count = (name: CounterName): number => slots[indexOf(name)] ?? 0;
  const histogram = (name: HistogramName): HistogramReading => {
    const bounds = histogramBounds[name];
    const offset = histogramOffsets[name];
    return {
      bounds,
      counts: Array.from(slots.subarray(offset, offset + bounds.length + 1)),
      sum: slots[offset + bounds.length + 1] ?? 0,
    };
  };
  return {
    calls: count("calls"),
    callsInFlight: count("callsInFlight"),
    callsOk: count("callsOk"),
    callsCancelled: count("callsCancelled"),
    errorsCaller: count("errorsCaller"),
    errorsAuth: count("errorsAuth"),
    errorsUpstream: count("errorsUpstream"),
    errorsGateway: count("errorsGateway"),
    recordsUnwritten: count("recordsUnwritten"),
    blobsUnwritten: count("blobsUnwritten"),
    spansIngested: count("spansIngested"),
    spansRejected: count("spansRejected"),
    controlRequests: count("controlRequests"),
    receivedBytes: count("receivedBytes"),
    sentBytes: count("sentBytes"),
    latencyMs: histogram("latencyMs"),
    ttftMs: histogram("ttftMs"),
    overheadMs: histogram("overheadMs"),
  };
}
