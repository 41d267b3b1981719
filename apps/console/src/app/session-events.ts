/**
 * Tabs of one browser share one session cookie. When one of them signs in or out, the others hear of it here
 * instead of failing on their next click.
 */
export type SessionEvent = "signed-in" | "signed-out";

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("weir.session");

/** Tells the other tabs. */
export function announceSession(event: SessionEvent): void {
  // A channel reaches this origin only and takes no target.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  channel?.postMessage(event);
}

/** Listens to the other tabs; returns how to stop. */
export function onSessionEvent(listener: (event: SessionEvent) => void): () => void {
  if (channel === null) return () => undefined;
  const receive = ({ data }: MessageEvent<unknown>): void => {
    if (data === "signed-in" || data === "signed-out") listener(data);
  };
  channel.addEventListener("message", receive);
  return () => channel.removeEventListener("message", receive);
}
