import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createSealer, newProjectKey, readOrCreateSecret } from "./secrets.ts";

test("a project key has the form that the gateway looks for", () => {
  const keys = new Set(Array.from({ length: 200 }, newProjectKey));
  expect(keys.size).toBe(200);
  for (const key of keys) expect(key).toMatch(/^weir_[0-9A-Za-z]{40}$/);
});

test("what was sealed opens again with the same key only", () => {
  const sealer = createSealer("11".repeat(32));
  const sealed = sealer.seal("weir_secret");
  expect(sealed.includes("weir_secret")).toBe(false);
  expect(sealer.open(sealed)).toBe("weir_secret");
  expect(() => createSealer("22".repeat(32)).open(sealed)).toThrow(/auth/);
  sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
  expect(() => sealer.open(sealed)).toThrow(/auth/);
});

test("a secret is made once and its owner alone can read it", () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-secret-"));
  const path = join(folder, "token");
  try {
    expect(readOrCreateSecret({ path, make: () => "first" })).toBe("first");
    expect(readOrCreateSecret({ path, make: () => "second" })).toBe("first");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
