import fc from "fast-check";
import { expect, test } from "vitest";
import {
  cutBelow,
  hasWrittenNumber,
  isDeeperThan,
  isJsonObject,
  nestingMax,
  parseJson,
  parseWrittenJson,
} from "./json.ts";

const number = fc.oneof(
  fc.stringMatching(/^-?(?:0|[1-9]\d{0,24})(?:\.\d{1,24})?(?:[eE][+-]?\d{1,3})?$/),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom("12345678901234567890", "1.0", "0.0000001", "1e400", "-0", "-0.0", "9007199254740993"),
);

test("every number that JavaScript would print otherwise is kept as it is written, and no other", () => {
  fc.assert(
    fc.property(number, (written) => {
      const text = `{"a":[${written}]}`;
      const value = parseWrittenJson(text);
      expect(JSON.stringify(value)).toBe(text);
      expect(hasWrittenNumber(value)).toBe(String(Number(written)) !== written);
    }),
    { numRuns: 5000 },
  );
});

test("all else is parsed as ever, also what looks like such a number in a text", () => {
  for (const text of ['{"a":"1.0, 12345678901234567890"}', "[1,-0.5,1e-7]", '"-0"', "{", "", "1.0]"]) {
    expect(parseWrittenJson(text)).toEqual(parseJson(text));
  }
  expect(isJsonObject(parseWrittenJson("1.0"))).toBe(false);
});

test("what is nested deeper than anybody means is told, cut, and not read where it would be written again", () => {
  const nested = (levels: number): string => `${'[{"a":'.repeat(levels / 2)}1.0${"}]".repeat(levels / 2)}`;
  expect(isDeeperThan(parseJson(nested(nestingMax)), nestingMax)).toBe(false);
  expect(JSON.stringify(parseWrittenJson(nested(nestingMax)))).toBe(nested(nestingMax));
  const deep = parseJson(nested(2_000_000));
  expect(isDeeperThan(deep, nestingMax)).toBe(true);
  expect(parseWrittenJson(nested(2_000_000))).toBeUndefined();
  expect(JSON.stringify(cutBelow(deep, 3))).toBe('[{"a":["(nested too deeply)"]}]');
});
