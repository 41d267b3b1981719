import { expect, test } from "vitest";
import { searchAction } from "./search-field.tsx";

const press = (key: string, more: { shiftKey?: boolean; isComposing?: boolean } = {}) =>
  searchAction({ key, shiftKey: false, isComposing: false, ...more });

test("Enter goes on, Shift+Enter back, Esc clears", () => {
  expect(press("Enter")).toBe("next");
  expect(press("Enter", { shiftKey: true })).toBe("before");
  expect(press("Escape")).toBe("clear");
  expect(press("a")).toBeNull();
});

test("a key that ends or leaves the composing of a word does nothing else", () => {
  expect(press("Enter", { isComposing: true })).toBeNull();
  expect(press("Escape", { isComposing: true })).toBeNull();
});
