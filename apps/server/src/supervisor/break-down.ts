import type { Logger } from "pino";

/** What happens on an error that nobody caught: it is said and a stop is asked for, once, whatever follows from it. */
export interface BreakDown {
  handle(error: unknown): void;
  happened(): boolean;
}

export function createBreakDown(options: { log: Pick<Logger, "fatal">; requestStop: () => void }): BreakDown {
  let happened = false;
  return {
    handle(error) {
      if (happened) return;
      happened = true;
      options.requestStop();
      options.log.fatal({ err: error }, "Weir broke and stops; please report this with the log");
    },
    happened: () => happened,
  };
}
