import { clsx } from "clsx";
import type { ReactNode } from "react";

/** Every state that a span, a component or the whole system can be in. */
export type MarkedState = "ok" | "error" | "cancelled" | "degraded" | "down" | "unknown";

export const stateWords: Record<MarkedState, string> = {
  ok: "OK",
  error: "Error",
  cancelled: "Cancelled",
  degraded: "Degraded",
  down: "Down",
  unknown: "Unknown",
};

const colours: Record<MarkedState, string> = {
  ok: "text-good",
  error: "text-bad",
  cancelled: "text-muted",
  degraded: "text-warn",
  down: "text-bad",
  unknown: "text-muted",
};

/** A shape per state, so that colour is never the only sign: disc, cross-cut square, dash, triangle, ring. */
function shape(state: MarkedState): ReactNode {
  switch (state) {
    case "ok":
      return <circle cx="6" cy="6" r="4" fill="currentColor" />;
    case "error":
    case "down":
      return (
        <>
          <path d="M3.6.8h4.8L11.2 3.6v4.8L8.4 11.2H3.6L.8 8.4V3.6Z" fill="currentColor" />
          <path d="m4.3 4.3 3.4 3.4m0-3.4L4.3 7.7" stroke="var(--surface)" strokeWidth="1.3" />
        </>
      );
    case "degraded":
      return <path d="M6 1.2 11.2 10.6H.8Z" fill="currentColor" />;
    case "cancelled":
      return (
        <>
          <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.4" />
          <path d="M3.5 6h5" stroke="currentColor" strokeWidth="1.4" />
        </>
      );
    case "unknown":
      return <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.4" />;
  }
}

/** A state as shape and word. Without `word` the word stays for screen readers. */
export function StatusMark({
  state,
  label,
  word = true,
  className,
}: {
  state: MarkedState;
  /** Says it more exactly than the state's own word, e.g. an error code. */
  label?: string;
  word?: boolean;
  className?: string;
}): ReactNode {
  const text = label ?? stateWords[state];
  return (
    <span className={clsx("inline-flex min-w-0 items-center gap-1.5", className)}>
      <svg viewBox="0 0 12 12" className={clsx("size-3 shrink-0", colours[state])} aria-hidden="true">
        {shape(state)}
      </svg>
      {/* The word, not the shape before it, stands on the line of the text around. */}
      <span className={word ? "self-baseline truncate" : "sr-only"}>{text}</span>
    </span>
  );
}
