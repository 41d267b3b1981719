import { inspect } from "node:util";
import { parentPort, workerData } from "node:worker_threads";
import { createGateway } from "@weir/gateway";
import type { SpanRecord, Snapshot } from "@weir/schema";
import {
  createBlobStore,
  createRecorder,
  createSpoolWriter,
  openFileMemory,
  readSpoolGauge,
} from "@weir/store";
import type { FromGatewayThread, GatewayThreadData, ToGatewayThread } from "./messages.ts";
import { recordingProblem } from "./recording-check.ts";
import { createThreadClock } from "./thread-clock.ts";

// The entry of a gateway thread: it serves model calls and OTLP with nothing but a snapshot and the spool.

const reportEveryMs = 1_000;
const sweepEveryMs = 50;

if (!parentPort) throw new Error("gateway-thread.ts runs as a worker of the server");
const port = parentPort;
const data: GatewayThreadData = workerData;

let snapshot: Snapshot = data.snapshot;
let reportedProblem = "";
const keyUses = new Map<string, number>();

const clock = createThreadClock({ systemMs: () => Date.now(), monotonicMs: () => performance.now() });
const spool = createSpoolWriter({
  directory: data.spoolFolder,
  producer: data.producer,
  limits: data.limits,
  gauge: data.spoolGauge,
  clock,
});
const recorder = createRecorder({ spool, blobs: createBlobStore({ directory: data.blobFolder }) });

const takenExports = openFileMemory(data.takenExports.file);

const gateway = createGateway({
  recorder: {
    append(records: readonly SpanRecord[]) {
      for (const record of records) if (record.key_id) keyUses.set(record.key_id, Date.now());
      return recorder.append(records);
    },
    storeBlob: (blob) => recorder.storeBlob(blob),
  },
  snapshot: { current: () => snapshot },
  clock,
  control: { socketPath: data.controlSocket, trustProxy: data.trustProxy },
  limits: data.limits,
  counters: data.counters,
  // As text, because not every error can be sent to another thread.
  reportFault: ({ cause, traceId }) => send({ type: "fault", traceId, detail: inspect(cause) }),
  takenExports: {
    buffer: data.takenExports.buffer,
    // Not kept means that a retry after a restart is recorded again, and nothing worse.
    keep: (offset, bytes) => void takenExports.write(offset, bytes),
  },
});

port.on("message", (message: ToGatewayThread) => {
  if (message.type === "snapshot") {
    snapshot = message.snapshot;
    send({ type: "snapshot-applied", version: snapshot.version });
    return;
  }
  void drain();
});

const reporter = setInterval(report, reportEveryMs);
const address = await gateway.listen({ port: data.port, host: data.host, reusePort: true });
send({ type: "listening", port: address.port });

/** Tells the main thread which keys were used, and whether records can be written; keeps the clock right. */
function report(): void {
  clock.follow();
  if (keyUses.size > 0) {
    send({ type: "keys-used", uses: [...keyUses].map(([keyId, usedAtMs]) => ({ keyId, usedAtMs })) });
    keyUses.clear();
  }
  const problem = recordingProblem({
    lastProblem: spool.stats().problem,
    spoolFolder: data.spoolFolder,
    producer: data.producer,
    spoolBytes: readSpoolGauge(data.spoolGauge).bytes,
    spoolMaxBytes: data.limits.spoolMaxBytes,
  });
  if (problem !== reportedProblem) {
    reportedProblem = problem;
    send({ type: "recording", problem });
  }
}

async function drain(): Promise<void> {
  // A connection that was busy when the drain began stays open when its call is over, as its client was promised.
  const sweeper = setInterval(() => gateway.server.closeIdleConnections(), sweepEveryMs);
  await gateway.close();
  clearInterval(sweeper);
  clearInterval(reporter);
  report();
  spool.close();
  takenExports.close();
  port.close();
}

function send(message: FromGatewayThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  port.postMessage(message);
}
