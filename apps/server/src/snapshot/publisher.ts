import { knownModels } from "@weir/providers";
import type { Snapshot, SnapshotKey, SnapshotProvider } from "@weir/schema";
import type { Logger } from "pino";
import { wellKnownProviders } from "../config/well-known.ts";
import { canDiscover, discoverModels } from "./discover-models.ts";
import { readSnapshot, writeSnapshot } from "./persist.ts";

const discoverEveryMs = 10 * 60_000;

export interface PublisherOptions {
  /** Where the snapshot is kept on disk. */
  path: string;
  /** Providers as configured, with their keys. */
  providers: readonly SnapshotProvider[];
  strict: boolean;
  /** Every project key, from Postgres; throws while it is away. */
  readKeys: () => Promise<SnapshotKey[]>;
  /** Hands a snapshot to the gateway threads; resolves when each of them serves by it. */
  publish: (snapshot: Snapshot) => Promise<void>;
  log: Logger;
}

/**
 * Owns the current snapshot: compiles it from the configuration, the keys in Postgres and the models that the
 * providers list; raises its version with each change, keeps it on disk and hands it to the gateway threads.
 */
export class SnapshotPublisher {
  readonly #options: PublisherOptions;
  readonly #discovered = new Map<string, string[]>();
  readonly #problems = new Map<string, string>();
  readonly #stop = new AbortController();
  #current: Snapshot;
  #timer: NodeJS.Timeout | undefined;
  /** Changes are compiled one after the other, so that an older reading of the keys never replaces a newer one. */
  #queue: Promise<void> = Promise.resolve();
  /** False when there was no snapshot on disk: then no key is known before Postgres has been read. */
  readonly restored: boolean;

  constructor(options: PublisherOptions) {
    this.#options = options;
    const kept = readSnapshot(options.path);
    this.restored = kept !== null;
    for (const provider of options.providers) {
      const before = kept?.providers.find((candidate) => candidate.name === provider.name);
      if (before && before.baseUrl === provider.baseUrl) this.#discovered.set(provider.name, before.models);
    }
    this.#current = this.#compile({ version: kept?.version ?? 0, keys: kept?.keys ?? [] });
  }

  current(): Snapshot {
    return this.#current;
  }

  /** The last failure to list a provider's models; empty when there was none. */
  problemOf(provider: string): string {
    return this.#problems.get(provider) ?? "";
  }

  /** Reads the keys again, and publishes if anything has changed. */
  refresh(): Promise<void> {
    return this.#enqueue(async () => this.#apply(await this.#options.readKeys()));
  }

  /** Asks the providers for their models now, and again every ten minutes or so. */
  startDiscovery(): void {
    void this.#discoverAll();
  }

  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  async #discoverAll(): Promise<void> {
    const { providers, log } = this.#options;
    await Promise.all(
      providers.filter(canDiscover).map(async (provider) => {
        const found = await discoverModels(provider, { signal: this.#stop.signal });
        if (this.#stop.signal.aborted) return;
        if (found.ok) {
          this.#discovered.set(provider.name, found.models);
          this.#problems.delete(provider.name);
          return;
        }
        if (this.#problems.get(provider.name) !== found.problem) {
          log.warn(
            { provider: provider.name },
            `The models of ${provider.name} are not known: ${found.problem}`,
          );
        }
        this.#problems.set(provider.name, found.problem);
      }),
    );
    if (this.#stop.signal.aborted) return;
    await this.#enqueue(() => this.#apply(this.#current.keys));
    // Jitter keeps many Weirs from asking a provider at the same moment.
    this.#timer = setTimeout(() => void this.#discoverAll(), discoverEveryMs * (0.9 + Math.random() * 0.2));
    this.#timer.unref();
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const next = this.#queue.then(work);
    this.#queue = next.catch(() => undefined);
    return next;
  }

  async #apply(keys: readonly SnapshotKey[]): Promise<void> {
    const { path, publish, log } = this.#options;
    const next = this.#compile({ version: this.#current.version + 1, keys });
    const same = JSON.stringify({ ...next, version: 0 }) === JSON.stringify({ ...this.#current, version: 0 });
    if (!same) {
      this.#current = next;
      try {
        writeSnapshot({ path, snapshot: next });
      } catch (error) {
        log.error({ err: error }, "The snapshot could not be kept on disk; it is served all the same");
      }
    }
    await publish(this.#current);
  }

  #compile(options: { version: number; keys: readonly SnapshotKey[] }): Snapshot {
    return {
      version: options.version,
      providers: this.#options.providers.map((provider) => ({
        ...provider,
        models: this.#modelsOf(provider),
      })),
      keys: [...options.keys],
      strict: this.#options.strict,
    };
  }

  #modelsOf(provider: SnapshotProvider): string[] {
    const listed = this.#discovered.get(provider.name) ?? wellKnownModels(provider);
    return [...new Set([...provider.models, ...listed])];
  }
}

/** What the price list knows of a provider at its own address, until it has been asked itself. */
function wellKnownModels(provider: SnapshotProvider): string[] {
  const known = wellKnownProviders.find((candidate) => candidate.name === provider.name);
  return known?.always && known.baseUrl === provider.baseUrl ? knownModels(provider.priceProvider) : [];
}
