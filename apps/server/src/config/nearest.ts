/** Number of single-character edits from `left` to `right` (Levenshtein). */
function editDistance(pair: { left: string; right: string }): number {
  let previous = Array.from({ length: pair.right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= pair.left.length; row++) {
    const current = [row];
    for (let column = 1; column <= pair.right.length; column++) {
      const same = pair.left[row - 1] === pair.right[column - 1] ? 0 : 1;
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + same,
        ),
      );
    }
    previous = current;
  }
  return previous[pair.right.length] ?? 0;
}

/** The known name that `name` was probably meant to be, or null when none is near; case and `_`/`-` do not count. */
export function nearestName(options: { name: string; known: readonly string[] }): string | null {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, "");
  let best: { name: string; distance: number } | null = null;
  for (const candidate of options.known) {
    const distance = editDistance({ left: plain(options.name), right: plain(candidate) });
    if (distance < (best?.distance ?? Infinity)) best = { name: candidate, distance };
  }
  return best && best.distance <= Math.max(1, Math.floor(options.name.length / 3)) ? best.name : null;
}
