import { expect, test } from "vitest";
import { countedSpanIds } from "./counting.ts";
import { traceLimits } from "./limits.ts";

const step = (spanId: string, parentSpanId: string) => ({
  spanId,
  parentSpanId,
  gateway: false,
  call: false,
});
const own = (spanId: string, parentSpanId: string) => ({ spanId, parentSpanId, gateway: false, call: true });
const gateway = (spanId: string, parentSpanId: string) => ({
  spanId,
  parentSpanId,
  gateway: true,
  call: true,
});

test("a call recorded by the application only counts", () => {
  expect(countedSpanIds([step("a", ""), own("b", "a")])).toEqual(new Set(["b"]));
});

test("of a call recorded twice, the gateway's record counts, however many steps lie between", () => {
  const spans = [step("a", ""), own("b", "a"), step("c", "b"), gateway("d", "c"), own("e", "a")];
  expect(countedSpanIds(spans)).toEqual(new Set(["d", "e"]));
});

test("a gateway call whose parent has not arrived counts", () => {
  expect(countedSpanIds([gateway("d", "missing")])).toEqual(new Set(["d"]));
});

test("spans whose parents form a circle are counted without end in sight", () => {
  expect(countedSpanIds([own("a", "b"), own("b", "a"), gateway("c", "a")])).toEqual(new Set(["c"]));
});

test("beyond the depth that is looked at, both records count", () => {
  const depth = traceLimits.callAncestorsMax;
  const chain = Array.from({ length: depth }, (_, index) =>
    step(`s${index}`, index === 0 ? "top" : `s${index - 1}`),
  );
  const counted = countedSpanIds([own("top", ""), ...chain, gateway("call", `s${depth - 1}`)]);
  expect(counted).toEqual(new Set(["top", "call"]));
});
