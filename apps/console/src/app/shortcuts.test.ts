import { expect, it } from "vitest";
import { printKeys } from "./shortcut-help.tsx";
import { pressName } from "./shortcuts.ts";

function press(
  key: string,
  modifiers: Partial<Record<"metaKey" | "ctrlKey" | "altKey" | "shiftKey", boolean>> = {},
): string {
  return pressName({ key, metaKey: false, ctrlKey: false, altKey: false, shiftKey: false, ...modifiers });
}

it("names presses as shortcuts are written", () => {
  expect(press("j")).toBe("j");
  expect(press("K", { ctrlKey: true })).toBe("mod+k");
  expect(press("k", { metaKey: true })).toBe("mod+k");
  expect(press("F", { shiftKey: true })).toBe("shift+f");
  // A question mark is typed with Shift on some keyboards and without on others.
  expect(press("?", { shiftKey: true })).toBe("?");
});

it("prints keys as they stand on the keyboard", () => {
  expect(printKeys("g t")).toBe("G T");
  expect(printKeys("shift+f")).toBe("⇧ F");
  expect(printKeys("escape")).toBe("Esc");
});
