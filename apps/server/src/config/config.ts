import { isUtf8 } from "node:buffer";
import { lstatSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relative, resolve } from "node:path";
import { defaultLimits } from "@weir/schema";
import type { Limits, SnapshotProvider } from "@weir/schema";
import { readEnvironment } from "./environment.ts";
import type { Variables } from "./environment.ts";
import { ConfigError } from "./errors.ts";
import type { ConfigProblem } from "./errors.ts";
import type { ConfigFile } from "./file-schema.ts";
import { collectProviders } from "./providers.ts";
import { readConfigFile } from "./read-file.ts";
import type { ReadFile } from "./read-file.ts";

const fileMaxBytes = 1024 * 1024;

/** Everything that can be set, read once at start and passed down. */
export interface Config {
  /** Absolute path of `WEIR_HOME`. */
  home: string;
  host: string;
  /** 0 asks the system for a free one. */
  port: number;
  gatewayThreads: number;
  /** The first project's key, instead of a random one. */
  bootstrapKey: string | null;
  /** Null: the embedded engine. */
  postgresUrl: string | null;
  clickhouseUrl: string | null;
  /** The configuration file that was read, or null. */
  file: string | null;
  providers: SnapshotProvider[];
  limits: Limits;
  logLevel: "trace" | "debug" | "info" | "warn" | "error";
  strict: boolean;
  /** The origin that people and clients reach Weir by, e.g. `https://weir.example`; null: the one it listens on. */
  publicUrl: string | null;
  /** Believe what a proxy in front says of the client: its address, the host it asked for, and TLS. */
  trustProxy: boolean;
  /** Things that do not hinder the start but should be looked at, as sentences. */
  warnings: string[];
}

/**
 * Reads the environment and `weir.yaml` (`WEIR_CONFIG`, or the one in the current folder if there is one).
 * @throws ConfigError with every problem found
 */
export function loadConfig(options: { variables: Variables; workingDirectory: string }): Config {
  const problems: ConfigProblem[] = [];
  const read = readEnvironment(options.variables);
  if (!read.ok) problems.push(...read.problems);
  const file = openFile({ ...options, problems });
  const providers = collectProviders({ variables: options.variables, file: file?.read ?? null, problems });
  if (problems.length > 0 || !read.ok) throw new ConfigError(problems);
  const { environment } = read;
  return {
    home: resolve(options.workingDirectory, environment.WEIR_HOME),
    host: environment.WEIR_HOST,
    port: environment.WEIR_PORT,
    gatewayThreads: environment.WEIR_GATEWAY_THREADS ?? Math.min(4, Math.max(1, availableParallelism())),
    bootstrapKey: environment.WEIR_BOOTSTRAP_KEY ?? null,
    postgresUrl: environment.WEIR_POSTGRES_URL ?? null,
    clickhouseUrl: environment.WEIR_CLICKHOUSE_URL ?? null,
    file: file?.path ?? null,
    providers,
    limits: mergeLimits(file?.read.value.limits ?? {}),
    logLevel: environment.WEIR_LOG_LEVEL ?? file?.read.value.log.level ?? "info",
    strict: file?.read.value.strict ?? false,
    publicUrl: environment.WEIR_PUBLIC_URL ?? file?.read.value.server.publicUrl ?? null,
    trustProxy: readTrust(environment.WEIR_TRUST_PROXY) ?? file?.read.value.server.trustProxy ?? false,
    warnings: read.warnings,
  };
}

const readTrust = (written: "true" | "false" | undefined): boolean | undefined =>
  written === undefined ? undefined : written === "true";

function openFile(options: {
  variables: Variables;
  workingDirectory: string;
  problems: ConfigProblem[];
}): { path: string; read: ReadFile } | null {
  const named = options.variables["WEIR_CONFIG"];
  const path = resolve(options.workingDirectory, named || "weir.yaml");
  const name = relative(options.workingDirectory, path) || path;
  const where = named ? "WEIR_CONFIG" : name;
  let bytes: Buffer;
  try {
    // A link counts as a file that is there, wherever it leads.
    if (!named && lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
    bytes = readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const message = `the file ${path} cannot be read (${reason}). Check the path and its permissions.`;
    options.problems.push({ where, message });
    return null;
  }
  if (bytes.length > fileMaxBytes) {
    const message = `the file ${path} has ${bytes.length} bytes, and ${fileMaxBytes} at most are read. Check the path.`;
    options.problems.push({ where, message });
    return null;
  }
  // Bytes that are no text would be replaced unseen, in a key for instance.
  if (!isUtf8(bytes)) {
    options.problems.push({ where, message: `the file ${path} is not UTF-8 text. Save it as UTF-8.` });
    return null;
  }
  const text = bytes.toString("utf8");
  const result = readConfigFile({ name, text, variables: options.variables });
  if (result.ok) return { path, read: result.file };
  options.problems.push(...result.problems);
  return null;
}

function mergeLimits(changed: ConfigFile["limits"]): Limits {
  const set = Object.entries(changed).filter(([, value]) => value !== undefined);
  return { ...defaultLimits, ...Object.fromEntries(set) };
}
