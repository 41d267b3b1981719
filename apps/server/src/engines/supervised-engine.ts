import { StoreError, type EngineProcess } from "@weir/store";
import type { Logger } from "pino";

const backoffMinMs = 100;
const backoffMaxMs = 10_000;
const pingEveryMs = 2_000;
const pingTimeoutMs = 1_500;
/** A process that ran this long before it died is restarted without delay. */
const stableMs = 30_000;

interface Connection {
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** How an engine is; `detail` is a sentence for people. One that is slow, `degraded`, is still asked. */
export interface EngineStatus {
  state: "ok" | "degraded" | "down";
  detail: string;
  /** Since when it has been in this state, in milliseconds since 1970. */
  sinceMs: number;
  restarts: number;
  pid: number | null;
}

export interface EngineOptions<Engine extends Connection> {
  /** As people call it: `Postgres`, `ClickHouse`. */
  title: string;
  /** What goes on without it, as a sentence. */
  meanwhile: string;
  /** Starts the embedded process, or null for an engine elsewhere. */
  launch: (() => Promise<EngineProcess>) | null;
  /** The URL of an engine elsewhere; ignored when `launch` is given. */
  url: string;
  connect: (url: string) => Engine;
  /** Migrates and fills; the engine counts as up only after it. Called after each start. */
  prepare: (connection: Engine) => Promise<void>;
  /** Called each time the engine is up, also when it only was silent for a while. */
  onUp: () => void;
  log: Logger;
}

/**
 * Owns one engine: starts its process, restarts it with backoff when it dies, pings it, and knows how it is. For an
 * engine elsewhere it owns the connection only.
 */
export class SupervisedEngine<Engine extends Connection> {
  readonly #options: EngineOptions<Engine>;
  #process: EngineProcess | null = null;
  #connection: Engine | null = null;
  #status: EngineStatus;
  #begun = false;
  #stopping = false;
  #failures = 0;
  #lastFailure = "";
  #restarts = 0;
  #timer: NodeJS.Timeout | undefined;
  #starting: Promise<void> | null = null;
  #firstUp = Promise.withResolvers<void>();

  constructor(options: EngineOptions<Engine>) {
    this.#options = options;
    const detail = `${options.title} is starting. ${options.meanwhile}`;
    this.#status = { state: "down", detail, sinceMs: Date.now(), restarts: 0, pid: null };
  }

  /** The connection while the engine is up, else null. */
  current(): Engine | null {
    return this.#status.state === "down" ? null : this.#connection;
  }

  status(): EngineStatus {
    return { ...this.#status, restarts: this.#restarts, pid: this.#process?.pid ?? null };
  }

  /** Begins, once; resolves when the engine is up for the first time, however often that is tried. */
  start(): Promise<void> {
    if (!this.#begun) this.#begin();
    this.#begun = true;
    return this.#firstUp.promise;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    // A start under way ends by itself and then sees that it has to stop again.
    await this.#starting;
    await this.#disconnect();
    await this.#process?.stop();
    this.#process = null;
  }

  /** Ends the process at once; what it has acknowledged it keeps. */
  kill(): void {
    this.#stopping = true;
    clearTimeout(this.#timer);
    if (this.#process) process.kill(this.#process.pid, "SIGKILL");
  }

  #begin(): void {
    this.#starting = this.#tryStart().then((started) => {
      this.#starting = null;
      // A process that died just after it was ready left the restart to us.
      const gone = this.#options.launch !== null && this.#process === null;
      if (!started || gone) this.#retry();
      else this.#scheduleHealthCheck();
    });
  }

  /** False when it could not be started. */
  async #tryStart(): Promise<boolean> {
    const { title, launch, connect, prepare, log } = this.#options;
    const startedAt = Date.now();
    try {
      if (launch && !this.#process) {
        this.#process = await launch();
        this.#watch({ engine: this.#process, startedAt });
      }
      await this.#disconnect();
      this.#connection = connect(this.#process?.url ?? this.#options.url);
      await this.#connection.ping();
      await prepare(this.#connection);
      if (launch && !this.#process) throw new Error(`${title} ended while it was being prepared`);
      this.#failures = 0;
      this.#lastFailure = "";
      this.#setUp();
      log.info({ engine: title, ms: Date.now() - startedAt }, `${title} is up`);
      return true;
    } catch (error) {
      if (this.#stopping) return false;
      // The same reason again and again says nothing new.
      const known = messageOf(error) === this.#lastFailure;
      log[known ? "debug" : "error"](
        { engine: title, err: error },
        `${title} could not be started; trying again`,
      );
      this.#lastFailure = messageOf(error);
      const reason = `it could not be ${launch ? "started" : "taken into use"}: ${messageOf(error)}`;
      this.#setDown(error instanceof StoreError ? `${reason}. ${error.mend.replace(/\.$/, "")}` : reason);
      return false;
    }
  }

  #watch(options: { engine: EngineProcess; startedAt: number }): void {
    const { title, log } = this.#options;
    options.engine.onExit((exit) => {
      if (this.#process !== options.engine) return;
      this.#process = null;
      if (exit.expected || this.#stopping) return;
      if (Date.now() - options.startedAt > stableMs) this.#failures = 0;
      const how = exit.signal ? `was killed by ${exit.signal}` : `ended with code ${exit.code}`;
      this.#restarts += 1;
      this.#setDown(`it ${how} and is being restarted`);
      log.error({ engine: title, ...exit }, `${title} ${how}; restarting it`);
      // A start that is under way fails by itself and retries.
      if (!this.#starting) this.#retry();
    });
  }

  #retry(): void {
    if (this.#stopping) return;
    clearTimeout(this.#timer);
    const delayMs = Math.min(backoffMaxMs, backoffMinMs * 2 ** this.#failures);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#begin(), delayMs);
  }

  #scheduleHealthCheck(): void {
    clearTimeout(this.#timer);
    if (this.#stopping) return;
    this.#timer = setTimeout(() => {
      void this.#checkHealth();
    }, pingEveryMs);
    this.#timer.unref();
  }

  async #checkHealth(): Promise<void> {
    const { title, log } = this.#options;
    const connection = this.#connection;
    if (!connection) return;
    try {
      await withTimeout({ work: connection.ping(), timeoutMs: pingTimeoutMs });
      if (this.#status.state !== "ok" && this.#connection === connection) {
        this.#setUp();
        log.info({ engine: title }, `${title} answers again`);
      }
    } catch (error) {
      // The exit of its process is told apart: then this connection is replaced, and this check is over.
      if (this.#connection !== connection || this.#stopping || this.#starting) return;
      if (this.#options.launch && !this.#process) return;
      const { state } = this.#status;
      // A busy machine keeps an engine from one answer now and then: one silence is slow, a second in a row is away.
      if (error instanceof SilenceError && state === "ok") {
        log.warn({ engine: title, err: error }, `${title} is slow to answer`);
        this.#setSlow(error);
      } else {
        if (state !== "down") log.error({ engine: title, err: error }, `${title} does not answer`);
        this.#setDown(`it does not answer: ${messageOf(error)}`);
      }
    }
    if (this.#connection === connection && !this.#starting) this.#scheduleHealthCheck();
  }

  #setUp(): void {
    const wasDown = this.#status.state === "down";
    this.#status = {
      ...this.#status,
      state: "ok",
      detail: `${this.#options.title} answers.`,
      sinceMs: Date.now(),
    };
    this.#firstUp.resolve();
    if (wasDown) this.#options.onUp();
  }

  #setSlow(error: SilenceError): void {
    const detail = `${this.#options.title} is slow: ${error.message}. It is still asked.`;
    this.#status = { ...this.#status, state: "degraded", detail, sinceMs: Date.now() };
  }

  #setDown(reason: string): void {
    const { title, meanwhile } = this.#options;
    const sinceMs = this.#status.state === "down" ? this.#status.sinceMs : Date.now();
    this.#status = {
      ...this.#status,
      state: "down",
      detail: `${title} is away: ${reason}. ${meanwhile}`,
      sinceMs,
    };
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    if (!connection) return;
    try {
      await connection.close();
    } catch (error) {
      this.#options.log.debug({ err: error }, "a connection to an engine that went away could not be closed");
    }
  }
}

/** No answer in time, where the machine may be to blame; a refused or broken connection is no silence. */
class SilenceError extends Error {}

async function withTimeout<Result>(options: { work: Promise<Result>; timeoutMs: number }): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new SilenceError(`no answer within ${options.timeoutMs} ms`)),
    options.timeoutMs,
  );
  try {
    return await Promise.race([options.work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
}
