import type { CounterReading, HistogramReading } from "@weir/gateway";
import { readCounters } from "@weir/gateway";
import type { System } from "@weir/schema";
import type { ShipperStats } from "@weir/store";
import { Registry, collectDefaultMetrics } from "prom-client";

export interface MetricsReading {
  counters: readonly SharedArrayBuffer[];
  system: System;
  shipper: ShipperStats | null;
  engineRestarts: Record<string, number>;
  threadDeaths: number;
}

interface Sample {
  name: string;
  type: "counter" | "gauge" | "histogram";
  help: string;
  lines: string[];
}

const countersHelp: { key: keyof CounterReading; name: string; type: "counter" | "gauge"; help: string }[] = [
  { key: "calls", name: "weir_calls_total", type: "counter", help: "Model calls that arrived." },
  { key: "callsInFlight", name: "weir_calls_in_flight", type: "gauge", help: "Model calls under way." },
  { key: "callsOk", name: "weir_calls_ok_total", type: "counter", help: "Model calls answered whole." },
  {
    key: "callsCancelled",
    name: "weir_calls_cancelled_total",
    type: "counter",
    help: "Calls whose client went away.",
  },
  {
    key: "recordsUnwritten",
    name: "weir_records_unwritten_total",
    type: "counter",
    help: "Records that could not be written.",
  },
  {
    key: "blobsUnwritten",
    name: "weir_blobs_unwritten_total",
    type: "counter",
    help: "Media that could not be written.",
  },
  { key: "spansIngested", name: "weir_otlp_spans_total", type: "counter", help: "OTLP spans taken." },
  {
    key: "spansRejected",
    name: "weir_otlp_spans_rejected_total",
    type: "counter",
    help: "OTLP spans refused.",
  },
  {
    key: "controlRequests",
    name: "weir_control_requests_total",
    type: "counter",
    help: "Requests passed to the control server.",
  },
  {
    key: "receivedBytes",
    name: "weir_received_bytes_total",
    type: "counter",
    help: "Bytes of request bodies.",
  },
  { key: "sentBytes", name: "weir_sent_bytes_total", type: "counter", help: "Bytes of answers." },
];

const histogramsHelp = [
  { key: "latencyMs", name: "weir_call_duration_seconds", help: "From a call's arrival to its last byte." },
  {
    key: "ttftMs",
    name: "weir_time_to_first_token_seconds",
    help: "From a call's arrival to its first token.",
  },
  {
    key: "overheadMs",
    name: "weir_gateway_overhead_seconds",
    help: "From a call's arrival to its way upstream.",
  },
] as const;

/** Answers `GET /metrics` in Prometheus' text format. */
export function createMetrics(read: () => MetricsReading): () => Promise<Response> {
  const process = new Registry();
  collectDefaultMetrics({ register: process, prefix: "weir_" });
  return async () => {
    const samples = gatewaySamples(read());
    const own = samples.map((sample) =>
      [`# HELP ${sample.name} ${sample.help}`, `# TYPE ${sample.name} ${sample.type}`, ...sample.lines].join(
        "\n",
      ),
    );
    const text = `${own.join("\n")}\n${await process.metrics()}`;
    return new Response(text, {
      headers: { "content-type": process.contentType, "cache-control": "no-store" },
    });
  };
}

function gatewaySamples(reading: MetricsReading): Sample[] {
  const threads = reading.counters.map((buffer) => readCounters(buffer));
  const sum = (key: keyof CounterReading) =>
    threads.reduce((total, thread) => total + numberOf(thread[key]), 0);
  const { system, shipper } = reading;
  return [
    ...countersHelp.map(({ key, name, type, help }) => ({
      name,
      type,
      help,
      lines: [`${name} ${sum(key)}`],
    })),
    {
      name: "weir_calls_failed_total",
      type: "counter",
      help: "Model calls that ended as an error, by whose it was.",
      lines: (["errorsCaller", "errorsAuth", "errorsUpstream", "errorsGateway"] as const).map(
        (key) => `weir_calls_failed_total{cause="${key.slice("errors".length).toLowerCase()}"} ${sum(key)}`,
      ),
    },
    ...histogramsHelp.map(({ key, name, help }) =>
      histogram({ name, help, readings: threads.map((thread) => thread[key]) }),
    ),
    gauge({
      name: "weir_spool_bytes",
      help: "Bytes of records on their way to ClickHouse.",
      value: system.spool.bytes,
    }),
    gauge({ name: "weir_spool_segments", help: "Sealed segments that wait.", value: system.spool.segments }),
    gauge({
      name: "weir_spool_oldest_seconds",
      help: "Age of the oldest segment that waits.",
      value: system.spool.oldestAgeMs / 1000,
    }),
    gauge({
      name: "weir_spool_dead_records",
      help: "Records that ClickHouse refused and that are set aside.",
      value: shipper?.deadLines ?? 0,
    }),
    counter({
      name: "weir_spool_shipped_bytes_total",
      help: "Bytes of records that ClickHouse has taken.",
      value: shipper?.shippedBytes ?? 0,
    }),
    counter({
      name: "weir_gateway_thread_deaths_total",
      help: "Gateway threads that ended and were replaced.",
      value: reading.threadDeaths,
    }),
    {
      name: "weir_engine_restarts_total",
      type: "counter",
      help: "Times that an engine ended and was restarted.",
      lines: Object.entries(reading.engineRestarts).map(
        ([engine, restarts]) => `weir_engine_restarts_total{engine="${engine}"} ${restarts}`,
      ),
    },
    {
      name: "weir_component_up",
      type: "gauge",
      help: "1 when the component is all right, else 0.",
      lines: system.components.map(
        ({ name, state }) => `weir_component_up{component="${name}"} ${state === "ok" ? 1 : 0}`,
      ),
    },
  ];
}

function numberOf(value: number | HistogramReading): number {
  return typeof value === "number" ? value : 0;
}

function gauge(options: { name: string; help: string; value: number }): Sample {
  return { ...options, type: "gauge", lines: [`${options.name} ${options.value}`] };
}

function counter(options: { name: string; help: string; value: number }): Sample {
  return { ...options, type: "counter", lines: [`${options.name} ${options.value}`] };
}

/** Adds the threads' buckets up; Prometheus wants them cumulative and in seconds. */
function histogram(options: { name: string; help: string; readings: readonly HistogramReading[] }): Sample {
  const { name, help, readings } = options;
  const bounds = readings[0]?.bounds ?? [];
  const lines: string[] = [];
  let count = 0;
  for (let bucket = 0; bucket <= bounds.length; bucket++) {
    count += readings.reduce((total, reading) => total + (reading.counts[bucket] ?? 0), 0);
    const bound = bounds[bucket];
    lines.push(`${name}_bucket{le="${bound === undefined ? "+Inf" : bound / 1000}"} ${count}`);
  }
  const sum = readings.reduce((total, reading) => total + reading.sum, 0);
  lines.push(`${name}_sum ${sum / 1000}`, `${name}_count ${count}`);
  return { name, type: "histogram", help, lines };
}
