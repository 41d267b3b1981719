import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLog } from "./log.ts";

test("no secret reaches the log or the terminal, however it gets into a line", () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-log-"));
  const printed: string[] = [];
  const terminal = (line: string) => printed.push(line);
  const { logger, close } = createLog({ folder, level: "info", secrets: ["sk-provider-secret"], terminal });
  const projectKey = `weir_${"a1B2".repeat(10)}`;
  logger.error(
    { err: new Error(`401 for sk-provider-secret`), apiKey: "sk-other" },
    `key ${projectKey} refused`,
  );
  logger.info({ quiet: true }, "an engine's chatter");
  logger.debug("too detailed");
  close();
  const file = readFileSync(join(folder, "weir.log"), "utf8");
  rmSync(folder, { recursive: true });
  for (const text of [file, printed.join("")]) {
    expect(text).not.toContain("sk-provider-secret");
    expect(text).not.toContain("sk-other");
    expect(text).not.toContain(projectKey);
    expect(text).toContain("refused");
  }
  expect(file).toContain("an engine's chatter");
  expect(printed).toHaveLength(1);
  expect(printed[0]).toMatch(
    /^\d\d:\d\d:\d\d error key weir_\[redacted\] refused \(401 for \[redacted\]\)\n$/,
  );
});
