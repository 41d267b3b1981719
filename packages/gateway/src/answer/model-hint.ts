import type { Call } from "../call.ts";
import { modelsOf, nearestNames } from "../snapshot/nearest-names.ts";

const hintMaxCharacters = 512;

/**
 * What to say beside a provider's answer that it has no such model: the nearest names that Weir knows of. Null
 * when the provider said something else, or when the model is in its list, so that the name is not the slip.
 */
export function modelHint(call: Call, answer: { status: number; code: string }): string | null {
  const { resolution, snapshot } = call;
  const refused = answer.status === 404 || (answer.status === 400 && answer.code.includes("model"));
  if (!refused || resolution === null) return null;
  const { provider, model } = resolution;
  if (provider.protocol === "sim" || modelsOf(provider).includes(model)) return null;
  const nearest = nearestNames(snapshot, `${provider.name}/${model}`);
  if (nearest.length === 0) return null;
  const names = nearest.map((name) => `"${name}"`).join(", ");
  return `Weir knows no model "${model.slice(0, 128)}" of "${provider.name}". Nearest: ${names}.`;
}

/** The hint as `x-weir-hint`, name and value in turn; ASCII only, and short. */
export function hintHeaders(hint: string | null): string[] {
  return hint === null
    ? []
    : ["x-weir-hint", hint.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, hintMaxCharacters)];
}
