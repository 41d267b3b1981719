import { useSyncExternalStore, type ReactNode } from "react";
import { formatAgo, formatInstantExact, formatLasting, type TimeZone } from "./format.ts";

/** One clock for every "4 min ago" on the page: it ticks once a second while anything shows a time. */
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== undefined) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The text changes only when the words change, so a list of old rows renders nothing on a tick. */
export function RelativeTime({
  at,
  zone = "local",
  lasting = false,
  className,
}: {
  at: string;
  zone?: TimeZone;
  /** `for 4 min` instead of `4 min ago`, for what has been so since then. */
  lasting?: boolean;
  className?: string;
}): ReactNode {
  const text = useSyncExternalStore(subscribe, () => (lasting ? formatLasting(at, now) : formatAgo(at, now)));
  return (
    <time dateTime={at} title={formatInstantExact(at, zone)} className={className}>
      {text}
    </time>
  );
}
