import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadFileMemory, openFileMemory } from "./file-memory.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-file-memory-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("what was written is there for the next process, zeros before", () => {
  const path = join(folder, "kept");
  expect([...new Uint8Array(loadFileMemory({ path, bytes: 4 }))]).toEqual([0, 0, 0, 0]);
  const file = openFileMemory(path);
  expect(file.write(2, Uint8Array.of(7, 8))).toBe(true);
  expect([...new Uint8Array(loadFileMemory({ path, bytes: 4 }))]).toEqual([0, 0, 7, 8]);
  file.close();
  expect(file.write(0, Uint8Array.of(1))).toBe(false);
});

test("a file of another size is begun anew", () => {
  const path = join(folder, "torn");
  writeFileSync(path, Uint8Array.of(1, 2, 3));
  expect([...new Uint8Array(loadFileMemory({ path, bytes: 4 }))]).toEqual([0, 0, 0, 0]);
  expect(readFileSync(path)).toHaveLength(4);
});
