import { describe, expect, it } from "vitest";
import { facetChoices, facetFields, openAtFirst } from "./facet-filter.ts";

const values = ["ada", "ben", "cyd"].map((value, index) => ({ value, count: 30 - index, estimated: false }));

describe("the values of a facet", () => {
  const none = { values, fresh: true, chosen: [], excluded: [], valuesMax: 2 };

  it("are the most frequent ones, and what the filter names wherever it stands", () => {
    expect(facetChoices(none).map(({ value }) => value)).toEqual(["ada", "ben"]);
    expect(facetChoices({ ...none, chosen: ["cyd"] }).map(({ value, state }) => [value, state])).toEqual([
      ["ada", "free"],
      ["ben", "free"],
      ["cyd", "chosen"],
    ]);
  });

  it("say nothing where nothing was counted: for what is excluded, and until the counts are there", () => {
    const [eve] = facetChoices({ ...none, chosen: ["eve"] });
    expect(eve).toEqual({ value: "eve", count: 0, estimated: false, state: "chosen" });
    expect(facetChoices({ ...none, chosen: ["eve"], fresh: false })[0]?.count).toBeNull();
    expect(facetChoices({ ...none, excluded: ["eve"] })[0]).toMatchObject({ count: null, state: "excluded" });
  });
});

it("lists every field that can be counted once, the most asked for first", () => {
  const names = facetFields.map(({ name }) => name);
  expect(names.slice(0, openAtFirst.length)).toEqual(openAtFirst);
  expect(new Set(names).size).toBe(names.length);
  expect(names).not.toContain("trace");
});
