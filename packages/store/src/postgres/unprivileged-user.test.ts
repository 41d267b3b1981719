import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isReachable, parseAccounts } from "./unprivileged-user.ts";

it("reads whole lines of the accounts file and no others", () => {
  const text =
    "root:x:0:0:root:/root:/bin/sh\n\n# note\nbroken:x:abc\nnobody:x:65534:65533:nobody:/:/bin/false\n";
  expect(parseAccounts(text)).toEqual([
    { name: "root", uid: 0, gid: 0 },
    { name: "nobody", uid: 65534, gid: 65533 },
  ]);
});

it("sees that a file below a private folder is out of reach", async () => {
  const stranger = { name: "stranger", uid: 54_321, gid: 54_321 };
  const folder = mkdtempSync(join(tmpdir(), "weir-reach-"));
  try {
    const inner = join(folder, "inner");
    const file = join(inner, "program");
    mkdirSync(inner, { mode: 0o755 });
    writeFileSync(file, "", { mode: 0o755 });
    chmodSync(folder, 0o711);
    expect(await isReachable(file, stranger)).toBe(true);
    chmodSync(file, 0o700);
    expect(await isReachable(file, stranger)).toBe(false);
    chmodSync(file, 0o755);
    chmodSync(folder, 0o700);
    expect(await isReachable(file, stranger)).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
