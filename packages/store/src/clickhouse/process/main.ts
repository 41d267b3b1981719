import { Socket } from "node:net";
import { availableParallelism, totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { lockWorkingDirectory } from "./directory-lock.ts";
import { engineLimits } from "./engine-config.ts";
import { Engine } from "./engine.ts";
import { createHttpInterface } from "./http-server.ts";
import { clearInsertBodies } from "./insert-body.ts";
import { stepBack } from "./step-back.ts";

// The process of the embedded ClickHouse. Its parent says on file descriptor 3, in one line of JSON, with which
// password to serve; when that pipe closes, the parent is gone and this process ends too. It says on standard
// output, in one line of JSON, on which port it listens.

const bodyMaxBytes = 256 * 1024 * 1024;
const drainMaxMs = 8_000;
const probeEveryMs = 10_000;
const probeMaxMs = 30_000;

const lifeline = new Socket({ fd: 3, readable: true, writable: false });

function readPassword(): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    lifeline.setEncoding("utf8");
    lifeline.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end >= 0) resolve(text.slice(0, end));
    });
    lifeline.once("close", () => reject(new Error("The parent went away before it said the password.")));
  });
}

async function main(): Promise<void> {
  stepBack();
  const password = await readPassword();
  await lockWorkingDirectory();
  const directory = process.cwd();
  await clearInsertBodies(directory);
  const engine = new Engine({
    directory,
    limits: engineLimits({ memoryBytes: totalmem(), cores: availableParallelism() }),
  });
  const server = createHttpInterface({
    engine,
    credentials: { user: "weir", password },
    place: { directory, bodyMaxBytes },
  });
  server.listen({ host: "127.0.0.1", port: 0 }, () => {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    console.log(JSON.stringify({ ready: true, port, version: engine.version }));
  });

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    server.close();
    for (let waitedMs = 0; engine.running > 0 && waitedMs < drainMaxMs; waitedMs += 20) await sleep(20);
    if (engine.running === 0) engine.close();
    // The engine's threads outlive its last connection and crash in the C library's exit handlers. Its files are
    // safe against being killed at any moment, so this is the clean way out.
    process.kill(process.pid, "SIGKILL");
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());
  lifeline.on("close", () => void stop());
  watchHealth(engine).catch(end);
}

/** An engine that answers nothing any more is worse than one that restarts. */
async function watchHealth(engine: Engine): Promise<never> {
  for (;;) {
    await sleep(probeEveryMs);
    const timer = setTimeout(() => {
      console.error(`The engine has not answered for ${probeMaxMs} ms; ending it.`);
      process.kill(process.pid, "SIGKILL");
    }, probeMaxMs);
    await engine.probe();
    clearTimeout(timer);
  }
}

function end(error: unknown): void {
  console.error(error);
  process.kill(process.pid, "SIGKILL");
}

main().catch(end);
