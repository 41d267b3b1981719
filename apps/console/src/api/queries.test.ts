import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it } from "vitest";
import type { TimeRange } from "../app/time-range.ts";
import { facetsQuery, keepWithinProject, overviewQuery, type Scope } from "./queries.ts";

const day: TimeRange = { kind: "relative", last: "24h" };
const month: TimeRange = { kind: "relative", last: "30d" };
const scope = (project: string | undefined, range = day): Scope => ({ project, range, filter: "" });

/** What a page shows that goes from scope to scope; only the first scope's answer ever comes. */
function figuresOn(way: readonly Scope[]): unknown[] {
  const client = new QueryClient();
  const [first] = way;
  if (first === undefined) throw new Error("the way has a beginning");
  const optionsFor = (at: Scope) => ({
    queryKey: overviewQuery(at).queryKey,
    queryFn: () => new Promise<string>(() => {}),
    placeholderData: keepWithinProject(at),
    staleTime: Number.POSITIVE_INFINITY,
  });
  client.setQueryData<unknown>(overviewQuery(first).queryKey, "figures");
  const observer = new QueryObserver(client, optionsFor(first));
  const leave = observer.subscribe(() => {});
  const shown = way.map((at) => {
    observer.setOptions(optionsFor(at));
    return observer.getCurrentResult().data;
  });
  leave();
  client.clear();
  return shown;
}

it("keeps what was shown while another range of the same project is read", () => {
  expect(figuresOn([scope("a"), scope("a", month)])).toEqual(["figures", "figures"]);
  expect(figuresOn([scope(undefined), scope(undefined, month)])).toEqual(["figures", "figures"]);
});

it("never shows one project's figures under another's name", () => {
  expect(figuresOn([scope("a"), scope("b")])).toEqual(["figures", undefined]);
  expect(figuresOn([scope(undefined), scope("b")])).toEqual(["figures", undefined]);
  // Not even by way of a placeholder that was right where it was shown.
  expect(figuresOn([scope("a"), scope("a", month), scope("b", month)])).toEqual([
    "figures",
    "figures",
    undefined,
  ]);
});

it("knows the project of counted facets too", () => {
  const { queryKey } = facetsQuery({ scope: scope("a"), fields: ["user", "model"] });
  expect(keepWithinProject(scope("a", month))("counts", { queryKey })).toBe("counts");
  expect(keepWithinProject(scope("b"))("counts", { queryKey })).toBeUndefined();
  expect(keepWithinProject(scope("a"))("counts", undefined)).toBeUndefined();
});
