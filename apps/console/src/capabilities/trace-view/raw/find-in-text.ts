export interface TextMatch {
  start: number;
  end: number;
}

/** Finds a text without regard to case, at most `max` times. */
export function findInText(text: string, query: string, max = 1000): TextMatch[] {
  const matches: TextMatch[] = [];
  if (query === "") return matches;
  const lower = text.toLowerCase();
  // Lower-casing a few letters changes their length; then positions would be wrong, so those texts match by case.
  const haystack = lower.length === text.length ? lower : text;
  const needle = lower.length === text.length ? query.toLowerCase() : query;
  for (
    let at = haystack.indexOf(needle);
    at >= 0 && matches.length < max;
    at = haystack.indexOf(needle, at + needle.length)
  ) {
    matches.push({ start: at, end: at + needle.length });
  }
  return matches;
}
