import { gatewayErrors, type GatewayError } from "../errors.ts";
import type { CompiledProvider, CompiledSnapshot } from "./compiled-snapshot.ts";
import { nearestNames } from "./nearest-names.ts";

/** Which provider serves a call, and what the model is called there. */
export interface Resolution {
  provider: CompiledProvider;
  model: string;
}

/**
 * Names that belong to one maker whatever the lists say: lists are read now and then, and a model that came
 * out since must work at once.
 */
const families: { pattern: RegExp; provider: string }[] = [
  { pattern: /^(gpt-|chatgpt-|o[0-9]|text-embedding-|ft:gpt-|codex-)/, provider: "openai" },
  { pattern: /^claude-/, provider: "anthropic" },
];

function resolveBare(snapshot: CompiledSnapshot, asked: string): CompiledProvider {
  const holders = snapshot.bareModels.get(asked);
  if (holders?.length === 1 && holders[0] !== undefined) return holders[0];
  if (holders !== undefined) {
    // A provider that could not be called anyway does not make a name ambiguous.
    const callable = holders.filter((holder) => !holder.keyMissing);
    if (callable.length === 1 && callable[0] !== undefined) return callable[0];
    const choices = holders.map((holder) => `${holder.name}/${asked}`);
    throw gatewayErrors.modelAmbiguous({ model: asked, choices });
  }
  const family = families.find((entry) => entry.pattern.test(asked));
  const provider = family && snapshot.providers.get(family.provider);
  if (provider !== undefined) return provider;
  throw modelUnknown(snapshot, asked);
}

/** That nobody has a model, with the names that were probably meant. */
export function modelUnknown(snapshot: CompiledSnapshot, asked: string): GatewayError {
  const slash = asked.indexOf("/");
  const written = slash > 0 ? asked.slice(0, slash) : "";
  return gatewayErrors.modelUnknown({
    model: asked,
    // Of a name that stands before a slash and is no provider's, that alone is worth saying.
    strangeProvider: snapshot.providers.has(written) ? "" : written,
    nearest: nearestNames(snapshot, asked),
    anyKnown: snapshot.modelIds.length > 0,
  });
}

/**
 * Finds a model's provider. `provider/model` always goes to that provider, whether its list has the model or
 * not. A bare name goes to the one provider whose list has it; else to its maker (`gpt-…` to `openai`,
 * `claude-…` to `anthropic`) if configured. Nothing is guessed beyond that: a misspelt name must not send a
 * prompt to a provider that nobody named.
 * @throws GatewayError `model_not_found`, `model_ambiguous`, `provider_key_missing`, `provider_misconfigured`
 */
export function resolveModel(snapshot: CompiledSnapshot, asked: string): Resolution {
  const slash = asked.indexOf("/");
  const nameGiven = slash > 0 && slash < asked.length - 1;
  const named = nameGiven ? snapshot.providers.get(asked.slice(0, slash)) : undefined;
  const provider = named ?? resolveBare(snapshot, asked);
  if (provider.keyMissing) {
    throw gatewayErrors.providerKeyMissing({ provider: provider.name, keyHint: provider.source.keyHint });
  }
  if (provider.origin === "" && provider.protocol !== "sim") {
    throw gatewayErrors.providerMisconfigured({ provider: provider.name, baseUrl: provider.source.baseUrl });
  }
  return { provider, model: named === undefined ? asked : asked.slice(slash + 1) };
}
