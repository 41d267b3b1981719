import { useCallback, useState } from "react";

export interface ElementSize {
  widthPx: number;
  heightPx: number;
}

/** The size of an element, kept up to date; 0 by 0 until it is on the page. Attach the returned ref. */
export function useElementSize(): [ElementSize, (element: HTMLElement | null) => (() => void) | undefined] {
  const [size, setSize] = useState<ElementSize>({ widthPx: 0, heightPx: 0 });
  const attach = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    const note = ({ width, height }: { width: number; height: number }): void =>
      setSize({ widthPx: width, heightPx: height });
    note(element.getBoundingClientRect());
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) note(entry.contentRect);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [size, attach];
}
