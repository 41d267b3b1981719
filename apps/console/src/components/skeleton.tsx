import { clsx } from "clsx";
import type { ReactNode } from "react";

/** A grey bar of the final size, so that nothing jumps when the value arrives. */
export function Skeleton({ className, width }: { className?: string; width?: string | number }): ReactNode {
  return (
    <span
      aria-hidden="true"
      className={clsx("skeleton block h-3", className)}
      {...(width === undefined ? {} : { style: { width } })}
    />
  );
}

/** Widths that look like words rather than like a grid; stable per row so that nothing flickers. */
export function skeletonWidth(row: number, column: number): string {
  return `${45 + ((row * 37 + column * 61) % 45)}%`;
}
