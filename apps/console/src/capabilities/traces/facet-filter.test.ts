import { expect, it } from "vitest";
import { facetFields, openAtFirst, splitFacets, withoutField } from "./facet-filter.ts";

it("counts a ticked facet without its own ticks, so that more can be ticked", () => {
  const filter = "status:error model:(gpt-5 OR o3) latency:>2s";
  expect(withoutField(filter, "model")).toBe("status:error latency:>2s");
  expect(splitFacets(filter, ["status", "model", "user"])).toEqual({
    whole: ["user"],
    own: ["status", "model"],
  });
});

it("keeps what a field is asked not to have: those values are out for good", () => {
  expect(withoutField("-model:gpt-5 status:ok", "model")).toBe("-model:gpt-5 status:ok");
});

it("lists every field that can be counted once, the most asked for first", () => {
  const names = facetFields.map(({ name }) => name);
  expect(names.slice(0, openAtFirst.length)).toEqual(openAtFirst);
  expect(new Set(names).size).toBe(names.length);
  expect(names).not.toContain("trace");
});
