import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { api, childrenOf, startSystem, until, type System } from "./system.ts";

// Whatever is killed and whenever: a call that its client saw answered is in the record once. The moments come
// from a seed that is printed, so that a failure can be repeated: WEIR_TEST_SEED=<n> npm test.
const seed = Number(process.env["WEIR_TEST_SEED"] ?? Math.floor(Math.random() * 1e9));

/** A small seeded generator (mulberry32), uniform in [0, 1). */
function createRandom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = createRandom(seed);
const systems: System[] = [];

afterEach(async () => {
  for (const system of systems.splice(0)) await system.dispose();
});

interface Load {
  /** Trace ids of calls whose whole answer, to its last byte, reached the client. */
  answered: Set<string>;
  /** Calls that failed, with the reason. */
  failed: string[];
  stop(): Promise<void>;
}

/** One call, streamed or not; its trace id when the whole answer arrived. */
async function call(system: System, stream: boolean): Promise<string> {
  const response = await fetch(`${system.origin}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${system.key}` },
    body: JSON.stringify({
      model: "sim/echo",
      stream,
      messages: [{ role: "user", content: "one call among many" }],
    }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  // A stream counts as answered from its terminal event on, which is when clients stop reading.
  if (stream && !text.includes("data: [DONE]")) throw new Error("the stream ended early");
  return response.headers.get("x-weir-trace-id") ?? "";
}

/** Calls of several workers, each one after the other with `pauseMs` in between. */
function startLoad(system: System, workers = 8, pauseMs = 0): Load {
  const answered = new Set<string>();
  const failed: string[] = [];
  const state = { running: true };
  const worker = async (index: number) => {
    for (let count = 0; state.running; count += 1) {
      try {
        answered.add(await call(system, (index + count) % 2 === 0));
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      } catch (error) {
        failed.push(String(error));
        // A server that is gone refuses at once; the loop must not spin on it.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };
  const all = Array.from({ length: workers }, (_, index) => worker(index));
  return {
    answered,
    failed,
    stop: async () => {
      state.running = false;
      await Promise.all(all);
    },
  };
}

const pageSchema = z.object({
  data: z.array(z.object({ traceId: z.string(), spanCount: z.number() })),
  nextCursor: z.string().nullable(),
});

/** Every trace of the project with the number of its spans. */
async function readAllTraces(system: System): Promise<Map<string, number>> {
  const traces = new Map<string, number>();
  let cursor: string | null = null;
  do {
    const page: z.infer<typeof pageSchema> = pageSchema.parse(
      await api(system, `/traces?limit=200${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`),
    );
    for (const { traceId, spanCount } of page.data) {
      expect(traces.has(traceId), `trace ${traceId} is listed twice`).toBe(false);
      traces.set(traceId, spanCount);
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return traces;
}

async function expectEachOnce(system: System, answered: Set<string>): Promise<void> {
  await until("every answered call to be in the record", async () => {
    const traces = await readAllTraces(system);
    const missing = [...answered].filter((traceId) => !traces.has(traceId));
    if (missing.length > 0) throw new Error(`${missing.length} of ${answered.size} missing`);
    const doubled = [...answered].filter((traceId) => traces.get(traceId) !== 1);
    expect(doubled, "calls recorded more than once").toEqual([]);
    return true;
  });
}

async function start(options: Parameters<typeof startSystem>[0] = {}): Promise<System> {
  const system = await startSystem(options);
  systems.push(system);
  return system;
}

async function restart(system: System): Promise<System> {
  systems.splice(systems.indexOf(system), 1);
  return start({ home: system.home, port: system.port });
}

const randomMoment = () => new Promise((resolve) => setTimeout(resolve, 200 + random() * 900));

describe(`kill -9 under load (seed ${seed})`, () => {
  test("of the server, three times: no answered call is lost or doubled", async () => {
    console.info(`kill -9 of the server: seed ${seed}`);
    let system = await start();
    const answered = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      const load = startLoad(system);
      await until("some calls", () => load.answered.size > 20);
      await randomMoment();
      await system.kill();
      await load.stop();
      for (const traceId of load.answered) answered.add(traceId);
      system = await restart(system);
    }
    await expectEachOnce(system, answered);
  });

  test.each([
    ["the ClickHouse process", /chdb|clickhouse/],
    ["Postgres", /postgres/],
  ])("of %s: no call fails, it is started again, the record is whole", async (what, command) => {
    console.info(`kill -9 of ${what}: seed ${seed}`);
    const system = await start();
    const load = startLoad(system, 4);
    await until("some calls", () => load.answered.size > 20);
    for (let round = 0; round < 2; round += 1) {
      await randomMoment();
      const pids = await until(`${what} to run`, () => {
        const found = ["chdb", "clickhouse", "postgres"].flatMap((part) =>
          command.test(part) ? childrenOf(system.pid, part) : [],
        );
        return found.length > 0 ? found : null;
      });
      process.kill(pids[0] ?? 0, "SIGKILL");
      await until(`${what} to be said restarted`, async () => {
        const pidsNow = ["chdb", "clickhouse", "postgres"].flatMap((part) =>
          command.test(part) ? childrenOf(system.pid, part) : [],
        );
        const ready = (await fetch(`${system.origin}/readyz`)).status === 200;
        return ready && pidsNow.length > 0 && !pidsNow.includes(pids[0] ?? 0);
      });
    }
    await load.stop();
    expect(load.failed).toEqual([]);
    await expectEachOnce(system, load.answered);
  });
});

test("an OTLP export that is sent again after kill -9 of the server is recorded once", async () => {
  const traceId = "3af7651916cd43dd8448eb211c80319f";
  const exportOf = (spanId: string) => {
    const times = { startTimeUnixNano: "1790000000000000000", endTimeUnixNano: "1790000000005000000" };
    const spans = [{ traceId, spanId, name: "work", ...times }];
    return JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans }] }] });
  };
  const post = async (system: System, spanId: string) => {
    const response = await fetch(`${system.origin}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${system.key}` },
      body: exportOf(spanId),
    });
    expect(response.status).toBe(200);
  };
  let system = await start();
  await post(system, "eee19b7ec3c1b174");
  await system.kill();
  system = await restart(system);
  await post(system, "eee19b7ec3c1b174");
  // Behind the one sent again, so that it has been shipped when this one shows.
  await post(system, "aaa19b7ec3c1b175");
  const spans = await until("the newest span to show", async () => {
    const found = z
      .object({ spans: z.array(z.object({ spanId: z.string() })) })
      .parse(await api(system, `/traces/${traceId}`));
    return found.spans.some(({ spanId }) => spanId === "aaa19b7ec3c1b175") ? found.spans : null;
  });
  expect(spans.map(({ spanId }) => spanId).toSorted()).toEqual(["aaa19b7ec3c1b175", "eee19b7ec3c1b174"]);
});

test("ClickHouse away for a minute: calls go on, the spool keeps them, and drains after", async () => {
  const awayMs = 60_000;
  const system = await start();
  const load = startLoad(system, 4, 50);
  await until("some calls", () => load.answered.size > 20);
  const [pid] = await until("ClickHouse to run", () => {
    const found = [...new Set([...childrenOf(system.pid, "clickhouse"), ...childrenOf(system.pid, "chdb")])];
    return found.length > 0 ? found : null;
  });
  // Stopped, not dead: it accepts connections and never answers, the worst way to be away.
  process.kill(pid ?? 0, "SIGSTOP");
  const stoppedAt = performance.now();
  await until("segments to wait in the spool", () => {
    const waiting = readdirSync(join(system.home, "spool")).filter((name) => name.endsWith(".ndjson"));
    return waiting.length > 0;
  });
  await new Promise((resolve) => setTimeout(resolve, awayMs - (performance.now() - stoppedAt)));
  const before = load.answered.size;
  await until("calls to go on to the end", () => load.answered.size > before + 20);
  process.kill(pid ?? 0, "SIGCONT");
  await load.stop();
  expect(load.failed).toEqual([]);
  await expectEachOnce(system, load.answered);
}, 240_000);

test("SIGTERM lets a stream finish, ships what was recorded and leaves nothing running", async () => {
  const system = await start();
  const children = childrenOf(system.pid, "");
  expect(children.length).toBeGreaterThan(1);
  const response = await fetch(`${system.origin}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${system.key}` },
    body: JSON.stringify({
      model: "sim/chat?ttft=50&tokens=60&rate=40",
      stream: true,
      messages: [{ role: "user", content: "take your time" }],
    }),
  });
  const reader = response.body?.getReader();
  await reader?.read();
  const stopped = system.stop();
  let text = "";
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) break;
    text += Buffer.from(part.value).toString();
  }
  expect(text).toContain("data: [DONE]");
  expect(await stopped).toBe(0);
  expect(readdirSync(join(system.home, "spool")).filter((name) => /\.(open|ndjson)$/.test(name))).toEqual([]);
  for (const pid of children) expect(() => process.kill(pid, 0), `process ${pid} is left`).toThrow(/ESRCH/);
  const again = await restart(system);
  expect((await readAllTraces(again)).has(response.headers.get("x-weir-trace-id") ?? "")).toBe(true);
});
