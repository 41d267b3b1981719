import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { environmentOf, root } from "../../../test/system.ts";

const launcher = join(root, "apps/cli/bin/weir.mjs");
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "weir-refused-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

// A limit on the size of files stands for a disk that fills up: the lock or larger files find no room.
test.each([0, 1])(
  "a first start with room for %d blocks says what to do and leaves no lock",
  async (blocks) => {
    const child = spawn("sh", ["-c", `ulimit -f ${blocks}; exec "$0" "$1" up`, process.execPath, launcher], {
      env: environmentOf({ home, port: 0 }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const exited = once(child, "exit");
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(output).toMatch(/^Weir cannot start: .*Check that WEIR_HOME is a folder .* with room\.$/m);
    expect(output + errors).not.toMatch(/^\s+at /m);
    expect(await exited).toEqual([1, null]);
    expect(readdirSync(home).filter((name) => name.startsWith("lock"))).toEqual([]);
  },
);
