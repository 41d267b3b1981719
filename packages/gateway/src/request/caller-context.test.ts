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

test("what is recorded of a text beyond its limit is said, wherever the text came from", () => {
  const long = "a".repeat(257);
  const limits = { ...defaultLimits, metadataMax: 2, metadataValueMaxCharacters: 3 };
  const metadata = { [long]: "abcd", b: "abc", c: "" };
  const context = readCallerContext(
    { "x-weir-tags": `${long},b` },
    { userId: long, sessionId: long, metadata },
    limits,
  );
  const short = "a".repeat(256);
  expect(context).toMatchObject({ userId: short, sessionId: short, tags: [short, "b"] });
  expect(context.metadata).toEqual({ [short]: "abc", b: "abc" });
  const named = context.receipt.map(({ parameter }) => parameter.slice(0, 12)).toSorted();
  expect(named).toEqual(["metadata", "metadata.aaa", "metadata.aaa", "session", "user", "x-weir-tags"]);
});

test.each(["Zo\u00eb", Buffer.from("Zo\u00eb").toString("latin1")])(
  "a name in either encoding is read: %s",
  (user) => {
    const none = { userId: "", sessionId: "", metadata: {} };
    expect(readCallerContext({ "x-weir-user": user }, none, defaultLimits).userId).toBe("Zo\u00eb");
  },
);

test.each([
  ["yes", ["x-weir-strict"]],
  ["1", ["x-weir-strict"]],
  [" True ", []],
  ["false", []],
])("x-weir-strict: %s is on the receipt when it was not understood", (value, named) => {
  const none = { userId: "", sessionId: "", metadata: {} };
  const { receipt } = readCallerContext({ "x-weir-strict": value }, none, defaultLimits);
  expect(receipt.map(({ parameter }) => parameter)).toEqual(named);
});
