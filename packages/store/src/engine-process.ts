import { spawn, type ChildProcess } from "node:child_process";
import type { StoreLog } from "./log.ts";

/** How a child ended. */
export interface EngineExit {
  code: number | null;
  signal: string | null;
  /** True when `stop` asked for it. */
  expected: boolean;
  /** The last lines the engine said. */
  tail: string;
}

/** A running engine. `url` stays the same as long as the process lives; a restart has a new one. */
export interface EngineProcess {
  readonly url: string;
  readonly pid: number;
  /** Calls back once, also when the process has ended already. */
  onExit(listener: (exit: EngineExit) => void): void;
  /** Stops in order; resolves when the process is gone. Safe to call twice. */
  stop(): Promise<void>;
}

export interface SpawnedEngine extends Omit<EngineProcess, "url"> {
  readonly child: ChildProcess;
  readonly exited: Promise<EngineExit>;
  tail(): string;
}

export interface SpawnEngineOptions {
  name: string;
  command: string;
  args: readonly string[];
  env: Record<string, string>;
  directory: string;
  uid?: number;
  gid?: number;
  /** Signals in the order in which they are tried, each with how long the engine has to obey. */
  stopSignals: readonly { signal: NodeJS.Signals; waitMs: number }[];
  /** Leaves an extra pipe as file descriptor 3, which closes when this process dies. */
  lifeline?: boolean;
  log: StoreLog;
}

const tailMaxLines = 40;
const lineMaxCharacters = 2000;

/** Starts an engine as a child, passes what it says to the log, and knows how to stop it. */
export function spawnEngine(options: SpawnEngineOptions): SpawnedEngine {
  const child = spawn(options.command, [...options.args], {
    cwd: options.directory,
    env: options.env,
    stdio: options.lifeline ? ["ignore", "pipe", "pipe", "pipe"] : ["ignore", "pipe", "pipe"],
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
    // Ctrl-C in a terminal reaches the whole foreground group; the engine must outlive the gateway's last records.
    detached: true,
  });
  const tail = followOutput(child, options);
  let stopping: Promise<void> | undefined;
  const exited = new Promise<EngineExit>((resolve) => {
    child.once("error", (error) =>
      resolve({ code: null, signal: null, expected: stopping !== undefined, tail: error.message }),
    );
    // `close` comes after the pipes are drained, so the tail is whole.
    child.once("close", (code, signal) =>
      resolve({ code, signal, expected: stopping !== undefined, tail: tail() }),
    );
  });

  async function stopInOrder(): Promise<void> {
    for (const { signal, waitMs } of options.stopSignals) {
      child.kill(signal);
      if (await settlesWithin(exited, waitMs)) return;
      options.log.warn({ engine: options.name, signal, waitMs }, "the engine did not stop in time");
    }
    child.kill("SIGKILL");
    await exited;
  }

  return {
    child,
    exited,
    tail,
    pid: child.pid ?? -1,
    onExit: (listener) => void exited.then(listener),
    stop: () => (stopping ??= stopInOrder()),
  };
}

function followOutput(child: ChildProcess, options: SpawnEngineOptions): () => string {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8");
    stream?.on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = (parts.pop() ?? "").slice(-lineMaxCharacters);
      for (const part of parts) {
        const line = part.trim().slice(0, lineMaxCharacters);
        if (line === "") continue;
        lines.push(line);
        if (lines.length > tailMaxLines) lines.shift();
        options.log.info({ engine: options.name }, line);
      }
    });
  }
  return () => lines.join("\n");
}

/** Whether a promise settles within the time; never rejects. */
async function settlesWithin(promise: Promise<unknown>, waitMs: number): Promise<boolean> {
  const { promise: timeout, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, waitMs, false);
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
