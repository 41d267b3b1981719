import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGateway } from "@weir/gateway";
import { defaultLimits, type Snapshot } from "@weir/schema";
import { createBlobStore, createRecorder, createSpoolWriter } from "@weir/store";
import { requestBody } from "./answers.ts";
import { bootstrapKey, startBareProxy, startUpstream, type Contender } from "./contenders.ts";
import { median } from "./statistics.ts";

/** The load generator, a Debian package. */
const loadGenerator = "wrk";

/**
 * The data plane alone against the bare proxy, for whoever works on the gateway: one thread, everything
 * appended to a spool, no shipper and no engines beside it. Needs `wrk`.
 * `node bench/gateway-micro.ts [rounds=3] [seconds=3] [model=gpt-4o-mini]`
 *
 * `node --cpu-prof bench/gateway-micro.ts serve <upstream origin>` runs only the gateway, to be profiled.
 */
async function serve(origin: string): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "weir-micro-"));
  const folder = join(home, "spool");
  const spool = createSpoolWriter({ directory: folder, producer: "micro", limits: defaultLimits });
  const recorder = createRecorder({ spool, blobs: createBlobStore({ directory: join(home, "blobs") }) });
  const provider = {
    protocol: "openai",
    keyRequired: true,
    keyHint: "",
    headers: {},
    timeoutMs: 60_000,
  } as const;
  const snapshot: Snapshot = {
    version: 1,
    providers: [
      {
        ...provider,
        name: "openai",
        baseUrl: `${origin}/v1`,
        apiKey: "upstream-key",
        models: ["gpt-4o-mini"],
        priceProvider: "openai",
      },
    ],
    keys: [
      {
        id: "key-1",
        projectId: "project-1",
        name: "micro",
        sha256: createHash("sha256").update(bootstrapKey).digest("hex"),
        revokedAt: null,
      },
    ],
    strict: false,
  };
  const gateway = createGateway({
    recorder,
    snapshot: { current: () => snapshot },
    clock: { nowMs: () => performance.timeOrigin + performance.now(), dateMs: (atMs) => atMs },
    control: { socketPath: join(home, "control.sock") },
    limits: defaultLimits,
  });
  const { port } = await gateway.listen({ host: "127.0.0.1", port: 0 });
  process.stdout.write(`listening ${port}\n`);
  // Nobody ships here; what is sealed is removed so that the disk does not fill.
  const sweep = setInterval(() => {
    for (const name of readdirSync(folder)) if (name.endsWith(".ndjson")) rmSync(join(folder, name));
  }, 500);
  process.once("SIGTERM", () => {
    clearInterval(sweep);
    void gateway.close({ drainTimeoutMs: 0 }).then(() => {
      const { unrecorded, appendedLines } = spool.stats();
      process.stderr.write(`recorded ${appendedLines}, unrecorded ${unrecorded}\n`);
      spool.close();
      rmSync(home, { recursive: true, force: true });
    });
  });
}

async function startGatewayAlone(upstream: Contender): Promise<Contender> {
  const child = spawn(process.execPath, ["bench/gateway-micro.ts", "serve", upstream.origin], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await new Promise<string>((resolve) => {
    child.stdout.on("data", (text: Buffer) => resolve(/listening (\d+)/.exec(text.toString())?.[1] ?? ""));
  });
  return {
    name: "gateway",
    url: `http://127.0.0.1:${port}/v1/chat/completions`,
    origin: `http://127.0.0.1:${port}`,
    headers: { "content-type": "application/json", authorization: `Bearer ${bootstrapKey}` },
    model: process.argv[4] ?? "gpt-4o-mini",
    pid: child.pid ?? 0,
    async stop() {
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill("SIGTERM");
      await gone;
    },
  };
}

function load(contender: Contender, folder: string, seconds: number): string {
  const script = join(folder, "post.lua");
  const headers = Object.entries(contender.headers).map(
    ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  const body = JSON.stringify(requestBody({ model: contender.model }));
  writeFileSync(script, `wrk.method = "POST"\n${headers.join("\n")}\nwrk.body = ${body}\n`);
  const flags = ["-t1", "-c32", `-d${seconds}s`, "--latency", "-s", script, contender.url];
  return execFileSync(loadGenerator, flags, { encoding: "utf8" });
}

/** CPU time of a process, all its threads, in microseconds (Linux, 100 ticks a second). */
function cpuMicros(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/**
 * On a machine that others use, CPU time per call says more than calls per second: it does not grow while a
 * process waits for its turn.
 */
async function compare(rounds: number, seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "weir-micro-load-"));
  const upstream = await startUpstream();
  const contenders = [await startBareProxy(upstream), await startGatewayAlone(upstream)];
  try {
    const rates = new Map<string, number[]>();
    const costs = new Map<string, number[]>();
    for (const contender of contenders) load(contender, folder, 2);
    for (let round = 0; round < rounds; round += 1) {
      for (const contender of contenders) {
        const before = cpuMicros(contender.pid);
        const output = load(contender, folder, seconds);
        const calls = Number(/(\d+) requests in/.exec(output)?.[1]);
        const cost = (cpuMicros(contender.pid) - before) / calls;
        costs.set(contender.name, [...(costs.get(contender.name) ?? []), cost]);
        const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
        const [, p50, p99] = /^\s+50%\s+(\S+)[\s\S]*^\s+99%\s+(\S+)/m.exec(output) ?? [];
        const failed = /Non-2xx.*$/m.exec(output)?.[0] ?? "";
        rates.set(contender.name, [...(rates.get(contender.name) ?? []), rate]);
        process.stdout.write(
          `${contender.name} ${Math.round(rate)}/s p50 ${p50} p99 ${p99} CPU ${cost.toFixed(1)} us/call ${failed}\n`,
        );
      }
    }
    const [bare = 0, gateway = 0] = [...rates.values()].map(median);
    const [bareCost = 0, gatewayCost = 0] = [...costs.values()].map(median);
    process.stdout.write(`CPU: ${Math.round((bareCost / gatewayCost) * 100)} % of the bare proxy\n`);
    process.stdout.write(`median ${Math.round((gateway / bare) * 100)} % of the bare proxy\n`);
  } finally {
    for (const contender of [...contenders, upstream]) await contender.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[2] === "serve") await serve(process.argv[3] ?? "");
else await compare(Number(process.argv[2] ?? 3), Number(process.argv[3] ?? 3));
