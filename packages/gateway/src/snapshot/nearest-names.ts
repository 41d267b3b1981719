import { knownModels } from "@weir/providers";
import { editDistance } from "@weir/schema";
import type { CompiledProvider, CompiledSnapshot } from "./compiled-snapshot.ts";

/** Names are compared by their first characters only, which bounds the work that a silly name can cause. */
const comparedMaxCharacters = 80;
/** Counting edits is dear, so that only the names that share most pairs of letters come that far. */
const candidatesMax = 300;
const nearestMax = 3;

/** The models that a provider is known to have: its list, or what the price list knows when it gave none. */
export function modelsOf(provider: CompiledProvider): readonly string[] {
  const { models, priceProvider } = provider.source;
  return models.length > 0 ? models : knownModels(priceProvider);
}

const comparable = (text: string): string => text.slice(0, comparedMaxCharacters).toLowerCase();

function pairsOf(text: string): Set<string> {
  const pairs = new Set<string>();
  for (let index = 0; index < text.length - 1; index += 1) pairs.add(text.slice(index, index + 2));
  return pairs;
}

/** The ids that share most pairs of letters with the name, when there are more than can be compared in full. */
function candidatesOf(from: string, ids: readonly string[]): readonly string[] {
  if (ids.length <= candidatesMax) return ids;
  const wanted = pairsOf(from);
  const scored = ids.map((id) => ({ id, shared: pairsOf(comparable(id)).intersection(wanted).size }));
  scored.sort((a, b) => b.shared - a.shared);
  return scored.slice(0, candidatesMax).map(({ id }) => id);
}

/** The provider whose name is within a slip of the one before the slash. */
function meantProvider(snapshot: CompiledSnapshot, written: string): string | null {
  const from = comparable(written);
  const furthest = Math.max(1, Math.floor(from.length / 3));
  let best: { name: string; distance: number } | null = null;
  for (const name of snapshot.providers.keys()) {
    const distance = editDistance({ from, to: name });
    if (distance <= furthest && distance < (best?.distance ?? Infinity)) best = { name, distance };
  }
  return best?.name ?? null;
}

/**
 * The models (`provider/model`) most like a name, nearest first, in whatever case it was written; none when
 * nothing is near. A name is compared with the whole id and with the part after the provider, whichever is
 * nearer; containing the name counts as near. A provider of which no model is known is offered with the model
 * as it was written.
 */
export function nearestNames(snapshot: CompiledSnapshot, asked: string): string[] {
  const from = comparable(asked);
  const furthest = Math.max(2, Math.floor(from.length / 2));
  const ids: string[] = [];
  for (const provider of snapshot.providers.values()) {
    for (const model of modelsOf(provider)) ids.push(`${provider.name}/${model}`);
  }
  const ranked = candidatesOf(from, ids).map((id) => {
    const whole = comparable(id);
    const bare = whole.slice(whole.indexOf("/") + 1);
    const distance = Math.min(editDistance({ from, to: whole }), editDistance({ from, to: bare }));
    const contained = from.length > 2 && whole.includes(from);
    return { id, distance: contained ? Math.min(distance, 1) : distance };
  });
  const near = ranked.filter(({ distance }) => distance <= furthest);
  near.sort((a, b) => a.distance - b.distance || a.id.length - b.id.length || a.id.localeCompare(b.id));
  const names = near.slice(0, nearestMax).map(({ id }) => id);
  const slash = asked.indexOf("/");
  const meant = slash > 0 && slash < asked.length - 1 ? meantProvider(snapshot, asked.slice(0, slash)) : null;
  if (meant !== null && !ids.some((id) => id.startsWith(`${meant}/`))) {
    names.unshift(`${meant}${asked.slice(slash, slash + comparedMaxCharacters)}`);
  }
  return names.slice(0, nearestMax);
}
