import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runDoctor } from "./doctor.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-doctor-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a home that is no folder is found, and everything else is looked at all the same", async () => {
  const home = join(folder, "file");
  writeFileSync(home, "");
  let printed = "";
  const code = await runDoctor(
    {
      variables: { WEIR_HOME: home, WEIR_PORT: "0" },
      workingDirectory: folder,
      print: (text) => (printed += text),
      printError: () => undefined,
    },
    {},
  );
  expect(code).toBe(1);
  expect(printed).toContain(`error    disk: ${home} cannot be written to (ENOTDIR).`);
  expect(printed).toContain(`error    engines: ${home}/run/endpoint.json cannot be read.`);
  expect(printed).toContain("clock:");
});
