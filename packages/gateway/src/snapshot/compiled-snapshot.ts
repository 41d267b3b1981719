import type { ProviderProtocol, Snapshot, SnapshotKey, SnapshotProvider } from "@weir/schema";
import type { WireProtocol } from "@weir/providers";

/** A provider with everything worked out that would be the same for each of its calls. */
export interface CompiledProvider {
  readonly name: string;
  readonly protocol: ProviderProtocol;
  readonly source: SnapshotProvider;
  /** Scheme, host and port; empty when the base URL is none. */
  readonly origin: string;
  /** Path of the base URL, without a slash at its end. */
  readonly pathPrefix: string;
  /** Authentication and configured headers, name and value in turn. */
  readonly headers: readonly string[];
  /** Lower-case names in `headers`, which the caller may not set. */
  readonly ownHeaders: ReadonlySet<string>;
  readonly keyMissing: boolean;
}

/** A snapshot as maps, made once when it is swapped in. */
export interface CompiledSnapshot {
  readonly source: Snapshot;
  readonly strict: boolean;
  readonly providers: ReadonlyMap<string, CompiledProvider>;
  /** Providers by bare model name. */
  readonly bareModels: ReadonlyMap<string, readonly CompiledProvider[]>;
  /** Every known model as `provider/model`. */
  readonly modelIds: readonly string[];
  readonly keysByHash: ReadonlyMap<string, SnapshotKey>;
  /** Keys that were seen raw and found valid or revoked; never larger than `keysByHash`. */
  readonly keysByRaw: Map<string, SnapshotKey>;
}

function authHeaders(provider: SnapshotProvider): string[] {
  if (provider.apiKey === "") return [];
  const wire: WireProtocol = provider.protocol === "anthropic" ? "anthropic" : "openai";
  return wire === "anthropic"
    ? ["x-api-key", provider.apiKey]
    : ["authorization", `Bearer ${provider.apiKey}`];
}

function compileProvider(provider: SnapshotProvider): CompiledProvider {
  // Configured headers stand after the key's, so that a gateway in front of the provider can be given its own.
  const configured = Object.entries(provider.headers).map(([name, value]) => [name.toLowerCase(), value]);
  const names = new Set(configured.map(([name]) => name ?? ""));
  const headers: string[] = [];
  const auth = authHeaders(provider);
  if (auth[0] !== undefined && !names.has(auth[0])) headers.push(...auth);
  for (const [name, value] of configured) headers.push(name ?? "", value ?? "");
  let origin = "";
  let pathPrefix = "";
  if (URL.canParse(provider.baseUrl)) {
    const url = new URL(provider.baseUrl);
    if (url.protocol === "http:" || url.protocol === "https:") {
      origin = url.origin;
      pathPrefix = url.pathname.replace(/\/+$/, "");
    }
  }
  return {
    name: provider.name,
    protocol: provider.protocol,
    source: provider,
    origin,
    pathPrefix,
    headers,
    ownHeaders: new Set(headers.filter((_, index) => index % 2 === 0)),
    keyMissing: provider.keyRequired && provider.apiKey === "",
  };
}

/** Turns a snapshot into the maps that calls are served from. */
function compileSnapshot(snapshot: Snapshot): CompiledSnapshot {
  const providers = new Map<string, CompiledProvider>();
  const bareModels = new Map<string, CompiledProvider[]>();
  const modelIds: string[] = [];
  for (const source of snapshot.providers) {
    const provider = compileProvider(source);
    providers.set(provider.name, provider);
    for (const model of new Set(source.models)) {
      modelIds.push(`${provider.name}/${model}`);
      const holders = bareModels.get(model);
      if (holders === undefined) bareModels.set(model, [provider]);
      else holders.push(provider);
    }
  }
  return {
    source: snapshot,
    strict: snapshot.strict,
    providers,
    bareModels,
    modelIds,
    keysByHash: new Map(snapshot.keys.map((key) => [key.sha256, key])),
    keysByRaw: new Map(),
  };
}

/** Compiles the source's snapshot again only when it is another object than last time. */
export function createSnapshotCompiler(source: { current(): Snapshot }): () => CompiledSnapshot {
  let last = compileSnapshot(source.current());
  return () => {
    const current = source.current();
    if (current !== last.source) last = compileSnapshot(current);
    return last;
  };
}
