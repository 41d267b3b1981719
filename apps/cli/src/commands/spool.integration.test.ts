import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { listDead } from "./spool.ts";

const home = mkdtempSync(join(tmpdir(), "weir-dead-"));
afterAll(() => rmSync(home, { recursive: true }));

test("dead records are listed from the files of a home on which no Weir runs, and only of a home", async () => {
  let printed = "";
  const context = {
    variables: { WEIR_HOME: home },
    workingDirectory: home,
    print: (text: string) => (printed += text),
    printError: () => undefined,
  };
  await expect(listDead(context, {})).rejects.toMatchObject({ code: "not_running" });
  const dead = join(home, "spool", "dead");
  mkdirSync(dead, { recursive: true });
  const letter = {
    rejectedAt: "2026-01-01T00:00:00.000Z",
    exceptionCode: 117,
    reason: "no column x",
    line: "{}",
  };
  writeFileSync(join(dead, "batch-1-00000001.ndjson"), `${JSON.stringify(letter)}\n`);
  expect(await listDead(context, {})).toBe(0);
  expect(printed).toMatch(/\nbatch-1-00000001 +1 .*no column x\n/);
  expect(printed).toContain("once Weir runs");
});
