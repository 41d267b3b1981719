import { useCallback, useSyncExternalStore } from "react";

/**
 * Preferences that belong to the reader and not to a view (theme, widths, chosen columns): kept in this
 * browser, the same in all its tabs. What belongs to a view is in the URL instead.
 */
const prefix = "weir.";
const listeners = new Set<() => void>();
const memory = new Map<string, string>();

function read(name: string): string | null {
  try {
    return localStorage.getItem(prefix + name) ?? memory.get(name) ?? null;
  } catch {
    // Storage can be forbidden; the preference then lasts as long as the page.
    return memory.get(name) ?? null;
  }
}

/** Stores a preference, or takes it out. */
function storePreference(name: string, value: string | null): void {
  if (value === null) memory.delete(name);
  else memory.set(name, value);
  try {
    if (value === null) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, value);
  } catch (error) {
    // Full or forbidden storage costs the reader only that the preference is gone on the next visit.
    if (!(error instanceof DOMException)) throw error;
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** A stored preference and how to change it; null while it was never set. */
export function useStored(name: string): [string | null, (value: string | null) => void] {
  const value = useSyncExternalStore(subscribe, () => read(name));
  const store = useCallback((next: string | null) => storePreference(name, next), [name]);
  return [value, store];
}

/** A share of a box in percent, with its bounds. */
export interface StoredShare {
  value: number;
  min: number;
  max: number;
  /** Where it stands until the reader moves it. */
  usual: number;
  set: (value: number) => void;
}

/** A width or height that the reader has chosen, kept within its bounds. */
export function useStoredShare(
  name: string,
  bounds: { min: number; max: number; usual: number },
): StoredShare {
  const [stored, store] = useStored(name);
  const { min, max, usual } = bounds;
  const bounded = (value: number): number => Math.min(max, Math.max(min, value));
  const parsed = stored === null || stored === "" ? Number.NaN : Number(stored);
  return {
    ...bounds,
    value: bounded(Number.isFinite(parsed) ? parsed : usual),
    set: (value) => store(String(Math.round(bounded(value) * 10) / 10)),
  };
}
