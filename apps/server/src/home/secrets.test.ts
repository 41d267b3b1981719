import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSealer, newProjectKey, openSecrets, SecretFileError } from "./secrets.ts";

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

describe("the secrets of a home", () => {
  let folder: string;
  let home: { secretKey: string; adminToken: string };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "weir-secret-"));
    home = { secretKey: join(folder, "secret.key"), adminToken: join(folder, "admin-token") };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("are made once, and their owner alone can read them", () => {
    const first = openSecrets(home);
    const again = openSecrets(home);
    expect(again.adminToken).toBe(first.adminToken);
    expect(again.sealer.open(first.sealer.seal("weir_secret"))).toBe("weir_secret");
    expect(readdirSync(folder).toSorted()).toEqual(["admin-token", "secret.key"]);
    for (const path of Object.values(home)) expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test.each([
    ["adminToken", ""],
    ["adminToken", "\n"],
    ["adminToken", "short"],
    ["secretKey", ""],
    ["secretKey", "11".repeat(31)],
    ["secretKey", "xy".repeat(32)],
  ] as const)("a file that holds no %s but %j is refused with its path and the mend", (name, text) => {
    openSecrets(home);
    writeFileSync(home[name], text);
    expect(() => openSecrets(home)).toThrow(SecretFileError);
    expect(() => openSecrets(home)).toThrow(new RegExp(`^${home[name]} does not hold .*[dD]elete it`));
  });
});
