import { isatty } from "node:tty";

/** Two signals within this time are one: a terminal and npm both pass a Ctrl-C on. */
const sameSignalMs = 700;
const standardStreams = [0, 1, 2];

/** Whether somebody or something has asked for a stop. */
export interface StopRequest {
  requested: Promise<void>;
  isRequested(): boolean;
  /** Asks for an orderly stop; asking again changes nothing. */
  request(): void;
  /** A person asks. Asked once more after a while, the stop takes too long. */
  signal(): void;
  /** Called when a second signal says that the stop takes too long. */
  onForce(listener: () => void): void;
}

export function createStopRequest(nowMs: () => number): StopRequest {
  const requested = Promise.withResolvers<void>();
  let isRequested = false;
  let firstSignalAtMs: number | null = null;
  let force: (() => void) | null = null;
  const request = () => {
    isRequested = true;
    requested.resolve();
  };
  return {
    requested: requested.promise,
    isRequested: () => isRequested,
    request,
    signal() {
      firstSignalAtMs ??= nowMs();
      request();
      if (nowMs() - firstSignalAtMs > sameSignalMs) force?.();
    },
    onForce: (listener) => {
      force = listener;
    },
  };
}

/** Listens to signals, and to the launcher that started this process. */
export function listenForStop(): StopRequest {
  const stop = createStopRequest(() => performance.now());
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stop.signal);
  process.on("SIGHUP", onHangUp({ stop, isTerminal: isatty }));
  // The launcher that started this process on an older Node holds a channel to it; without it nobody waits for us.
  if (process.channel) {
    process.on("disconnect", stop.request);
    process.channel.unref();
  }
  return stop;
}

/**
 * A terminal that is closed ends what runs in it, in order. Node forgets at its start that `nohup` had SIGHUP ignored,
 * but `nohup` also takes every terminal away from the standard streams: without one, a hangup means nothing.
 */
export function onHangUp(options: {
  stop: Pick<StopRequest, "request">;
  isTerminal: (descriptor: number) => boolean;
}): () => void {
  if (standardStreams.some(options.isTerminal)) return options.stop.request;
  return () => undefined;
}
