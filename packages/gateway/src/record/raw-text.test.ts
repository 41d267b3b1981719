import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createRawKeeper } from "./raw-text.ts";

/** Chunks as streams bring them: many small ones, some larger, an empty one. */
const lengths = [
  ...Array.from({ length: 300 }, (_, index) => 180 + (index % 90)),
  0,
  1,
  2048,
  2049,
  70_000,
  3,
];

test("keeps every byte in order, whatever the size of its chunk", () => {
  const keeper = createRawKeeper(1_000_000);
  const chunks = lengths.map((length) => randomBytes(length));
  for (const chunk of chunks) keeper.push(chunk);
  expect(keeper.joined().equals(Buffer.concat(chunks))).toBe(true);
  expect(keeper.bytes).toBe(Buffer.concat(chunks).length);
  expect(keeper.lostBytes).toBe(0);
});

test("goes on after it was joined", () => {
  const keeper = createRawKeeper(1_000_000);
  const chunks = lengths.map((length) => randomBytes(length));
  const joined = chunks.map((chunk) => {
    keeper.push(chunk);
    return Buffer.from(keeper.joined());
  });
  for (const [index, bytes] of joined.entries()) {
    expect(bytes.equals(Buffer.concat(chunks.slice(0, index + 1)))).toBe(true);
  }
  expect(keeper.joined().equals(Buffer.concat(chunks))).toBe(true);
});

test("keeps no more than its limit, and counts the rest", () => {
  const keeper = createRawKeeper(1000);
  for (let index = 0; index < 15; index += 1) keeper.push(Buffer.alloc(100, index));
  expect(keeper.joined()).toHaveLength(1000);
  expect(keeper.bytes).toBe(1500);
  expect(keeper.lostBytes).toBe(500);
});

test("does not change when the memory of a small chunk is used again", () => {
  const keeper = createRawKeeper(1000);
  keeper.push(Buffer.from("first "));
  const reused = Buffer.from("second");
  keeper.push(reused);
  reused.fill(0);
  expect(keeper.joined().toString()).toBe("first second");
});
