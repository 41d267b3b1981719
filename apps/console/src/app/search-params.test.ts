import { expect, it } from "vitest";
import { parseSearch, readSearch, scopeOf, stringifySearch, tracesSearch } from "./search-params.ts";

it("brings every search back as it was, readable for people", () => {
  const search = {
    filter: 'status:error latency:>2s model:(gpt-5* OR "two words") metadata.a&b:c+d %20',
    trace: "00000000000000000000000000000012",
    from: "2026-11-21T00:00:00.000Z",
  };
  const text = stringifySearch(search);
  expect(text).toContain("filter=status:error+latency:");
  expect(parseSearch(text)).toEqual(search);
  expect(stringifySearch({ filter: "", range: undefined })).toBe("");
});

it("keeps only what the console knows, and never guesses types", () => {
  const raw = parseSearch("?trace=12345678901234567890123456789012&evil=1&live=on&trace=second");
  expect(readSearch(raw)).toEqual({ trace: "12345678901234567890123456789012", live: "on" });
});

it("links to rows with project, zone and range, but without what was open", () => {
  const search = { project: "p1", range: "7d", zone: "UTC", trace: "abc", tab: "raw", columns: "time" };
  expect(tracesSearch(search, { filter: "status:error" })).toEqual({
    project: "p1",
    zone: "UTC",
    range: "7d",
    from: undefined,
    to: undefined,
    filter: "status:error",
  });
  expect(scopeOf({}).filter).toBe("");
});
