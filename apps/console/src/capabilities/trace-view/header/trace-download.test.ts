import { expect, test } from "vitest";
import { downloadWords } from "./trace-download.ts";

test("a file that holds everything promises everything, and needs no word afterwards", () => {
  expect(downloadWords(500)).toEqual({
    before: "Every span of this trace, with messages and raw bodies",
    after: "",
  });
});

test("a file of a long trace says before and after that it has no messages and bodies", () => {
  const { before, after } = downloadWords(1501);
  expect(before).toMatch(/without messages and raw bodies.*up to 500 spans.*has 1,501/);
  expect(after).toMatch(/without messages and bodies/);
});
