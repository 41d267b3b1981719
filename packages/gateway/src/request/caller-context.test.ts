import { defaultLimits } from "@weir/schema";
import { expect, test } from "vitest";
import { readCallerContext } from "./caller-context.ts";

test("metadata keeps every name that a caller may choose, also those that objects have by themselves", () => {
  const headers = { "x-weir-metadata": `{"__proto__":"a","constructor":"b","plain":"c"}` };
  const context = readCallerContext(headers, { userId: "", sessionId: "", metadata: {} }, defaultLimits);
  expect(JSON.parse(JSON.stringify(context.metadata))).toEqual(
    JSON.parse(`{"__proto__":"a","constructor":"b","plain":"c"}`),
  );
  expect(context.receipt).toEqual([]);
});
