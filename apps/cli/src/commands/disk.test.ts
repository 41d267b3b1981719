import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { diskFinding } from "./disk.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-disk-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a home that is there, one that can be made, and one behind a link have room", async () => {
  symlinkSync(folder, join(folder, "link"));
  for (const home of [folder, join(folder, "not/yet"), join(folder, "link")]) {
    const { level, detail } = await diskFinding(home);
    expect(level, detail).not.toBe("error");
    expect(detail).toContain(`GiB free for ${home}.`);
  }
});

test("what can be no folder is an error, with the reason", async () => {
  writeFileSync(join(folder, "file"), "");
  symlinkSync(join(folder, "nowhere"), join(folder, "dangling"));
  symlinkSync("loop", join(folder, "loop"));
  const reasons = { file: "ENOTDIR", "file/below": "ENOTDIR", dangling: "ENOENT", loop: "ELOOP" };
  for (const [name, reason] of Object.entries(reasons)) {
    expect(await diskFinding(join(folder, name)), name).toMatchObject({
      level: "error",
      detail: expect.stringContaining(`cannot be written to (${reason}).`),
    });
  }
});
