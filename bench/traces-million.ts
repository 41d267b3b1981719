import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { startTestSystem } from "../apps/server/src/capabilities/traces/test-system.ts";
import { percentile } from "./statistics.ts";
import { insertSpansSql, insertWideTraceSql, wideTraceId } from "./traces-million-rows.ts";

/**
 * How long the console's reads take with a million spans, over HTTP, one after the other. The last column is the
 * processor time of a read, engine and server together, which says more than the clock on a machine that is busy.
 * `node bench/traces-million.ts [spans=1000000] [rounds=60]`
 */
const spans = Number(process.argv[2] ?? 1_000_000);
const rounds = Number(process.argv[3] ?? 60);
const spansPerInsert = 125_000;

const rangeOf = (days: number) => ({
  from: new Date(Date.UTC(2026, 10, 21, 12) - days * 86_400_000).toISOString(),
  to: "2026-11-21T12:00:00.000Z",
});

interface Read {
  name: string;
  path: (round: number) => string;
}

const system = await startTestSystem();
try {
  const origin = await system.listen();
  const startedAt = performance.now();
  for (let first = 0; first < spans; first += spansPerInsert) {
    const count = Math.min(spansPerInsert, spans - first);
    await system.clickhouse.execute({ sql: insertSpansSql, params: { first, count } });
  }
  await system.clickhouse.execute({ sql: insertWideTraceSql });
  process.stderr.write(`${spans} spans made in ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
  await waitForMerges();
  await describeMachine();
  await measureAll(origin);
} finally {
  await system.stop();
}

/** The merges that the inserts set off are not what is measured. */
async function waitForMerges(): Promise<void> {
  for (;;) {
    const merges = await rowsOf<{ rows: number }>("SELECT rows_read AS rows FROM system.merges");
    if (merges.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function describeMachine(): Promise<void> {
  const [size] = await rowsOf<{ disk: number; raw: number; parts: number }>(
    `SELECT sum(bytes_on_disk) AS disk, sum(data_uncompressed_bytes) AS raw, count() AS parts
          FROM system.parts WHERE active AND table = 'spans'`,
  );
  const mebibytes = (bytes = 0) => `${Math.round(bytes / 1024 / 1024)} MiB`;
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  process.stdout.write(
    `${cpus().length} × ${cpus()[0]?.model ?? "CPU"}, node ${process.version}, commit ${commit}; ${spans} spans, ` +
      `${mebibytes(size?.raw)} raw, ${mebibytes(size?.disk)} on disk in ${size?.parts} parts; ${rounds} rounds; load ${loadavg()[0]?.toFixed(1)}\n\n`,
  );
}

async function rowsOf<Row>(sql: string): Promise<Row[]> {
  const result = await system.clickhouse.client.query({ query: sql, format: "JSONEachRow" });
  return result.json<Row>();
}

async function readJson(url: string): Promise<{ nextCursor?: string }> {
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text}`);
  const body: { nextCursor?: string } = JSON.parse(text);
  return body;
}

async function listedReads(origin: string): Promise<Read[]> {
  const list = (query: Record<string, string>) =>
    `/api/v1/traces?${new URLSearchParams({ limit: "50", ...query })}`;
  const { nextCursor } = await readJson(`${origin}${list({})}`);
  // Traces from all over the week, so that no cache of a single place answers them all.
  const sample = await rowsOf<{ trace_id: string }>(
    `SELECT DISTINCT trace_id FROM spans WHERE project_id = 'project-a' AND cityHash64(trace_id) % 97 = 3 LIMIT 500`,
  );
  const traceAt = (round: number) => sample[(round * 37) % sample.length]?.trace_id ?? "";
  const fields = "model,provider,status,error,http,kind,environment,release,service,tag,key,source";
  return [
    { name: "trace list, first page", path: () => list({}) },
    { name: "trace list, first page of 24 h", path: () => list(rangeOf(1)) },
    { name: "trace list, second page", path: () => list({ cursor: nextCursor ?? "" }) },
    { name: "list, status:error", path: () => list({ ...rangeOf(7), filter: "status:error" }) },
    {
      name: "list, five filters",
      path: () =>
        list({
          ...rangeOf(7),
          filter: "model:gpt-5* status:error environment:production latency:>1s tag:beta",
        }),
    },
    {
      name: "list, one user",
      path: (round) => list({ ...rangeOf(7), filter: `user:user-${(round * 71) % 5000}` }),
    },
    {
      name: "list, metadata",
      path: (round) => list({ ...rangeOf(7), filter: `metadata.tenant:${round % 300}` }),
    },
    { name: "list, rare word", path: (round) => list({ filter: `rare${(round * 977) % 60000}` }) },
    { name: "list, common word", path: () => list({ filter: "invoice" }) },
    { name: "list, phrase", path: () => list({ filter: '"refund policy"' }) },
    { name: "list, nothing found", path: () => list({ filter: "latency:>1h" }) },
    { name: "trace by id", path: (round) => `/api/v1/traces/${traceAt(round)}` },
    { name: "trace of 30,000 spans", path: () => `/api/v1/traces/${wideTraceId}` },
    {
      name: "12 facets of 24 h",
      path: () => `/api/v1/facets?${new URLSearchParams({ ...rangeOf(1), fields })}`,
    },
    { name: "overview of 24 h", path: () => `/api/v1/overview?${new URLSearchParams(rangeOf(1))}` },
    { name: "overview of 7 days", path: () => `/api/v1/overview?${new URLSearchParams(rangeOf(7))}` },
    { name: "changes of 7 days", path: () => `/api/v1/changes?${new URLSearchParams(rangeOf(7))}` },
    {
      name: "overview of 7 days, gateway only",
      path: () => `/api/v1/overview?${new URLSearchParams({ ...rangeOf(7), filter: "source:gateway" })}`,
    },
  ];
}

/** Processor time of this process and, on Linux, of the engine so far. */
function processorMs(): number {
  const { user, system: kernel } = process.cpuUsage();
  const own = (user + kernel) / 1000;
  if (process.platform !== "linux") return own;
  const fields = readFileSync(`/proc/${system.pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
  // Fields 14 and 15 of the whole line, in hundredths of a second.
  return own + (Number(fields[11]) + Number(fields[12])) * 10;
}

async function measureAll(origin: string): Promise<void> {
  process.stdout.write(
    "| read | median ms | p95 ms | p99 ms | CPU ms |\n| --- | ---: | ---: | ---: | ---: |\n",
  );
  for (const read of await listedReads(origin)) {
    for (let round = 0; round < 3; round += 1) await readJson(`${origin}${read.path(rounds + round)}`);
    const timesMs: number[] = [];
    const cpuBefore = processorMs();
    for (let round = 0; round < rounds; round += 1) {
      const startedAt = performance.now();
      await readJson(`${origin}${read.path(round)}`);
      timesMs.push(performance.now() - startedAt);
    }
    const cpu = (processorMs() - cpuBefore) / rounds;
    const figures = [0.5, 0.95, 0.99].map((share) => percentile(timesMs, share).toFixed(1));
    process.stdout.write(`| ${read.name} | ${figures.join(" | ")} | ${cpu.toFixed(1)} |\n`);
  }
}
