import { Session } from "chdb";
import { makeException } from "./exception.ts";

export interface PooledSession {
  readonly session: Session;
  /** Back to the pool; `false` when its state is unknown and it has to be replaced. */
  release(reusable: boolean): void;
}

interface Waiter {
  resolve(session: PooledSession): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

const waitingMax = 256;
const waitMaxMs = 30_000;

/**
 * A lane of connections to the engine. Settings and parameters belong to a connection, so a statement has one to
 * itself while it runs. Connections are opened when first needed.
 */
export class SessionPool {
  readonly #open: () => Session;
  readonly #max: number;
  readonly #idle: Session[] = [];
  readonly #waiters: Waiter[] = [];
  #opened = 0;

  constructor(options: { open: () => Session; max: number }) {
    this.#open = options.open;
    this.#max = options.max;
  }

  /** Statements that have a connection now. */
  get busy(): number {
    return this.#opened - this.#idle.length;
  }

  acquire(signal: AbortSignal): Promise<PooledSession> {
    const session = this.#idle.pop() ?? this.#openAnother();
    if (session !== null) return Promise.resolve(this.#lend(session));
    if (this.#waiters.length >= waitingMax) return Promise.reject(tooMany());
    return new Promise((resolve, reject) => {
      const leave = (error: Error) => {
        const index = this.#waiters.indexOf(waiter);
        if (index >= 0) this.#waiters.splice(index, 1);
        clearTimeout(waiter.timer);
        reject(error);
      };
      const waiter: Waiter = {
        resolve,
        reject,
        timer: setTimeout(() => leave(tooMany()), waitMaxMs),
      };
      this.#waiters.push(waiter);
      signal.addEventListener(
        "abort",
        () => leave(makeException({ code: 394, name: "QUERY_WAS_CANCELLED", text: "The client went away" })),
        { once: true },
      );
    });
  }

  close(): void {
    for (const waiter of this.#waiters.splice(0)) {
      clearTimeout(waiter.timer);
      waiter.reject(makeException({ code: 236, name: "ABORTED", text: "The engine is stopping" }));
    }
    for (const session of this.#idle.splice(0)) session.close();
  }

  #openAnother(): Session | null {
    if (this.#opened >= this.#max) return null;
    const session = this.#open();
    this.#opened += 1;
    return session;
  }

  #lend(session: Session): PooledSession {
    let returned = false;
    return {
      session,
      release: (reusable) => {
        if (returned) return;
        returned = true;
        this.#takeBack(session, reusable);
      },
    };
  }

  #takeBack(session: Session, reusable: boolean): void {
    let next: Session | null = session;
    if (!reusable) {
      session.close();
      this.#opened -= 1;
      next = this.#waiters.length > 0 ? this.#openAnother() : null;
    }
    if (next === null) return;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) {
      this.#idle.push(next);
      return;
    }
    clearTimeout(waiter.timer);
    waiter.resolve(this.#lend(next));
  }
}

function tooMany(): Error {
  return makeException({
    code: 202,
    name: "TOO_MANY_SIMULTANEOUS_QUERIES",
    text: "Too many statements are waiting for the embedded engine",
  });
}
