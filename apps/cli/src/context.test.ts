import { expect, test } from "vitest";
import { withWholePaths } from "./context.ts";

test("a tilde that no shell has expanded means the home folder", () => {
  const variables = { HOME: "/home/ann", WEIR_HOME: "~/weir", WEIR_CONFIG: "~/weir.yaml", OTHER: "~/x" };
  expect(withWholePaths(variables)).toEqual({
    HOME: "/home/ann",
    WEIR_HOME: "/home/ann/weir",
    WEIR_CONFIG: "/home/ann/weir.yaml",
    OTHER: "~/x",
  });
  expect(withWholePaths({ HOME: "/home/ann", WEIR_HOME: "~" })["WEIR_HOME"]).toBe("/home/ann");
});

test("any other path stays as it is", () => {
  for (const path of ["./.weir", "/srv/weir", "~bob/weir", "a~b", ""]) {
    expect(withWholePaths({ HOME: "/home/ann", WEIR_HOME: path })["WEIR_HOME"]).toBe(path);
  }
});
