/** The value when it is a finite number, else null. */
export function numberOrNull(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** The value as a count of tokens: a whole number that is not negative, else zero. */
export function countOrZero(value: unknown): number {
  const count = numberOrNull(value);
  return count === null || count < 0 ? 0 : Math.trunc(count);
}
