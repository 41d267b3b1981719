import { knownModels } from "@weir/providers";
import type { SnapshotProvider } from "@weir/schema";
import type { Variables } from "./environment.ts";
import type { ConfigProblem } from "./errors.ts";
import type { ConfigFileProvider } from "./file-schema.ts";
import { headerTextSchema } from "./header-text.ts";
import { holdsCredentials } from "../input/holds-credentials.ts";
import type { ReadFile } from "./read-file.ts";
import { normalizeBaseUrl, wellKnownProviders } from "./well-known.ts";
import type { WellKnownProvider } from "./well-known.ts";

const simulator: SnapshotProvider = {
  name: "sim",
  protocol: "sim",
  baseUrl: "",
  apiKey: "",
  keyRequired: false,
  keyHint: "",
  headers: {},
  models: knownModels("sim"),
  priceProvider: "sim",
  timeoutMs: null,
};

/**
 * Every provider that the environment and the file configure; the file wins where both name one. Problems are
 * added to `problems`.
 */
export function collectProviders(options: {
  variables: Variables;
  file: ReadFile | null;
  problems: ConfigProblem[];
}): SnapshotProvider[] {
  const { variables, file, problems } = options;
  const byName = new Map<string, SnapshotProvider>();
  for (const wellKnown of wellKnownProviders) {
    const provider = fromEnvironment({ wellKnown, variables, problems });
    if (provider) byName.set(provider.name, provider);
  }
  const inFile = new Set<string>();
  for (const [index, entry] of (file?.value.providers ?? []).entries()) {
    const where = (field: string) => file?.where(["providers", index, field]) ?? "";
    const problem = inFile.has(entry.name)
      ? `the provider ${entry.name} is there twice; give one of them another name.`
      : entry.name === "sim"
        ? "the name sim belongs to the simulator; choose another, or switch it off with simulator: false."
        : null;
    if (problem) problems.push({ where: where("name"), message: problem });
    inFile.add(entry.name);
    const provider = fromFile({ entry, variables, where, fallback: byName.get(entry.name), problems });
    if (provider) byName.set(entry.name, provider);
  }
  const providers = [...byName.values()];
  return file?.value.simulator === false ? providers : [...providers, simulator];
}

function fromEnvironment(options: {
  wellKnown: WellKnownProvider;
  variables: Variables;
  problems: ConfigProblem[];
}): SnapshotProvider | null {
  const { wellKnown, variables, problems } = options;
  const apiKey = (wellKnown.keyVariable && variables[wellKnown.keyVariable]?.trim()) || "";
  const variable = wellKnown.baseUrlVariables.find((name) => variables[name]?.trim());
  const written = variable ? (variables[variable]?.trim() ?? "") : wellKnown.baseUrl;
  if (!written || (!wellKnown.always && !apiKey && !variable)) return null;
  // Only what a person wrote takes the suffix from their habit; the defaults are whole already.
  const baseUrl = normalizeBaseUrl({ text: written, pathSuffix: variable ? wellKnown.pathSuffix : "" });
  if (baseUrl === null) {
    problems.push({ where: variable ?? wellKnown.name, message: urlMend(written) });
    return null;
  }
  if (!headerTextSchema.safeParse(apiKey).success) {
    const message = `the key has a character that no HTTP header carries, such as a curly quote or a line end. Copy it again (it has ${apiKey.length} characters).`;
    problems.push({ where: wellKnown.keyVariable ?? wellKnown.name, message });
  }
  return {
    name: wellKnown.name,
    protocol: wellKnown.protocol,
    baseUrl,
    apiKey,
    // A server of one's own behind the base URL often asks for no key.
    keyRequired: wellKnown.keyRequired && !isPrivateHost(baseUrl),
    keyHint: wellKnown.keyVariable ? `the environment variable ${wellKnown.keyVariable}` : "",
    headers: {},
    models: [],
    priceProvider: wellKnown.priceProvider,
    timeoutMs: null,
  };
}

function fromFile(options: {
  entry: ConfigFileProvider;
  variables: Variables;
  where: (field: string) => string;
  fallback: SnapshotProvider | undefined;
  problems: ConfigProblem[];
}): SnapshotProvider | null {
  const { entry, where, fallback, problems } = options;
  const wellKnown = wellKnownProviders.find((known) => known.name === entry.name);
  const written = entry.baseUrl ?? fallback?.baseUrl ?? wellKnown?.baseUrl;
  if (!written) {
    problems.push({
      where: where("baseUrl"),
      message: `the provider ${entry.name} needs a baseUrl, e.g. baseUrl: http://127.0.0.1:8000/v1.`,
    });
    return null;
  }
  const baseUrl = normalizeBaseUrl({
    text: written,
    pathSuffix: wellKnown?.protocol === "anthropic" ? "/v1" : "",
  });
  if (baseUrl === null) {
    problems.push({ where: where("baseUrl"), message: urlMend(written) });
    return null;
  }
  // A key from the environment goes only to the host it was meant for: another host needs its key written here.
  const sameOrigin = fallback !== undefined && new URL(fallback.baseUrl).origin === new URL(baseUrl).origin;
  return {
    name: entry.name,
    protocol: entry.protocol ?? wellKnown?.protocol ?? "openai",
    baseUrl,
    apiKey: entry.apiKey ?? (sameOrigin ? fallback.apiKey : ""),
    keyRequired: sameOrigin ? fallback.keyRequired : false,
    keyHint: sameOrigin && !entry.apiKey ? fallback.keyHint : `apiKey of ${entry.name} at ${where("name")}`,
    headers: entry.headers,
    models: entry.models,
    priceProvider: entry.priceProvider ?? wellKnown?.priceProvider ?? entry.name,
    timeoutMs: entry.timeoutMs,
  };
}

function urlMend(written: string): string {
  // What stands before an @ or in a query is often a key.
  const secret = holdsCredentials(written) || written.includes("?");
  const told = secret ? `this text of ${written.length} characters` : JSON.stringify(written);
  return `${told} is no base URL. Write one such as http://127.0.0.1:8000/v1, without a query or a password.`;
}

function isPrivateHost(baseUrl: string): boolean {
  const host = new URL(baseUrl).hostname.replace(/^\[|\]$/g, "");
  return (
    host === "localhost" ||
    host === "::1" ||
    /^(127|10)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\./.test(host) ||
    !host.includes(".")
  );
}
