import { editDistance } from "@weir/schema";

/** Names are compared by their first characters only, which bounds the work that a silly name can cause. */
const comparedMaxCharacters = 80;
const nearestMax = 3;

/**
 * The known models (`provider/model`) most like a name, nearest first. A name is compared with the whole id
 * and with the part after the provider, whichever is nearer; containing the name counts as near.
 */
export function nearestNames(asked: string, modelIds: readonly string[]): string[] {
  const from = asked.slice(0, comparedMaxCharacters).toLowerCase();
  const ranked = modelIds.map((id) => {
    const whole = id.slice(0, comparedMaxCharacters).toLowerCase();
    const bare = whole.slice(whole.indexOf("/") + 1);
    const distance = Math.min(editDistance({ from, to: whole }), editDistance({ from, to: bare }));
    const contained = from.length > 2 && whole.includes(from);
    return { id, distance: contained ? Math.min(distance, 1) : distance };
  });
  ranked.sort((a, b) => a.distance - b.distance || a.id.localeCompare(b.id));
  return ranked.slice(0, nearestMax).map((entry) => entry.id);
}
