import { Agent, request } from "node:http";
import { requestBody, streamTokens } from "./answers.ts";
import { startBareProxy, startUpstream, startWeir, type Contender } from "./contenders.ts";
import { percentile } from "./statistics.ts";

/**
 * What Weir adds to a call at a steady rate: calls are sent by the clock, in short windows that go in turn to the
 * upstream alone, the bare proxy and Weir, so all three see the same machine. Then time to the first token of
 * streams, and many streams at once. `node bench/latency.ts [seconds=20] [rate=500]`
 */
const seconds = Number(process.argv[2] ?? 20);
const rate = Number(process.argv[3] ?? 500);
const concurrentStreams = 256;
const windowMs = 2_000;
const pauseMs = 500;
const settleMs = 5_000;
/** There are fewer streams a second than calls, and a p99 needs many. */
const streamSeconds = seconds * 4;

const agents = new Map<string, Agent>();

interface Timing {
  firstByteMs: number;
  totalMs: number;
  body: string;
}

function call(contender: Contender, options: { stream: boolean; gapMs?: number }): Promise<Timing> {
  const agent = agents.get(contender.name) ?? new Agent({ keepAlive: true, maxSockets: 512 });
  agents.set(contender.name, agent);
  const body = requestBody({ model: contender.model, ...options });
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    let firstByteMs = Number.NaN;
    const outgoing = request(
      contender.url,
      {
        method: "POST",
        agent,
        headers: { ...contender.headers, "content-length": Buffer.byteLength(body) },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => {
          if (parts.length === 0) firstByteMs = performance.now() - startedAt;
          parts.push(part);
        });
        response.on("end", () => {
          const text = Buffer.concat(parts).toString();
          if (response.statusCode !== 200) return reject(new Error(`${response.statusCode}: ${text}`));
          resolve({ firstByteMs, totalMs: performance.now() - startedAt, body: text });
        });
        response.on("error", reject);
      },
    );
    outgoing.setNoDelay(true);
    outgoing.on("error", (error) =>
      reject(new Error(`${contender.name}: ${error.message}`, { cause: error })),
    );
    outgoing.end(body);
  });
}

/** Calls by the clock to one contender: `perSecond` of them for `forMs`, whatever becomes of the earlier ones. */
async function window(
  contender: Contender,
  options: { stream: boolean; gapMs?: number; perSecond: number; forMs: number },
): Promise<Timing[]> {
  const { perSecond, forMs, ...request } = options;
  const timings: Timing[] = [];
  const pending: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < (perSecond * forMs) / 1000; index += 1) {
    const wait = startedAt + (index * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    pending.push(
      call(contender, request).then((timing) => {
        timings.push({ ...timing, body: "" });
      }),
    );
  }
  await Promise.all(pending);
  return timings;
}

/** Short windows in turn, so that every contender meets the same machine and none meets another's load. */
async function steady(
  contenders: Contender[],
  options: { stream: boolean; gapMs?: number; perSecond: number; seconds?: number },
): Promise<Map<string, Timing[]>> {
  const results = new Map<string, Timing[]>(contenders.map((one) => [one.name, []]));
  const { seconds: length = seconds, ...load } = options;
  for (let round = 0; round < Math.ceil((length * 1000) / windowMs); round += 1) {
    for (const contender of contenders) {
      results.get(contender.name)?.push(...(await window(contender, { ...load, forMs: windowMs })));
      // What a contender does behind its calls must not fall into the next one's window.
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  return results;
}

function show(title: string, results: Map<string, Timing[]>, figure: "firstByteMs" | "totalMs"): void {
  const base = results.get("upstream alone") ?? [];
  const basis = (share: number) =>
    percentile(
      base.map((one) => one[figure]),
      share,
    );
  process.stdout.write(`\n${title}\n| | p50 | p99 | added p50 | added p99 |\n|---|---|---|---|---|\n`);
  for (const [name, list] of results) {
    const values = list.map((one) => one[figure]);
    const cells = [0.5, 0.99].map((share) => percentile(values, share));
    const added = [0.5, 0.99].map((share, index) => (cells[index] ?? 0) - basis(share));
    const row = [...cells, ...added].map((value) => `${value.toFixed(2)} ms`).join(" | ");
    process.stdout.write(`| ${name} | ${row} |\n`);
  }
}

async function manyStreams(contender: Contender): Promise<void> {
  const whole = await Promise.all(
    Array.from({ length: concurrentStreams }, () => call(contender, { stream: true, gapMs: 20 })),
  );
  const lost = whole.filter(({ body }) => {
    const words = body.match(/"content":"word\d+ "/g) ?? [];
    return words.length !== streamTokens || !body.trimEnd().endsWith("data: [DONE]");
  }).length;
  process.stdout.write(
    `\n${concurrentStreams} streams at once through ${contender.name}: ${lost} with a lost chunk, ` +
      `slowest ${Math.max(...whole.map((one) => one.totalMs)).toFixed(0)} ms\n`,
  );
  if (lost > 0) process.exitCode = 1;
}

const upstream = await startUpstream();
const contenders = [upstream];
try {
  contenders.push(await startBareProxy(upstream), await startWeir(upstream, 1));
  // What is compiled as it runs is compiled before it counts: a gateway lives for weeks.
  await steady(contenders, { stream: false, perSecond: rate * 2 });
  await new Promise((resolve) => setTimeout(resolve, settleMs)); // ClickHouse merges what that left.
  show(
    `${rate} calls/s, ${seconds} s each`,
    await steady(contenders, { stream: false, perSecond: rate }),
    "totalMs",
  );
  await steady(contenders, { stream: true, gapMs: 1, perSecond: rate / 2 });
  const streams = { stream: true, gapMs: 10, perSecond: rate / 20 };
  show(
    `First byte of ${streams.perSecond} streams/s, ${streams.gapMs} ms between chunks, ${streamSeconds} s each`,
    await steady(contenders, { ...streams, seconds: streamSeconds }),
    "firstByteMs",
  );
  for (const contender of contenders.slice(1)) await manyStreams(contender);
} finally {
  for (const agent of agents.values()) agent.destroy();
  for (const contender of contenders.toReversed()) await contender.stop();
}
