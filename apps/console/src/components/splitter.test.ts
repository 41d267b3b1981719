import { expect, test } from "vitest";
import { shareForKey } from "./splitter.tsx";

const share = { value: 46, min: 25, max: 70, usual: 40, set: () => undefined };

test.each([
  ["left", "ArrowRight", 48],
  ["left", "ArrowLeft", 44],
  ["right", "ArrowLeft", 48],
  ["right", "ArrowRight", 44],
  ["top", "ArrowDown", 48],
  ["top", "ArrowUp", 44],
  ["left", "Home", 25],
  ["left", "End", 70],
  ["left", "Enter", 40],
] as const)("a panel measured from its %s: %s leads to %d %%", (from, key, expected) => {
  expect(shareForKey(key, { share, from })).toBe(expected);
});

test.each([
  ["left", "ArrowUp"],
  ["top", "ArrowLeft"],
  ["right", "j"],
] as const)("a panel measured from its %s leaves %s to the page", (from, key) => {
  expect(shareForKey(key, { share, from })).toBeNull();
});
