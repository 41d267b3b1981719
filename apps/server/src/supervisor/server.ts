import { rmSync, writeFileSync } from "node:fs";
import { createCounters, takenExportsBytes } from "@weir/gateway";
import type { System } from "@weir/schema";
import {
  connectClickHouse,
  connectPostgres,
  createShipper,
  createSpoolGauge,
  listDeadLetters,
  loadFileMemory,
  migrateClickHouse,
  migratePostgres,
  readSpoolGauge,
  recoverSpool,
  startClickHouse,
  startPostgres,
} from "@weir/store";
import type { ClickHouse, Postgres, Shipper } from "@weir/store";
import type { Logger } from "pino";
import { selectConfigVersion, selectSnapshotKeys } from "../capabilities/keys/queries.ts";
import type { Spool } from "../capability.ts";
import type { Config } from "../config/config.ts";
import { accessPostgres } from "../engines/engine-access.ts";
import { SupervisedEngine } from "../engines/supervised-engine.ts";
import type { Home } from "../home/home.ts";
import type { Secrets } from "../home/secrets.ts";
import type { Runtime } from "../runtime.ts";
import { SnapshotPublisher } from "../snapshot/publisher.ts";
import { GatewayPool } from "../threads/gateway-pool.ts";
import { bootstrap } from "./bootstrap.ts";
import type { Bootstrapped } from "./bootstrap.ts";
import { buildApp } from "./build-app.ts";
import { startControlServer } from "./control-server.ts";
import type { ControlServer } from "./control-server.ts";
import { createSinceBook, describeSystem, watchDisk } from "./health.ts";
import { createKeyUses } from "./key-uses.ts";
import { probePort } from "./port-probe.ts";

/** A fresh home waits this long for its first key before the gateway listens without any. */
const firstKeyWaitMs = 5_000;
const shipperWaitMs = 5_000;
const shipAtStopMs = 10_000;
const drainGraceMs = 5_000;
const configPollMs = 1_000;

export interface WeirServerOptions {
  config: Config;
  home: Home;
  secrets: Secrets;
  log: Logger;
  version: string;
  /** Where the built console lies. */
  consoleFolder: string;
}

/** The whole system in one process: engines, gateway threads, control server, shipper. Owns what it starts. */
export class WeirServer {
  readonly #options: WeirServerOptions;
  readonly #startedAtMs = Date.now();
  readonly #spoolGauge = createSpoolGauge();
  readonly #since = createSinceBook(() => Date.now());
  readonly #postgres: SupervisedEngine<Postgres>;
  readonly #clickhouse: SupervisedEngine<ClickHouse>;
  readonly #publisher: SnapshotPublisher;
  readonly #pool: GatewayPool;
  readonly #shipper: Shipper;
  readonly #keyUses;
  readonly #disk;
  #control: ControlServer | null = null;
  #port = 0;
  #started = false;
  #configTimer: NodeJS.Timeout | undefined;
  #configVersion = "";
  /** Made by the first start; shown once. */
  #firstStart: Bootstrapped = { signInToken: null, projectKey: null };

  constructor(options: WeirServerOptions) {
    const { config, home, log } = options;
    this.#options = options;
    this.#postgres = this.#makePostgres();
    this.#clickhouse = this.#makeClickHouse();
    const access = accessPostgres(() => this.#postgres.current());
    this.#publisher = new SnapshotPublisher({
      path: home.snapshot,
      providers: config.providers,
      strict: config.strict,
      readKeys: () => selectSnapshotKeys(access),
      publish: (snapshot) => this.#pool.publish(snapshot),
      log,
    });
    this.#keyUses = createKeyUses({ postgres: access, log });
    this.#pool = this.#makePool();
    this.#shipper = createShipper({
      directory: home.spool,
      clickhouse: () => this.#clickhouse.current(),
      log,
      gauge: this.#spoolGauge,
    });
    this.#disk = watchDisk(home.root);
  }

  /** Starts everything; resolves once the gateway serves. Engines that fail are retried, and said in `system()`. */
  async start(): Promise<void> {
    const { config, home, secrets, log, version, consoleFolder } = this.#options;
    await probePort(config);
    const recovered = await recoverSpool({ directory: home.spool, gauge: this.#spoolGauge });
    if (recovered.sealed > 0) log.info(recovered, "Records that a killed server left are in the spool again");
    const app = buildApp({
      config,
      home,
      log,
      version,
      consoleFolder,
      ...secrets,
      postgres: () => this.#postgres.current(),
      clickhouse: () => this.#clickhouse.current(),
      spool: this.#spool(),
      runtime: this.#runtime(),
      metrics: () => ({
        counters: this.#pool.counters(),
        system: this.system(),
        shipper: this.#shipper.stats(),
        engineRestarts: {
          postgres: this.#postgres.status().restarts,
          clickhouse: this.#clickhouse.status().restarts,
        },
        threadDeaths: this.#pool.state().deaths,
      }),
    });
    this.#control = await startControlServer({
      app,
      socketPath: home.controlSocket,
      headerMaxBytes: config.limits.headerMaxBytes,
    });
    const keysKnown = this.#postgres.start();
    const clickhouseUp = this.#clickhouse.start();
    // Without the wait every start would warn that records cannot be shipped yet.
    void firstOf([clickhouseUp, delay(shipperWaitMs)]).then(() => this.#shipper.start());
    if (!this.#publisher.restored) await firstOf([keysKnown, delay(firstKeyWaitMs)]);
    this.#port = await this.#pool.start();
    this.#publisher.startDiscovery();
    this.#watchConfig();
    const { publicUrl } = config;
    const endpoint = JSON.stringify({ pid: process.pid, baseUrl: this.baseUrl(), publicUrl });
    writeFileSync(home.endpoint, endpoint, { mode: 0o600 });
  }

  /** Resolves when both engines are up as well, however long that takes. */
  async ready(): Promise<void> {
    await Promise.all([this.#postgres.start(), this.#clickhouse.start()]);
  }

  /** Says that the start is over: from now on `/readyz` answers by the state of the parts. */
  markStarted(): void {
    this.#started = true;
  }

  /** The base URL for clients on this machine, without `/v1`. */
  baseUrl(): string {
    const { host } = this.#options.config;
    const anyAddress = host === "0.0.0.0" || host === "::";
    const name = anyAddress ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
    return `http://${name}:${this.#port}`;
  }

  /** What the first start made, to be shown once: nulls on later starts. */
  firstStart(): Bootstrapped {
    return this.#firstStart;
  }

  system(): System {
    const { config, version } = this.#options;
    const gauge = readSpoolGauge(this.#spoolGauge);
    return describeSystem(
      {
        version,
        startedAtMs: this.#startedAtMs,
        nowMs: Date.now(),
        postgres: this.#postgres.status(),
        clickhouse: this.#clickhouse.status(),
        gateway: this.#pool.state(),
        shipper: this.#shipper.stats(),
        spool: { ...gauge, maxBytes: config.limits.spoolMaxBytes },
        diskFreeBytes: this.#disk.freeBytes(),
        snapshot: this.#publisher.current(),
        problemOf: (provider) => this.#publisher.problemOf(provider),
      },
      this.#since,
    );
  }

  /** Stops accepting, lets calls in flight finish, ships what was recorded, and stops everything it started. */
  async stop(): Promise<void> {
    const { config, home, log } = this.#options;
    this.#publisher.stop();
    clearInterval(this.#configTimer);
    const drained = this.#pool.drain();
    await firstOf([drained, delay(config.limits.drainTimeoutMs + drainGraceMs)]);
    await this.#pool.terminate();
    this.#keyUses.stop();
    await this.#keyUses.flush();
    if (this.#clickhouse.current()) {
      const shipped = await firstOf([
        this.#shipper.drain().then(() => true),
        delay(shipAtStopMs).then(() => false),
      ]);
      if (!shipped)
        log.warn("ClickHouse was too slow to take every record; the rest is shipped at the next start");
    }
    await this.#shipper.stop();
    await this.#control?.close();
    this.#disk.stop();
    await Promise.all([this.#postgres.stop(), this.#clickhouse.stop()]);
    rmSync(home.endpoint, { force: true });
  }

  /** Ends everything at once; the spool and the engines keep what was acknowledged. */
  kill(): void {
    this.#postgres.kill();
    this.#clickhouse.kill();
  }

  #runtime(): Runtime {
    return {
      version: this.#options.version,
      publicUrl: this.#options.config.publicUrl,
      baseUrl: () => this.baseUrl(),
      snapshot: () => this.#publisher.current(),
      refreshSnapshot: () => this.#publisher.refresh(),
      system: () => this.system(),
      started: () => this.#started,
    };
  }

  #spool(): Spool {
    const { config, home } = this.#options;
    return {
      listDead: (options) => listDeadLetters(home.spool, options),
      deadRecords: () => this.#shipper.stats().deadLines,
      retryDead: (options) => this.#shipper.retryDead(options),
      roomBytes: () => config.limits.spoolMaxBytes - readSpoolGauge(this.#spoolGauge).bytes,
    };
  }

  #makePostgres(): SupervisedEngine<Postgres> {
    const { config, home, secrets, log } = this.#options;
    const quiet = log.child({ quiet: true });
    return new SupervisedEngine<Postgres>({
      title: "Postgres",
      meanwhile:
        "Calls with the keys known before go on and are recorded; sign-in and new keys have to wait.",
      launch:
        config.postgresUrl === null ? () => startPostgres({ directory: home.postgres, log: quiet }) : null,
      url: config.postgresUrl ?? "",
      connect: (url) => connectPostgres({ url }),
      prepare: async (postgres) => {
        await migratePostgres({ postgres, log: quiet });
        const made = await bootstrap({
          postgres,
          sealer: secrets.sealer,
          bootstrapKey: config.bootstrapKey,
          log,
        });
        if (made.signInToken !== null || made.projectKey !== null) this.#firstStart = made;
      },
      onUp: () => this.#refreshSnapshot(),
      log,
    });
  }

  #makeClickHouse(): SupervisedEngine<ClickHouse> {
    const { config, home, log } = this.#options;
    const quiet = log.child({ quiet: true });
    return new SupervisedEngine<ClickHouse>({
      title: "ClickHouse",
      meanwhile: "Calls go on and are kept in the spool; they show once it is back.",
      launch:
        config.clickhouseUrl === null
          ? () => startClickHouse({ directory: home.clickhouse, log: quiet })
          : null,
      url: config.clickhouseUrl ?? "",
      connect: (url) => connectClickHouse({ url }),
      prepare: async (clickhouse) => {
        await migrateClickHouse({ clickhouse, log: quiet });
      },
      onUp: () => this.#shipper.wake(),
      log,
    });
  }

  #makePool(): GatewayPool {
    const { config, home, log } = this.#options;
    return new GatewayPool({
      threads: config.gatewayThreads,
      port: config.port,
      settings: {
        host: config.host,
        controlSocket: home.controlSocket,
        trustProxy: config.trustProxy,
        spoolFolder: home.spool,
        blobFolder: home.blobs,
        limits: config.limits,
        spoolGauge: this.#spoolGauge,
        takenExports: {
          buffer: loadFileMemory({ path: home.takenExports, bytes: takenExportsBytes }),
          file: home.takenExports,
        },
      },
      makeCounters: () => createCounters().buffer,
      snapshot: () => this.#publisher.current(),
      onKeysUsed: (uses) => this.#keyUses.note(uses),
      log,
    });
  }

  #refreshSnapshot(): void {
    this.#publisher.refresh().catch((error: unknown) => {
      this.#options.log.warn(
        { err: error },
        "The keys could not be read from Postgres; those known before go on",
      );
    });
  }

  /** Sees what another server on the same Postgres changed. The embedded Postgres has no other. */
  #watchConfig(): void {
    if (this.#options.config.postgresUrl === null) return;
    const access = accessPostgres(() => this.#postgres.current());
    const look = async () => {
      if (!this.#postgres.current()) return;
      const [row] = await selectConfigVersion(access);
      if (!row || row.version === this.#configVersion) return;
      await this.#publisher.refresh();
      this.#configVersion = row.version;
    };
    this.#configTimer = setInterval(() => {
      look().catch((error: unknown) => {
        this.#options.log.debug({ err: error }, "The configuration's version could not be read");
      });
    }, configPollMs);
    this.#configTimer.unref();
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

function firstOf<Result>(promises: readonly Promise<Result>[]): Promise<Result> {
  return Promise.race(promises);
}
