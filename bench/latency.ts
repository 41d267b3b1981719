import { Agent, request } from "node:http";
import { requestBody, streamTokens } from "./answers.ts";
import { startBareProxy, startUpstream, startWeir, type Contender } from "./contenders.ts";
import { percentile } from "./statistics.ts";

/**
 * What Weir adds to a call at a steady rate: calls are sent by the clock, in short windows that go in turn to the
 * upstream alone, the bare proxy and Weir, so all three see the same machine. Then time to the first token of
 * streams, and many streams at once. `node bench/latency.ts [seconds=20] [rate=500]`
 *
 * What is added is told twice: over all calls, and as the median of what each round of windows added. A machine
 * that others share has bad moments, which fall on one contender or the other: the median leaves them out.
 */
const seconds = Number(process.argv[2] ?? 20);
const rate = Number(process.argv[3] ?? 500);
const concurrentStreams = 256;
const windowMs = 2_000;
/** Fewer streams than calls are sent a second, and a p99 needs a hundred at least. */
const streamWindowMs = 4_000;
const pauseMs = 500;
const settleMs = 5_000;
const streamSeconds = seconds * 2;

/** The same numbers in every run, between 0 and 1. */
let seed = 7;
function random(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
}

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

/**
 * Calls by the clock to one contender: `perSecond` of them for `forMs`, whatever becomes of the earlier ones. Each
 * begins anywhere within its share of the time: at even distances the chunks of all streams would fall together.
 */
async function window(
  contender: Contender,
  options: { stream: boolean; gapMs?: number; perSecond: number; forMs: number },
): Promise<Timing[]> {
  const { perSecond, forMs, ...request } = options;
  const timings: Timing[] = [];
  const pending: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < (perSecond * forMs) / 1000; index += 1) {
    const wait = startedAt + ((index + random()) * 1000) / perSecond - performance.now();
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

/** Of each contender, its windows in their order. */
type Results = Map<string, Timing[][]>;

/** Short windows in turn, so that every contender meets the same machine and none meets another's load. */
async function steady(
  contenders: Contender[],
  options: { stream: boolean; gapMs?: number; perSecond: number; forMs?: number; seconds?: number },
): Promise<Results> {
  const results: Results = new Map(contenders.map((one) => [one.name, []]));
  const { seconds: length = seconds, ...given } = options;
  const load = { forMs: windowMs, ...given };
  for (let round = 0; round < Math.ceil((length * 1000) / load.forMs); round += 1) {
    for (const contender of contenders) {
      results.get(contender.name)?.push(await window(contender, load));
      // What a contender does behind its calls must not fall into the next one's window.
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  return results;
}

function show(title: string, results: Results, figure: "firstByteMs" | "totalMs"): void {
  const at = (timings: Timing[], share: number) =>
    percentile(
      timings.map((one) => one[figure]),
      share,
    );
  const base = results.get("upstream alone") ?? [];
  process.stdout.write(
    `\n${title}\n| | p50 | p99 | added p50 | added p99 | added p99, median of the rounds (quarter to three quarters) |\n` +
      "|---|---|---|---|---|---|\n",
  );
  for (const [name, windows] of results) {
    const whole = [0.5, 0.99].map((share) => at(windows.flat(), share));
    const added = [0.5, 0.99].map((share, index) => (whole[index] ?? 0) - at(base.flat(), share));
    const rounds = windows.map((timings, index) => at(timings, 0.99) - at(base[index] ?? [], 0.99));
    const row = [...whole, ...added].map((value) => `${value.toFixed(2)} ms`).join(" | ");
    const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => percentile(rounds, share).toFixed(2));
    process.stdout.write(`| ${name} | ${row} | ${middle} ms (${low}–${high}) |\n`);
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
  const streams = { stream: true, gapMs: 10, perSecond: rate / 10, forMs: streamWindowMs };
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
