import { StoreError, type EngineExit, type EngineProcess } from "@weir/store";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SupervisedEngine } from "./supervised-engine.ts";

/** An engine whose process dies and whose connection goes silent when a test says so. */
function makeWorld() {
  const world = {
    launches: 0,
    launchFailure: null as Error | null,
    pingHangs: false,
    ups: 0,
    stopped: 0,
    die: (_exit: Partial<EngineExit>) => undefined as void,
  };
  const launch = async (): Promise<EngineProcess> => {
    world.launches += 1;
    if (world.launchFailure) throw world.launchFailure;
    return {
      url: `engine://${world.launches}`,
      pid: 1000 + world.launches,
      onExit: (listener) => {
        world.die = (exit) => listener({ code: null, signal: null, expected: false, tail: "", ...exit });
      },
      stop: async () => {
        world.stopped += 1;
      },
    };
  };
  const engine = new SupervisedEngine({
    title: "Engine",
    meanwhile: "Calls go on.",
    launch,
    url: "",
    connect: (url) => ({
      url,
      ping: () => (world.pingHangs ? new Promise<void>(() => undefined) : Promise.resolve()),
      close: async () => undefined,
    }),
    prepare: async () => undefined,
    onUp: () => {
      world.ups += 1;
    },
    log: pino({ level: "silent" }),
  });
  return { world, engine };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("an engine that dies is said down, is started again, and its new address is used", async () => {
  const { world, engine } = makeWorld();
  await engine.start();
  expect(engine.current()?.url).toBe("engine://1");
  world.die({ signal: "SIGKILL" });
  expect(engine.current()).toBeNull();
  expect(engine.status()).toMatchObject({ state: "down", restarts: 1, pid: null });
  expect(engine.status().detail).toBe(
    "Engine is away: it was killed by SIGKILL and is being restarted. Calls go on.",
  );
  await vi.advanceTimersByTimeAsync(1_000);
  expect(engine.status().state).toBe("ok");
  expect(engine.current()?.url).toBe("engine://2");
  expect(world.ups).toBe(2);
});

test("one that cannot start is tried again, slower and slower, until it can", async () => {
  const { world, engine } = makeWorld();
  world.launchFailure = new Error("no room on the disk.");
  const up = engine.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(engine.status().detail).toContain("it could not be started: no room on the disk. Calls go on.");
  expect(world.launches).toBeGreaterThan(8);
  expect(world.launches).toBeLessThan(15);
  world.launchFailure = new StoreError({
    code: "migration_failed",
    message: "Half a table.",
    mend: "Mend it.",
  });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(engine.status().detail).toContain("started: Half a table. Mend it. Calls go on.");
  world.launchFailure = null;
  await vi.advanceTimersByTimeAsync(10_000);
  await up;
  expect(engine.status().state).toBe("ok");
});

test("one that lives and does not answer is down until it answers again, without a restart", async () => {
  const { world, engine } = makeWorld();
  await engine.start();
  world.pingHangs = true;
  await vi.advanceTimersByTimeAsync(8_000);
  expect(engine.current()).toBeNull();
  expect(engine.status().detail).toContain("it does not answer: no answer within 1500 ms");
  world.pingHangs = false;
  await vi.advanceTimersByTimeAsync(4_000);
  expect(engine.current()?.url).toBe("engine://1");
  expect(world).toMatchObject({ launches: 1, ups: 2 });
});

test("one that is slow to answer once is said slow, and still asked", async () => {
  const { world, engine } = makeWorld();
  await engine.start();
  world.pingHangs = true;
  await vi.advanceTimersByTimeAsync(4_000);
  expect(engine.status()).toMatchObject({
    state: "degraded",
    detail: "Engine is slow: no answer within 1500 ms. It is still asked.",
  });
  expect(engine.current()?.url).toBe("engine://1");
  world.pingHangs = false;
  await vi.advanceTimersByTimeAsync(4_000);
  expect(engine.status()).toMatchObject({ state: "ok", detail: "Engine answers." });
  expect(world.ups).toBe(1);
  // Silences that were not in a row do not add up.
  world.pingHangs = true;
  await vi.advanceTimersByTimeAsync(4_000);
  expect(engine.status().state).toBe("degraded");
});

test("stopping stops the process, and a death after it is no reason to start again", async () => {
  const { world, engine } = makeWorld();
  await engine.start();
  await engine.stop();
  world.die({ code: 0 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(world).toMatchObject({ launches: 1, stopped: 1 });
});
