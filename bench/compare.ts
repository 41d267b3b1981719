import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requestBody } from "./answers.ts";
import {
  startBareProxy,
  startPortkey,
  startUpstream,
  startWeir,
  waitUntilUp,
  type Contender,
} from "./contenders.ts";
import { median } from "./statistics.ts";

/**
 * Requests per second through every contender, in turn, several rounds: on a machine that others share, only
 * figures of one interleaved run compare. Needs `wrk`. `node bench/compare.ts [rounds=5] [seconds=5]`
 */
const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 5);
const connections = 32;
/** The load generator, a Debian package. */
const loadGenerator = "wrk";

interface Round {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  failures: number;
}

function inMs(text: string | undefined): number {
  const match = /([\d.]+)(us|ms|s)/.exec(text ?? "");
  const unit = match?.[2] === "us" ? 0.001 : match?.[2] === "s" ? 1000 : 1;
  return Number(match?.[1] ?? Number.NaN) * unit;
}

function measure(contender: Contender, folder: string): Round {
  const script = join(folder, "post.lua");
  const headers = Object.entries(contender.headers)
    .map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`)
    .join("\n");
  const body = JSON.stringify(requestBody({ model: contender.model }));
  writeFileSync(script, `wrk.method = "POST"\n${headers}\nwrk.body = ${body}\n`);
  const output = execFileSync(
    loadGenerator,
    ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", "-s", script, contender.url],
    { encoding: "utf8" },
  );
  return {
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1] ?? Number.NaN),
    p50Ms: inMs(/^\s+50%\s+(\S+)/m.exec(output)?.[1]),
    p99Ms: inMs(/^\s+99%\s+(\S+)/m.exec(output)?.[1]),
    failures: Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0),
  };
}

const folder = mkdtempSync(join(tmpdir(), "weir-compare-"));
const upstream = await startUpstream();
const contenders: Contender[] = [upstream];
try {
  contenders.push(await startBareProxy(upstream));
  const portkey = await startPortkey(upstream);
  if (portkey) contenders.push(portkey);
  else process.stderr.write("Portkey is left out: run npm ci --prefix bench first.\n");
  contenders.push(await startWeir(upstream, 1), await startWeir(upstream, 2));

  const results = new Map<string, Round[]>();
  for (const contender of contenders) measure(contender, folder); // Warm every one up; not counted.
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of contenders) {
      results.set(contender.name, [...(results.get(contender.name) ?? []), measure(contender, folder)]);
      // The next contender must not pay for this one's records that are still being shipped.
      if (contender.name.startsWith("Weir")) await waitUntilShipped(contender);
    }
  }
  report(results);
} finally {
  for (const contender of contenders.toReversed()) await contender.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function waitUntilShipped(contender: Contender): Promise<void> {
  await waitUntilUp(`${contender.origin}/readyz`);
  for (;;) {
    const metrics = await (await fetch(`${contender.origin}/metrics`)).text();
    const backlog = Number(/^weir_spool_segments(?:\{[^}]*\})? (\d+)/m.exec(metrics)?.[1] ?? 0);
    if (backlog === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function report(results: Map<string, Round[]>): void {
  const rates = new Map(
    [...results].map(([name, list]) => [name, median(list.map((one) => one.requestsPerSecond))]),
  );
  const bare = rates.get("bare node:http + undici") ?? Number.NaN;
  const peer = rates.get("@portkey-ai/gateway 1.15.2") ?? Number.NaN;
  process.stdout.write(
    "| on the way | requests/s (median; range) | p50 | p99 | of the bare proxy | times Portkey | failures |\n" +
      "|---|---|---|---|---|---|---|\n",
  );
  for (const [name, list] of results) {
    const all = list.map((one) => one.requestsPerSecond);
    const rate = rates.get(name) ?? Number.NaN;
    process.stdout.write(
      `| ${name} | ${Math.round(rate)} (${Math.round(Math.min(...all))}–${Math.round(Math.max(...all))}) ` +
        `| ${median(list.map((one) => one.p50Ms)).toFixed(2)} ms | ${median(list.map((one) => one.p99Ms)).toFixed(2)} ms ` +
        `| ${Math.round((rate / bare) * 100)} % | ${(rate / peer).toFixed(1)} ` +
        `| ${list.reduce((sum, one) => sum + one.failures, 0)} |\n`,
    );
  }
}
