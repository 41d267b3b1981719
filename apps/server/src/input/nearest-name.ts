import { editDistance } from "@weir/schema";

/** The known name that `name` was probably meant to be, or null when none is near; case and `_`/`-` do not count. */
export function nearestName(options: { name: string; known: readonly string[] }): string | null {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, "");
  let best: { name: string; distance: number } | null = null;
  for (const candidate of options.known) {
    const distance = editDistance({ from: plain(options.name), to: plain(candidate) });
    if (distance < (best?.distance ?? Infinity)) best = { name: candidate, distance };
  }
  return best && best.distance <= Math.max(1, Math.floor(options.name.length / 3)) ? best.name : null;
}
