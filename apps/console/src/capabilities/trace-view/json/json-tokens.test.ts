import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { growthExponent } from "../../../../test/growth.ts";
import { hasNumberPrintedOtherwise, indentJson } from "./json-tokens.ts";

const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
const number = fc.oneof(
  fc.stringMatching(/^-?(?:0|[1-9]\d{0,24})(?:\.\d{1,4})?(?:[eE][+-]?\d{1,3})?$/),
  fc.constantFrom("12345678901234567890", "1.0", "1e400", "-0"),
);
const text = fc.oneof(
  fc.string().map((each) => JSON.stringify(each)),
  fc.constantFrom(String.raw`"\u00e9"`, String.raw`"\\"`, String.raw`"\\\""`, '"{[,:]}"', '"a b"'),
);

/** A JSON text as programs write it: any white space, numbers no program would print, names that come twice. */
const { json } = fc.letrec<{ json: string; scalar: string; list: string; record: string }>((tie) => ({
  json: fc
    .tuple(space, fc.oneof({ maxDepth: 4 }, tie("scalar"), tie("list"), tie("record")), space)
    .map((pieces) => pieces.join("")),
  scalar: fc.oneof(number, text, fc.constantFrom("true", "false", "null")),
  list: fc
    .tuple(space, fc.array(tie("json"), { maxLength: 4 }))
    .map(([blank, items]) => `[${items.length === 0 ? blank : items.join(",")}]`),
  record: fc
    .tuple(space, fc.array(fc.tuple(fc.constantFrom('"a"', '"b c"'), tie("json")), { maxLength: 4 }))
    .map(
      ([blank, fields]) =>
        `{${fields.length === 0 ? blank : fields.map((field) => field.join(":")).join(",")}}`,
    ),
}));

const withoutSpaces = (from: string): string =>
  from.replaceAll(/"(?:[^"\\]|\\.)*"|\s+/g, (found) => (found.startsWith('"') ? found : ""));

describe("indenting", () => {
  test("changes nothing but white space between tokens", () => {
    fc.assert(
      fc.property(json, (each) => {
        expect(withoutSpaces(indentJson(each))).toBe(withoutSpaces(each));
      }),
    );
  });

  test("lays a value out as JSON.stringify does", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        expect(indentJson(JSON.stringify(value, null, indent))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  test("keeps what parsing and printing would not", () => {
    expect(indentJson('{"id":12345678901234567890,"a":[1.0,1e400,-0,{}],"a":[]}')).toBe(
      '{\n  "id": 12345678901234567890,\n  "a": [\n    1.0,\n    1e400,\n    -0,\n    {}\n  ],\n  "a": []\n}',
    );
  });

  const messages = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ at, text: "word ".repeat(80) }));
  const sevenths = (count: number) => Array.from({ length: count }, (_, at) => at / 7);

  test.each([
    ["messages", 10_000, (count: number) => JSON.stringify(messages(count))],
    ["numbers", 100_000, (count: number) => JSON.stringify(sevenths(count))],
    [
      "one text of quotes and backslashes",
      1_000_000,
      (count: number) => JSON.stringify(String.raw`\"`.repeat(count)),
    ],
    ["brackets", 2_000_000, (count: number) => "[".repeat(count) + "]".repeat(count)],
  ])("takes no more time and room than megabytes of %s need", (_what, count, bodyOf) => {
    const run = (body: string) => [indentJson(body), hasNumberPrintedOtherwise(body)];
    // What takes far too long shows in a small part, before it does.
    for (const [from, to] of [
      [count / 1000, count / 125],
      [count / 80, count / 10],
    ] as const) {
      expect(growthExponent({ inputOf: bodyOf, from, to, run })).toBeLessThan(1.6);
    }
    const body = bodyOf(count);
    expect(indentJson(body).length).toBeLessThanOrEqual(body.length * 10 + 100_000);
  });

  test("leaves a text alone that nesting would make many times longer", () => {
    const deep = `${"[".repeat(5000)}${"]".repeat(5000)}`;
    expect(indentJson(deep)).toBe(deep);
  });
});

test("a number that JavaScript prints otherwise is found, and a text that looks like one is not", () => {
  for (const each of ["12345678901234567890", "[1, 1.0]", '{"a":1e400}', "-0", '["\\\\",1E5]', "0.10"]) {
    expect(hasNumberPrintedOtherwise(each), each).toBe(true);
  }
  for (const each of ["1", "[-1.5,0.1,1e-7,1e+21]", '{"1.0":"12345678901234567890"}', '"\\" 1.0"', "null"]) {
    expect(hasNumberPrintedOtherwise(each), each).toBe(false);
  }
});
