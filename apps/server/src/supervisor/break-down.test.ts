import { expect, test } from "vitest";
import { createBreakDown } from "./break-down.ts";

test("an error that saying it causes again is said once, and a stop is asked for once", () => {
  const said: string[] = [];
  let stops = 0;
  const breakDown = createBreakDown({
    log: {
      fatal(_: unknown, message?: string) {
        said.push(message ?? "");
        breakDown.handle(new Error("the log is gone as well"));
      },
    },
    requestStop: () => (stops += 1),
  });
  expect(breakDown.happened()).toBe(false);
  breakDown.handle(new Error("first"));
  breakDown.handle(new Error("second"));
  expect(breakDown.happened()).toBe(true);
  expect(said).toHaveLength(1);
  expect(stops).toBe(1);
});
