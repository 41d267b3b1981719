import { createBlobStore } from "@weir/store";
import type { ClickHouse, Postgres } from "@weir/store";
import type { Hono } from "hono";
import type { Logger } from "pino";
import { createApp } from "../api/app.ts";
import { createAuthenticate } from "../api/authenticate.ts";
import { capabilities } from "../capabilities/index.ts";
import { createProjects } from "../capabilities/projects/service.ts";
import { createSessions } from "../capabilities/session/service.ts";
import type { Services, Spool } from "../capability.ts";
import type { Config } from "../config/config.ts";
import { createConsoleFiles } from "../console/console-files.ts";
import { accessClickHouse, accessPostgres } from "../engines/engine-access.ts";
import type { Home } from "../home/home.ts";
import type { Sealer } from "../home/secrets.ts";
import type { Runtime } from "../runtime.ts";
import { createMetrics } from "./metrics.ts";
import type { MetricsReading } from "./metrics.ts";

/** Puts the control server's application together: services, capabilities, probes, console. */
export function buildApp(options: {
  config: Config;
  home: Home;
  log: Logger;
  version: string;
  consoleFolder: string;
  sealer: Sealer;
  adminToken: string;
  postgres: () => Postgres | null;
  clickhouse: () => ClickHouse | null;
  spool: Spool;
  runtime: Runtime;
  metrics: () => MetricsReading;
}): Hono {
  const { runtime, log, config } = options;
  const now = () => Date.now();
  const postgres = accessPostgres(options.postgres);
  const projects = createProjects(postgres);
  const sessions = createSessions({ postgres, now, log });
  const services: Services = {
    postgres,
    clickhouse: accessClickHouse(options.clickhouse),
    blobs: createBlobStore({ directory: options.home.blobs }),
    spool: options.spool,
    projects,
    sessions,
    sealer: options.sealer,
    runtime,
    log,
    now,
  };
  return createApp({
    routes: capabilities.flatMap((capability) => capability.routes(services)),
    authenticate: createAuthenticate({
      adminToken: options.adminToken,
      snapshot: () => runtime.snapshot(),
      findSession: (sha256) => sessions.find(sha256),
    }),
    resolveProject: (asked) => projects.resolve(asked),
    fallback: createConsoleFiles(options.consoleFolder),
    probes: {
      "/readyz": async () => readiness(runtime),
      "/metrics": createMetrics(options.metrics),
    },
    listenHost: config.host,
    publicUrl: config.publicUrl,
    trustProxy: config.trustProxy,
    version: options.version,
    log,
  });
}

/** 200 while everything works and is recorded, else 503; the body says what is the matter. */
function readiness(runtime: Runtime): Response {
  const system = { ...runtime.system(), providers: [] };
  const ready = runtime.started() && system.state !== "down" && system.notRecording.length === 0;
  return new Response(JSON.stringify(system), {
    status: ready ? 200 : 503,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}
