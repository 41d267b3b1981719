import type { ReactNode } from "react";

/** The water mark: a level, and the wave below it. */
export function WeirMark({ className }: { className?: string }): ReactNode {
  return (
    <svg viewBox="0 0 20 20" className={className} aria-hidden="true">
      <rect width="20" height="20" rx="5" fill="var(--accent-fill)" />
      <path
        d="M4 6.2h12M4 10.2c2 0 2 1.8 4 1.8s2-1.8 4-1.8 2 1.8 4 1.8M4 13.8c2 0 2 1.8 4 1.8s2-1.8 4-1.8 2 1.8 4 1.8"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="1.5"
        strokeLinecap="round"
      />
    </svg>
  );
}
