import { expect, test } from "vitest";
import { hasOtherCode } from "./new-code.ts";

const entry = "/assets/index-B1.js";
const page = (src: string): string =>
  `<!doctype html><html><script type="module" src="${src}"></script></html>`;

test("an upgraded server has other code, the same server and a proxy's error do not", () => {
  expect(hasOtherCode(page("/assets/index-C2.js"), entry)).toBe(true);
  expect(hasOtherCode(page(entry), entry)).toBe(false);
  expect(hasOtherCode("Bad gateway", entry)).toBe(false);
  expect(hasOtherCode(page(entry), null)).toBe(false);
});
