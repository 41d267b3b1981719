import { useCallback, useEffect, useState, type RefObject } from "react";

/** Marks an element as a place where something differs, at which `N` and `P` stop. */
export const differenceProps = { "data-difference": "", tabIndex: -1 } as const;

export interface Differences {
  /** How many are on the page. */
  count: number;
  /** Where the reader is, from 0; -1 before the first. */
  at: number;
  step: (by: number) => void;
}

/** Walks the places of a page where something differs. */
export function useDifferences(box: RefObject<HTMLElement | null>): Differences {
  const [state, setState] = useState({ count: 0, at: -1 });
  const all = useCallback(
    () => [...(box.current?.querySelectorAll<HTMLElement>("[data-difference]") ?? [])],
    [box],
  );
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = (): void => {
      const found = all();
      const at = found.findIndex((each) => each.contains(document.activeElement));
      setState((old) => {
        const kept = at >= 0 ? at : Math.min(old.at, found.length - 1);
        return old.count === found.length && old.at === kept ? old : { count: found.length, at: kept };
      });
    };
    const observer = new MutationObserver(look);
    observer.observe(element, { childList: true, subtree: true });
    element.addEventListener("focusin", look);
    look();
    return () => {
      observer.disconnect();
      element.removeEventListener("focusin", look);
    };
  }, [all, box]);
  const step = (by: number): void => {
    const found = all();
    if (found.length === 0) return;
    const next =
      state.at < 0 ? (by > 0 ? 0 : found.length - 1) : (state.at + by + found.length) % found.length;
    const target = found[next];
    target?.focus({ preventScroll: true });
    target?.scrollIntoView({ block: "center" });
    setState({ count: found.length, at: next });
  };
  return { ...state, step };
}
