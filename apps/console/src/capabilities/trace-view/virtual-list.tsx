import { useVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, type ReactNode } from "react";
import { ScrollRegion } from "../../components/scroll-region.tsx";

/** Rows of unlike heights in a box of their own; only those in view are drawn. */
export function VirtualList({
  label,
  count,
  rowPx,
  keyOf,
  rowOf,
  scrollTo = -1,
  className,
}: {
  label: string;
  count: number;
  /** Height of most rows; others are measured once they are drawn. */
  rowPx: number;
  keyOf: (at: number) => string | number;
  rowOf: (at: number) => ReactNode;
  /** A row to bring into view; −1 for none. */
  scrollTo?: number;
  className: string;
}): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  // The virtualiser's functions change with every scroll by design; the React Compiler is not in use here.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    overscan: 20,
    getItemKey: keyOf,
  });
  useLayoutEffect(() => {
    if (scrollTo >= 0) virtualizer.scrollToIndex(scrollTo, { align: "center" });
  }, [scrollTo, virtualizer]);
  return (
    <ScrollRegion
      landmark={false}
      boxRef={box}
      label={label}
      className={`max-h-[70vh] overflow-auto ${className}`}
    >
      <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => (
          <div
            key={item.key}
            data-index={item.index}
            ref={virtualizer.measureElement}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${item.start}px)` }}
          >
            {rowOf(item.index)}
          </div>
        ))}
      </div>
    </ScrollRegion>
  );
}
