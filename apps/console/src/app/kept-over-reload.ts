import { useEffect, useRef } from "react";

const prefix = "weir.kept.";
const keepers = new Set<() => void>();

/** Just before the console reloads itself: stores what the reader would lose. */
export function keepOverReload(): void {
  for (const keep of keepers) keep();
}

/** Has a text stored, under a name, when the console reloads itself; null for nothing to store. */
export function useKeptText(name: string, text: string | null): void {
  const latest = useRef(text);
  useEffect(() => {
    latest.current = text;
  });
  useEffect(() => {
    const keep = (): void => {
      if (latest.current !== null) sessionStorage.setItem(prefix + name, latest.current);
    };
    keepers.add(keep);
    return () => void keepers.delete(keep);
  }, [name]);
}

/** The text that was stored when the console reloaded itself, for a `useState`; null without one, and ever after. */
export function readKeptText(name: string): string | null {
  try {
    const text = sessionStorage.getItem(prefix + name);
    sessionStorage.removeItem(prefix + name);
    return text;
  } catch {
    // Storage can be forbidden; then nothing was stored.
    return null;
  }
}
