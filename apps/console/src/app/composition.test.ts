import { expect, it } from "vitest";
import { isComposing } from "./composition.ts";

it("knows an input method's keys, also from Safari, which says that the composing is over", () => {
  expect(isComposing({ isComposing: true, keyCode: 13 })).toBe(true);
  expect(isComposing({ isComposing: false, keyCode: 229 })).toBe(true);
  expect(isComposing({ isComposing: false, keyCode: 13 })).toBe(false);
});
