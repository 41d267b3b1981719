import { statfs } from "node:fs/promises";
import type { Snapshot, System } from "@weir/schema";
import type { ShipperStats } from "@weir/store";
import type { EngineStatus } from "../engines/supervised-engine.ts";
import { canDiscover } from "../snapshot/discover-models.ts";

type Component = System["components"][number];

const diskLowBytes = 2 * 1024 ** 3;
const diskFullBytes = 64 * 1024 ** 2;
const spoolLateMs = 30_000;
const diskEveryMs = 5_000;

/** Everything that health is judged by, read at one moment. */
export interface HealthReading {
  version: string;
  startedAtMs: number;
  nowMs: number;
  postgres: EngineStatus;
  clickhouse: EngineStatus;
  gateway: {
    threads: number;
    listening: number;
    deaths: number;
    lastDeathMs: number;
    recordingProblem: string;
  };
  /** Null before the shipper has started. */
  shipper: ShipperStats | null;
  spool: { bytes: number; unrecorded: number; maxBytes: number };
  /** Free bytes on the home's disk; null when they could not be read. */
  diskFreeBytes: number | null;
  snapshot: Snapshot;
  problemOf: (provider: string) => string;
}

/** What `GET /api/v1/system` answers; every component says in a sentence what is the matter. */
export function describeSystem(reading: HealthReading, since: (component: Component) => string): System {
  const components = [
    { name: "postgres", state: reading.postgres.state, detail: reading.postgres.detail },
    { name: "clickhouse", state: reading.clickhouse.state, detail: reading.clickhouse.detail },
    spoolComponent(reading),
    gatewayComponent(reading),
    diskComponent(reading),
  ].map((component) => ({ ...component, since: since({ ...component, since: "" }) }));
  const { shipper } = reading;
  return {
    state: components.some((component) => component.state === "down")
      ? "down"
      : components.some((component) => component.state === "degraded")
        ? "degraded"
        : "ok",
    version: reading.version,
    startedAt: new Date(reading.startedAtMs).toISOString(),
    components,
    notRecording: notRecording(reading),
    spool: {
      segments: shipper?.segments ?? 0,
      bytes: Math.max(reading.spool.bytes, shipper?.bytes ?? 0),
      oldestAgeMs: shipper?.oldestAgeMs ?? 0,
      unrecorded: reading.spool.unrecorded,
    },
    providers: reading.snapshot.providers.map((provider) => ({
      name: provider.name,
      protocol: provider.protocol,
      baseUrl: provider.baseUrl,
      keyPresent: provider.apiKey !== "",
      keyRequired: provider.keyRequired,
      models: provider.models.length,
      simulator: provider.protocol === "sim",
      problem:
        provider.protocol === "sim" || canDiscover(provider)
          ? reading.problemOf(provider.name)
          : `It has no key; set ${provider.keyHint}.`,
    })),
  };
}

function spoolComponent(reading: HealthReading): Omit<Component, "since"> {
  const { shipper, spool, gateway } = reading;
  const name = "spool";
  if (gateway.recordingProblem || spool.bytes >= spool.maxBytes) {
    return { name, state: "down", detail: notRecording(reading).join(" ") };
  }
  if (!shipper)
    return { name, state: "degraded", detail: "Records wait in the spool until ClickHouse is up." };
  if (shipper.problem && shipper.oldestAgeMs > spoolLateMs) {
    const waiting = `${shipper.segments} segments (${shipper.bytes} bytes) wait, the oldest for ${Math.round(shipper.oldestAgeMs / 1000)} s`;
    return {
      name,
      state: "degraded",
      detail: `Records are kept but not shipped: ${withoutFullStop(shipper.problem)}. ${waiting}.`,
    };
  }
  if (shipper.deadLines > 0) {
    return {
      name,
      state: "degraded",
      detail: `${shipper.deadLines === 1 ? "1 record was" : `${shipper.deadLines} records were`} refused by ClickHouse and set aside in spool/dead; everything else is recorded. "weir spool dead" says why, "weir spool retry" tries again.`,
    };
  }
  return { name, state: "ok", detail: "Records are written and shipped." };
}

/** What others report is sometimes a sentence and sometimes not. */
const withoutFullStop = (text: string): string => text.replace(/[.\s]+$/, "");

function gatewayComponent(reading: HealthReading): Omit<Component, "since"> {
  const { threads, listening, deaths, lastDeathMs } = reading.gateway;
  const name = "gateway";
  const died =
    deaths > 0
      ? ` ${deaths} ended and were replaced, the last at ${new Date(lastDeathMs).toISOString()}.`
      : "";
  if (listening === threads) {
    return {
      name,
      state: "ok",
      detail: `${threads} ${threads === 1 ? "thread serves" : "threads serve"} calls.${died}`,
    };
  }
  return {
    name,
    state: listening === 0 ? "down" : "degraded",
    detail: `${listening} of ${threads} threads serve calls; the others are being replaced.${died}`,
  };
}

function diskComponent(reading: HealthReading): Omit<Component, "since"> {
  const name = "disk";
  const free = reading.diskFreeBytes;
  if (free === null)
    return { name, state: "degraded", detail: "How much room the disk has could not be read." };
  const room =
    free > 1024 ** 3 ? `${(free / 1024 ** 3).toFixed(1)} GiB` : `${Math.round(free / 1024 ** 2)} MiB`;
  if (free < diskFullBytes) {
    return {
      name,
      state: "down",
      detail: `The disk has ${room} left. Calls go on; make room so that they are recorded.`,
    };
  }
  if (free < diskLowBytes) {
    return {
      name,
      state: "degraded",
      detail: `The disk has ${room} left. Make room before records can no longer be written.`,
    };
  }
  return { name, state: "ok", detail: `${room} free.` };
}

function notRecording(reading: HealthReading): string[] {
  const { spool, gateway } = reading;
  const sentences: string[] = [];
  if (spool.bytes >= spool.maxBytes) {
    sentences.push(
      `The spool is at its limit of ${spool.maxBytes} bytes (spoolMaxBytes), so calls are served and not recorded until ClickHouse takes some of it.`,
    );
  } else if (gateway.recordingProblem) {
    sentences.push(`Calls are served and not recorded: ${withoutFullStop(gateway.recordingProblem)}.`);
  }
  if (sentences.length > 0 && spool.unrecorded > 0) {
    sentences.push(`${spool.unrecorded} records have been left out since the start.`);
  }
  return sentences;
}

/** Remembers since when each component has been in its state. */
export function createSinceBook(nowMs: () => number): (component: Component) => string {
  const book = new Map<string, { state: string; since: string }>();
  return ({ name, state }) => {
    const known = book.get(name);
    if (known?.state === state) return known.since;
    const since = new Date(nowMs()).toISOString();
    book.set(name, { state, since });
    return since;
  };
}

/** Reads the disk's free room every few seconds. */
export function watchDisk(folder: string): { freeBytes(): number | null; stop(): void } {
  let free: number | null = Infinity;
  const read = async () => {
    try {
      const { bavail, bsize } = await statfs(folder);
      free = bavail * bsize;
    } catch {
      // The disk's component says that it could not be read.
      free = null;
    }
  };
  void read();
  const timer = setInterval(() => void read(), diskEveryMs);
  timer.unref();
  return { freeBytes: () => free, stop: () => clearInterval(timer) };
}
