import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { formatInstant } from "@weir/schema";
import type { SpanRecord } from "@weir/schema";
import { connectClickHouse, migrateClickHouse, startClickHouse } from "@weir/store";
import type { ClickHouse } from "@weir/store";
import { pino } from "pino";
import { createApp } from "../../api/app.ts";
import { changesRoutes } from "../changes/routes.ts";
import { overviewRoutes } from "../overview/routes.ts";
import { traceRoutes } from "./routes.ts";

/** The routes that read what was recorded, over a real engine of their own; nothing else of the server. */
export interface TestSystem {
  clickhouse: ClickHouse;
  /** The engine's process. */
  pid: number;
  insert(records: readonly SpanRecord[]): Promise<void>;
  fetch(path: string): Promise<Response>;
  /** Serves the same over HTTP; resolves to its origin. */
  listen(): Promise<string>;
  stop(): Promise<void>;
}

/** What `now` is in these tests. */
export const testNowMs = Date.UTC(2026, 10, 21, 12, 0, 0);

export async function startTestSystem(): Promise<TestSystem> {
  const directory = await mkdtemp(join(tmpdir(), "weir-traces-"));
  const log = pino({ level: "warn" });
  const engine = await startClickHouse({ directory: join(directory, "clickhouse"), log });
  const clickhouse = connectClickHouse({ url: engine.url });
  await migrateClickHouse({ clickhouse, log });
  const services = { clickhouse, now: () => testNowMs };
  const app = createApp({
    routes: [...traceRoutes(services), ...overviewRoutes(services), ...changesRoutes(services)],
    authenticate: async () => ({ kind: "admin-token" }),
    resolveProject: async ({ asked }) => asked ?? "project-a",
    fallback: async () => new Response(null, { status: 404 }),
    probes: {},
    listenHost: "127.0.0.1",
    publicUrl: null,
    trustProxy: false,
    version: "test",
    log,
  });
  let server: ReturnType<typeof serve> | null = null;
  return {
    clickhouse,
    pid: engine.pid,
    async insert(records) {
      await clickhouse.client.insert({ table: "spans", values: records, format: "JSONEachRow" });
    },
    fetch: async (path) => app.request(`http://127.0.0.1/api/v1${path}`, { headers: { host: "127.0.0.1" } }),
    listen: () =>
      new Promise((resolve) => {
        server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) =>
          resolve(`http://127.0.0.1:${port}`),
        );
      }),
    async stop() {
      server?.close();
      await clickhouse.close();
      await engine.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Hex digits of a number, as wide as an id has to be. */
export const traceIdOf = (number: number): string => number.toString(16).padStart(32, "0");
export const spanIdOf = (number: number): string => number.toString(16).padStart(16, "0");

/** A gateway call that went well, `secondsAgo` before the tests' now; everything can be said otherwise. */
export function call(overrides: Partial<SpanRecord> & { secondsAgo?: number } = {}): SpanRecord {
  const { secondsAgo = 60, ...record } = overrides;
  return {
    project_id: "project-a",
    trace_id: traceIdOf(1),
    span_id: spanIdOf(1),
    kind: "generation",
    name: "chat gpt-5",
    source: "gateway",
    started_at: formatInstant(testNowMs - secondsAgo * 1000),
    duration_ms: 800,
    status: "ok",
    http_status: 200,
    operation: "chat",
    protocol: "openai",
    provider: "openai",
    model_asked: "gpt-5",
    model_answered: "gpt-5-2026-08-07",
    input_tokens: 10,
    output_tokens: 5,
    cost_usd: 0.25,
    usage_status: "reported",
    ...record,
  };
}

/** A span that a traced application sent itself. */
export function application(overrides: Parameters<typeof call>[0] = {}): SpanRecord {
  return call({
    source: "otlp",
    kind: "span",
    name: "step",
    protocol: "",
    http_status: 0,
    provider: "",
    model_asked: "",
    model_answered: "",
    input_tokens: 0,
    output_tokens: 0,
    cost_usd: null,
    ...overrides,
  });
}
