import { parseFilter, type Change } from "@weir/schema";
import { expect, it } from "vitest";
import { changeRows, chartMarks, changeText, marksOfBucket, marksText } from "./changes.ts";

const answered: Change = {
  at: "2026-11-21T10:06:00.000Z",
  kind: "model_answered",
  provider: "openai",
  model: "gpt-5",
  before: "gpt-5-2026-05-01",
  after: "gpt-5-2026-11-01",
};
const first: Change = { ...answered, at: "2026-11-21T10:01:00.000Z", kind: "model_first_called", before: "" };
const prices: Change = {
  ...answered,
  kind: "price_version",
  provider: "",
  model: "",
  before: "prices@1",
  after: "prices@2",
};

it("says what changed", () => {
  expect([first, answered, prices].map(changeText)).toEqual([
    "First call of gpt-5",
    "gpt-5 is answered by gpt-5-2026-11-01, before by gpt-5-2026-05-01",
    "Calls are priced by prices@2, before by prices@1",
  ]);
});

it("finds the marks of a bucket, oldest first", () => {
  const content = {
    times: [10, 15].map((minute) => Date.UTC(2026, 10, 21, 10, minute - 10)),
    bucketMs: 300_000,
  };
  const marks = chartMarks([prices, answered, first]);
  expect(marks.map(({ at }) => at)).toEqual(
    marks.map(({ at }) => at).toSorted((left, right) => left - right),
  );
  const textOf = (bucket: number) => marksText(marksOfBucket(content, marks, bucket));
  expect(textOf(0)).toBe("First call of gpt-5");
  expect(textOf(1)).toContain("Calls are priced by prices@2");
  expect(textOf(1)).toContain("; gpt-5 is answered by");
  expect(textOf(2)).toBe("");
});

it("leads to the calls that show the change", () => {
  const overview = { to: "2026-11-21T11:00:00.000Z" };
  const { filter, range } = changeRows(answered, overview);
  expect(parseFilter(filter).problems).toEqual([]);
  expect(filter).toBe("kind:(generation OR embedding) model:gpt-5-2026-11-01 provider:openai");
  expect(range).toEqual({ kind: "absolute", from: answered.at, to: overview.to });
  expect(changeRows(prices, overview).filter).toBe("kind:(generation OR embedding)");
  expect(changeRows(first, overview).filter).toContain("model:gpt-5 provider:openai");
});
