import { Pool } from "undici";
import { startUpstream, startWeir } from "./contenders.ts";
import { encodeTraces, renewTraces, type TracesPayload } from "./otlp-payload.ts";

/**
 * OTLP protobuf spans per second that are durable when they are acknowledged, and how long until all of them can be
 * queried. `node bench/otlp.ts [seconds=10] [spans per request=200] [concurrency=4]`
 */
const seconds = Number(process.argv[2] ?? 10);
const spansPerRequest = Number(process.argv[3] ?? 200);
const concurrency = Number(process.argv[4] ?? 4);

const upstream = await startUpstream();
const weir = await startWeir(upstream, 2);
const pool = new Pool(weir.origin, { connections: concurrency, pipelining: 1 });
try {
  // Encoded once for each connection, so that encoding is no part of the measurement; the traces are new each time.
  let sent = 0;
  let acknowledged = 0;
  const payloads = Array.from({ length: concurrency }, () => encodeTraces(spansPerRequest));
  const startedAt = performance.now();
  const worker = async (payload: TracesPayload) => {
    while (performance.now() - startedAt < seconds * 1000) {
      sent += 1;
      renewTraces(payload, sent);
      const { statusCode, body } = await pool.request({
        path: "/v1/traces",
        method: "POST",
        headers: { ...weir.headers, "content-type": "application/x-protobuf" },
        body: payload.bytes,
      });
      const answer = Buffer.from(await body.arrayBuffer());
      if (statusCode !== 200 || answer.length > 0) throw new Error(`${statusCode}: ${answer.toString()}`);
      acknowledged += spansPerRequest;
    }
  };
  await Promise.all(payloads.map(worker));
  const elapsedMs = performance.now() - startedAt;
  process.stdout.write(
    `${Math.round(acknowledged / (elapsedMs / 1000))} spans/s acknowledged ` +
      `(${acknowledged} spans of ${Math.round((payloads[0]?.bytes.length ?? 0) / spansPerRequest)} bytes, ${spansPerRequest} a request)\n`,
  );
  for (;;) {
    const metrics = await (await fetch(`${weir.origin}/metrics`)).text();
    if (Number(/^weir_spool_segments(?:\{[^}]*\})? (\d+)/m.exec(metrics)?.[1] ?? 1) === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const total = (performance.now() - startedAt) / 1000;
  const ingested = await (await fetch(`${weir.origin}/metrics`)).text();
  const recorded = Number(/^weir_otlp_spans_total(?:\{[^}]*\})? (\d+)/m.exec(ingested)?.[1] ?? 0);
  if (recorded !== acknowledged) throw new Error(`${recorded} of ${acknowledged} spans were recorded`);
  process.stdout.write(`${Math.round(acknowledged / total)} spans/s until the last one can be queried\n`);
} finally {
  await pool.close();
  await weir.stop();
  await upstream.stop();
}
