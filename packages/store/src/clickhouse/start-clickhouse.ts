import { randomBytes } from "node:crypto";
import { chmod, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { spawnEngine, type EngineProcess, type SpawnedEngine } from "../engine-process.ts";
import { StoreError } from "../errors.ts";
import type { StoreLog } from "../log.ts";
import { nativeThreadsMax } from "./process/engine-config.ts";

const entry = fileURLToPath(new URL("./process/main.ts", import.meta.url));
/** The engine has threads enough of its own; Node's helpers would only wake beside the calls of the gateway. */
const nodeFlags = [
  "--no-warnings",
  "--expose-gc",
  "--max-old-space-size=512",
  "--single-threaded-gc",
  "--v8-pool-size=1",
];
/** An orphan of a killed Weir may need 15 s to go, and a large directory some time to load. */
const readyTimeoutMs = 90_000;

const readySchema = z.object({ ready: z.literal(true), port: z.number().int(), version: z.string() });

/**
 * Starts the embedded ClickHouse in a process of its own and waits until it serves. It speaks ClickHouse's HTTP
 * protocol on a random port of 127.0.0.1, with a password that is new at each start.
 * @throws StoreError `engine_start_failed`
 */
export async function startClickHouse(options: { directory: string; log: StoreLog }): Promise<EngineProcess> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  await chmod(options.directory, 0o700);
  const password = randomBytes(24).toString("base64url");
  const spawned = spawnEngine({
    name: "clickhouse",
    command: process.execPath,
    args: [...nodeFlags, entry],
    env: {
      PATH: "/usr/bin:/bin",
      TZ: "UTC",
      UV_THREADPOOL_SIZE: String(nativeThreadsMax),
      // Bodies of inserts come and go by the megabyte; the C library would keep them all for next time.
      MALLOC_ARENA_MAX: "2",
      MALLOC_MMAP_THRESHOLD_: "131072",
      MALLOC_TRIM_THRESHOLD_: "131072",
    },
    directory: options.directory,
    lifeline: true,
    stopSignals: [{ signal: "SIGTERM", waitMs: 15_000 }],
    log: options.log,
  });
  const lifeline = spawned.child.stdio[3];
  if (lifeline && "write" in lifeline) {
    // The child may die before it reads; its exit says so better than a broken pipe.
    lifeline.on("error", () => undefined);
    lifeline.write(`${password}\n`);
  }
  const port = await waitUntilReady(spawned);
  return {
    url: `http://weir:${password}@127.0.0.1:${port}/weir`,
    pid: spawned.pid,
    onExit: spawned.onExit,
    stop: spawned.stop,
  };
}

function waitUntilReady(spawned: SpawnedEngine): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (message: string) =>
      reject(
        new StoreError({
          code: "engine_start_failed",
          message: `The embedded ClickHouse did not start: ${message}`,
        }),
      );
    const timer = setTimeout(() => {
      fail(`it was not ready within ${readyTimeoutMs} ms. It said: ${spawned.tail() || "nothing"}`);
      void spawned.stop();
    }, readyTimeoutMs);
    let text = "";
    const follow = (chunk: string) => {
      text += chunk;
      for (const line of text.split("\n")) {
        const ready = readySchema.safeParse(parseJson(line));
        if (!ready.success) continue;
        clearTimeout(timer);
        spawned.child.stdout?.off("data", follow);
        resolve(ready.data.port);
      }
    };
    spawned.child.stdout?.on("data", follow);
    spawned.onExit((exit) => {
      clearTimeout(timer);
      fail(`it ended (${exit.signal ?? `code ${exit.code}`}). It said: ${exit.tail || "nothing"}`);
    });
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not every line is ours; the engine may say something too.
    return null;
  }
}
