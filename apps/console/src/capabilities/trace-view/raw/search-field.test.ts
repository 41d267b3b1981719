import { expect, test } from "vitest";
import { searchAction } from "./search-field.tsx";

test("Enter goes on, Shift+Enter back, Esc clears", () => {
  expect(searchAction({ key: "Enter", shiftKey: false })).toBe("next");
  expect(searchAction({ key: "Enter", shiftKey: true })).toBe("before");
  expect(searchAction({ key: "Escape", shiftKey: false })).toBe("clear");
  expect(searchAction({ key: "a", shiftKey: false })).toBeNull();
});
