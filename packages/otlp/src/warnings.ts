/** What an export loses without its spans being rejected, counted by reason. */
export class Warnings {
  readonly #counts = new Map<string, number>();

  add(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  /** One sentence for each reason; empty where there was none. */
  toString(): string {
    return [...this.#counts]
      .map(([reason, count]) => `${reason} (${count === 1 ? "once" : `${count} times`}).`)
      .join(" ");
  }
}

/** Cuts a text at its limit, never through a character, and says so. */
export function cutText(
  text: string,
  options: { maxCharacters: number; what: string; warnings: Warnings },
): string {
  const { maxCharacters, what, warnings } = options;
  if (text.length <= maxCharacters) return text;
  warnings.add(`${what} longer than ${maxCharacters} characters was cut`);
  return text.slice(0, maxCharacters).toWellFormed();
}
