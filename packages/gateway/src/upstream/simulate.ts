import type { JsonObject, SimulatorResponse } from "@weir/providers";
import type { Call } from "../call.ts";
import { gatewayErrors, GatewayError } from "../errors.ts";
import type { UpstreamSink } from "./sink.ts";

/** A door that a stream's reader waits at while the caller does not read. */
interface Door {
  close(): void;
  open(): void;
  passed(): Promise<void> | null;
}

function createDoor(): Door {
  let waiting: Promise<void> | null = null;
  let open = (): void => undefined;
  return {
    close() {
      if (waiting !== null) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting = promise;
      open = resolve;
    },
    open() {
      waiting = null;
      open();
    },
    passed: () => waiting,
  };
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

async function pour(response: SimulatorResponse, sink: UpstreamSink, door: Door): Promise<void> {
  sink.head(response.status, response.headers);
  if (response.stream === undefined) {
    sink.data(bufferOf(response.body));
    sink.end();
    return;
  }
  for await (const chunk of response.stream) {
    sink.data(bufferOf(chunk));
    const wait = door.passed();
    if (wait !== null) await wait;
  }
  sink.end();
}

/** Streams are asked for their usage, as a provider's are; the caller who did not ask does not see it. */
function askUsage(call: Call, body: JsonObject): JsonObject {
  if (call.protocol !== "openai" || call.facts?.stream !== true || call.facts.includeUsage) return body;
  call.stripUsage = true;
  return { ...body, stream_options: { include_usage: true } };
}

/** Serves a call from the simulator, in this process, as if it came from a provider. */
export function simulate(call: Call, body: JsonObject, sink: UpstreamSink): void {
  const { gate, resolution } = call;
  const aborter = new AbortController();
  const door = createDoor();
  call.upstream = {
    abort() {
      aborter.abort();
      door.open();
    },
    pause: () => door.close(),
    resume: () => door.open(),
  };
  call.dispatchedAtMs = gate.ports.clock.nowMs();
  const model = resolution?.model ?? "";
  const { protocol, operation } = call;
  gate.simulator
    .respond({ protocol, operation, body: askUsage(call, body), model, signal: aborter.signal })
    .then((response) => pour(response, sink, door))
    .catch((cause: unknown) => {
      if (aborter.signal.aborted) return;
      if (cause instanceof GatewayError) sink.fail(cause);
      else if (call.upstreamAtMs === null) {
        gate.ports.reportFault?.({ cause, traceId: call.trace.traceId });
        sink.fail(gatewayErrors.simulatorFailed(cause));
      } else sink.fail(gatewayErrors.upstreamBroken({ provider: "sim", reason: "it was told to", cause }));
    });
}
