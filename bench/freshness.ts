import { requestBody } from "./answers.ts";
import { residentBytes, startUpstream, startWeir } from "./contenders.ts";
import { percentile } from "./statistics.ts";

/**
 * How long after its answer a call can be queried, and how much memory the idle system takes.
 * `node bench/freshness.ts [calls=100]`
 */
const calls = Number(process.argv[2] ?? 100);
const mebibyte = 1024 * 1024;

const upstream = await startUpstream();
const weir = await startWeir(upstream, Number(process.env["WEIR_GATEWAY_THREADS"] ?? 2));
try {
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const idle = residentBytes(weir.pid, { children: true });
  process.stdout.write(`idle, the whole system: ${Math.round(idle / mebibyte)} MiB (PSS)\n`);

  const delays: number[] = [];
  for (let index = 0; index < calls; index += 1) {
    const response = await fetch(weir.url, {
      method: "POST",
      headers: weir.headers,
      body: requestBody({ model: weir.model }),
    });
    await response.arrayBuffer();
    const answeredAt = performance.now();
    const traceId = response.headers.get("x-weir-trace-id");
    for (;;) {
      const found = await fetch(`${weir.origin}/api/v1/traces/${traceId}`, { headers: weir.headers });
      await found.arrayBuffer();
      if (found.status === 200) break;
      if (performance.now() - answeredAt > 30_000) throw new Error(`trace ${traceId} never came`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    delays.push(performance.now() - answeredAt);
  }
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(delays, share).toFixed(0));
  process.stdout.write(
    `queryable after the answer: p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms (${calls} calls)\n`,
  );
} finally {
  await weir.stop();
  await upstream.stop();
}
