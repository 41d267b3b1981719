import { expect, test } from "vitest";
import { traceLink } from "./trace-link.ts";

const search = { project: "second", zone: "UTC", filter: "status:error", trace: "open", span: "here" };

test("a trace's own page is looked for in the list's project and shows its zone", () => {
  expect(traceLink(search, { traceId: "chosen" })).toEqual({
    to: "/traces/$traceId",
    params: { traceId: "chosen" },
    search: { project: "second", zone: "UTC" },
  });
});

test("it opens on the span and tab that are named", () => {
  const { search: named } = traceLink(search, { traceId: "chosen", span: "root", tab: "cost" });
  expect(named).toEqual({ project: "second", zone: "UTC", span: "root", tab: "cost" });
});
