import type { SpanRecord } from "@weir/schema";
import type { Counters } from "../counters.ts";
import type { Recorder } from "../ports.ts";

/** Brings records to the recorder in as few writes as there can be without anybody waiting. */
export interface Journal {
  /**
   * Without `then` the record is written before this returns. With it, it is written with all others of this
   * turn of the event loop, and `then` is called after.
   */
  append(record: SpanRecord, then?: () => void): void;
}

/** A batch that grows beyond this is written at once. */
const batchMax = 64;

export function createJournal(recorder: Recorder, counters: Counters): Journal {
  let records: SpanRecord[] = [];
  let waiting: (() => void)[] = [];
  const flush = (): void => {
    if (records.length === 0) return;
    const batch = records;
    const resume = waiting;
    records = [];
    waiting = [];
    if (!recorder.append(batch)) counters.add("recordsUnwritten", batch.length);
    for (const then of resume) then();
  };
  return {
    append(record, then) {
      records.push(record);
      if (then !== undefined) waiting.push(then);
      if (then === undefined || records.length >= batchMax) flush();
      else if (records.length === 1) setImmediate(flush);
    },
  };
}
