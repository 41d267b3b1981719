import { createHash } from "node:crypto";
import {
  defaultLimits,
  type Limits,
  type Snapshot,
  type SnapshotProvider,
  type SpanRecord,
} from "@weir/schema";
import { createGateway, type Gateway, type GatewayPorts, type Recorder } from "../src/index.ts";

export const projectKey = `weir_${"k".repeat(40)}`;
export const revokedKey = `weir_${"r".repeat(40)}`;

const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Keeps what is recorded where a test can look at it. */
interface MemoryRecorder extends Recorder {
  readonly records: SpanRecord[];
  readonly blobs: Map<string, { bytes: Uint8Array; mediaType: string }>;
  /** Resolves with the record at this place, once there is one. */
  record(index: number): Promise<SpanRecord>;
  full: boolean;
}

function createMemoryRecorder(): MemoryRecorder {
  const records: SpanRecord[] = [];
  const blobs = new Map<string, { bytes: Uint8Array; mediaType: string }>();
  let wake: (() => void)[] = [];
  return {
    records,
    blobs,
    full: false,
    append(batch) {
      if (this.full) return false;
      records.push(...batch);
      for (const resolve of wake) resolve();
      wake = [];
      return true;
    },
    storeBlob(blob) {
      const hex = sha256(blob.bytes);
      blobs.set(hex, blob);
      return hex;
    },
    async record(index) {
      for (;;) {
        const found = records[index];
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => wake.push(resolve));
      }
    },
  };
}

export function provider(fields: Partial<SnapshotProvider> & { name: string }): SnapshotProvider {
  return {
    protocol: "openai",
    baseUrl: "http://127.0.0.1:1/v1",
    apiKey: "sk-provider",
    keyRequired: true,
    keyHint: "OPENAI_API_KEY",
    headers: {},
    models: [],
    priceProvider: fields.name,
    timeoutMs: null,
    ...fields,
  };
}

export function snapshotOf(providers: SnapshotProvider[], fields: Partial<Snapshot> = {}): Snapshot {
  const key = { projectId: "project-1", revokedAt: null };
  return {
    version: 1,
    providers,
    keys: [
      { ...key, id: "key-1", name: "test", sha256: sha256(projectKey) },
      { ...key, id: "key-2", name: "old", sha256: sha256(revokedKey), revokedAt: "2026-01-02T03:04:05Z" },
    ],
    strict: false,
    ...fields,
  };
}

/** The providers that most tests want, at one fake upstream. */
export function usualProviders(origin: string): SnapshotProvider[] {
  return [
    provider({ name: "openai", baseUrl: `${origin}/v1`, models: ["gpt-4o-mini", "gpt-4o", "both"] }),
    provider({
      name: "anthropic",
      protocol: "anthropic",
      baseUrl: `${origin}/v1`,
      apiKey: "sk-ant",
      keyHint: "ANTHROPIC_API_KEY",
      models: ["claude-sonnet-4-5", "both"],
    }),
    provider({
      name: "groq",
      baseUrl: `${origin}/openai/v1`,
      apiKey: "",
      keyHint: "GROQ_API_KEY",
      models: ["llama"],
    }),
    provider({
      name: "sim",
      protocol: "sim",
      baseUrl: "",
      apiKey: "",
      keyRequired: false,
      models: ["echo", "chat"],
    }),
  ];
}

export interface RunningGateway {
  readonly gateway: Gateway;
  readonly recorder: MemoryRecorder;
  readonly url: string;
  readonly port: number;
  swap(snapshot: Snapshot): void;
  post(
    path: string,
    body: unknown,
    options?: { headers?: Record<string, string>; signal?: AbortSignal },
  ): Promise<Response>;
  close(): Promise<void>;
}

/** A gateway on a port of its own, recording into memory. */
export async function startGateway(options: {
  snapshot: Snapshot;
  limits?: Partial<Limits>;
  controlSocket?: string;
  trustProxy?: boolean;
  reportFault?: GatewayPorts["reportFault"];
}): Promise<RunningGateway> {
  let current = options.snapshot;
  const recorder = createMemoryRecorder();
  const gateway = createGateway({
    recorder,
    snapshot: { current: () => current },
    clock: { nowMs: () => performance.timeOrigin + performance.now(), dateMs: (atMs) => atMs },
    control: {
      socketPath: options.controlSocket ?? "/nonexistent/control.sock",
      trustProxy: options.trustProxy ?? false,
    },
    limits: { ...defaultLimits, ...options.limits },
    ...(options.reportFault === undefined ? {} : { reportFault: options.reportFault }),
  });
  const { port } = await gateway.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${port}`;
  return {
    gateway,
    recorder,
    url,
    port,
    swap(snapshot) {
      current = snapshot;
    },
    post: (path, body, { headers = {}, signal } = {}) =>
      fetch(url + path, {
        method: "POST",
        headers: { authorization: `Bearer ${projectKey}`, "content-type": "application/json", ...headers },
        body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
        ...(signal === undefined ? {} : { signal }),
      }),
    close: () => gateway.close({ drainTimeoutMs: 0 }),
  };
}
