import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clockFindings } from "./clock.ts";

let home: string;
let server: Server | null = null;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "weir-clock-"));
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
  rmSync(home, { recursive: true });
});

async function providerWithClock(aheadMs: number): Promise<string> {
  const started = createServer((_, res) => {
    res.setHeader("date", new Date(Date.now() + aheadMs).toUTCString());
    res.end();
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const address = started.address();
  return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/v1`;
}

test("without a provider the clock is told all the same", async () => {
  expect(await clockFindings({ baseUrls: [], home })).toEqual([
    {
      check: "clock",
      level: "ok",
      detail: expect.stringMatching(/^The clock says 20\d\d-.*Z; there is no provider with a key/),
      mend: "",
    },
  ]);
});

test("a provider that does not answer leaves the clock told, and not compared", async () => {
  expect(await clockFindings({ baseUrls: ["http://127.0.0.1:1/v1"], home })).toEqual([
    expect.objectContaining({
      level: "ok",
      detail: expect.stringContaining("no provider that could be reached"),
    }),
  ]);
});

test("a clock that was set back is seen by what an earlier run wrote", async () => {
  writeFileSync(join(home, "snapshot.json"), "{}");
  const tomorrow = Date.now() / 1000 + 86_400;
  utimesSync(join(home, "snapshot.json"), tomorrow, tomorrow);
  expect(await clockFindings({ baseUrls: [], home })).toEqual([
    expect.objectContaining({ level: "error", detail: expect.stringMatching(/8\d{4} s before files/) }),
  ]);
});

test.each([
  [0, "ok", "agrees"],
  [120_000, "error", "s behind that of 127.0.0.1"],
])("a provider's clock that is %i ms ahead: %s", async (aheadMs, level, words) => {
  expect(await clockFindings({ baseUrls: [await providerWithClock(aheadMs)], home })).toEqual([
    expect.objectContaining({ level, detail: expect.stringContaining(words) }),
  ]);
});
