import fc from "fast-check";
import { expect, test } from "vitest";
import { hasWrittenNumber, isJsonObject, parseJson, parseWrittenJson } from "./json.ts";

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
