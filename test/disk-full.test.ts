import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { api, childrenOf, startSystem, until, type System } from "./system.ts";

let system: System | undefined;
/** A file system of a few hundred kilobytes fills up at once; making one takes root. */
const mountCommand = "mount";
const unmountCommand = "umount";
const cleanups: (() => void)[] = [];

afterEach(async () => {
  await system?.stop();
  system = undefined;
  for (const cleanup of cleanups.splice(0).toReversed()) cleanup();
});

async function call(target: System, size: number): Promise<string> {
  const response = await fetch(`${target.origin}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${target.key}` },
    body: JSON.stringify({ model: "sim/echo", messages: [{ role: "user", content: "x".repeat(size) }] }),
  });
  expect(response.status, await response.text()).toBe(200);
  return response.headers.get("x-weir-trace-id") ?? "";
}

async function readiness(target: System): Promise<{ status: number; text: string }> {
  const response = await fetch(`${target.origin}/readyz`);
  return { status: response.status, text: await response.text() };
}

/** Stops the engine without killing it, so that what is recorded stays in the spool. */
async function pauseClickHouse(target: System): Promise<() => void> {
  const pid = await until("ClickHouse to run", () => childrenOf(target.pid, "clickhouse")[0]);
  process.kill(pid, "SIGSTOP");
  return () => process.kill(pid, "SIGCONT");
}

async function fillUntilRefused(target: System): Promise<void> {
  await until("recording to stop and to be said", async () => {
    for (let index = 0; index < 20; index += 1) await call(target, 4000);
    const { status, text } = await readiness(target);
    return status === 503 && /record/i.test(text) && !text.includes('"notRecording":[]');
  });
  const metrics = await (await fetch(`${target.origin}/metrics`)).text();
  expect(metrics).toMatch(/^weir_records_unwritten_total(\{[^}]*\})? [1-9]/m);
}

describe("when nothing more can be written down", () => {
  test("a spool at its limit: calls go on, readiness says it, recording comes back by itself", async () => {
    const home = mkdtempSync(join(tmpdir(), "weir-e2e-"));
    cleanups.push(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
    const config = join(home, "weir.yaml");
    writeFileSync(config, "limits:\n  spoolMaxBytes: 200000\n");
    system = await startSystem({ home, env: { WEIR_CONFIG: config } });
    const resume = await pauseClickHouse(system);
    await fillUntilRefused(system);
    resume();
    const running = system;
    await until("recording to be back", async () => (await readiness(running)).status === 200);
    const traceId = await call(running, 10);
    await until("the next call to be recorded", () => api(running, `/traces/${traceId}`));
  });

  test.runIf(process.getuid?.() === 0)(
    "a disk that is really full: calls go on, and recording comes back when there is room",
    async () => {
      const home = mkdtempSync(join(tmpdir(), "weir-e2e-"));
      cleanups.push(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
      const spool = join(home, "spool");
      mkdirSync(spool, { recursive: true, mode: 0o700 });
      try {
        execFileSync(mountCommand, ["-t", "tmpfs", "-o", "size=512k,mode=0700", "tmpfs", spool], {
          stdio: "pipe",
        });
      } catch (error) {
        console.warn(`left out, nothing can be mounted here: ${String(error)}`);
        return;
      }
      cleanups.push(() => execFileSync(unmountCommand, [spool]));
      system = await startSystem({ home });
      const resume = await pauseClickHouse(system);
      await fillUntilRefused(system);
      resume();
      const running = system;
      await until("recording to be back", async () => {
        await call(running, 10);
        return (await readiness(running)).status === 200;
      });
      const traceId = await call(running, 10);
      await until("the next call to be recorded", () => api(running, `/traces/${traceId}`));
    },
  );
});
