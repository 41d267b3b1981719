import { expect, test } from "vitest";
import { createTakenExports, takenExportsBytes } from "./taken-exports.ts";

const body = (text: string) => Buffer.from(text);

test("an export is known again by its bytes and its project, in every thread that shares the memory", () => {
  const buffer = new SharedArrayBuffer(takenExportsBytes);
  const taken = createTakenExports({ buffer });
  const elsewhere = createTakenExports({ buffer });
  expect(taken.has({ projectId: "a", body: body("spans") })).toBe(false);
  taken.remember({ projectId: "a", body: body("spans") });
  expect(elsewhere.has({ projectId: "a", body: body("spans") })).toBe(true);
  expect(elsewhere.has({ projectId: "b", body: body("spans") })).toBe(false);
  expect(elsewhere.has({ projectId: "a", body: body("other spans") })).toBe(false);
});

test("the newest are known, however many came before", () => {
  const taken = createTakenExports();
  for (let index = 0; index < 20_000; index += 1) {
    taken.remember({ projectId: "a", body: body(`export ${index}`) });
  }
  expect(taken.has({ projectId: "a", body: body("export 19999") })).toBe(true);
});

test("what is kept is enough to know an export after a restart", () => {
  const kept = new Uint8Array(takenExportsBytes);
  const buffer = new SharedArrayBuffer(takenExportsBytes);
  const taken = createTakenExports({ buffer, keep: (offset, bytes) => kept.set(bytes, offset) });
  taken.remember({ projectId: "a", body: body("spans") });
  const next = new SharedArrayBuffer(takenExportsBytes);
  new Uint8Array(next).set(kept);
  expect(createTakenExports({ buffer: next }).has({ projectId: "a", body: body("spans") })).toBe(true);
});
