import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits, findMembers, findObjectEnd } from "./json-surgery.ts";

const valuesOf = (text: string, names: string[]): string[] => {
  const json = Buffer.from(text);
  return findMembers(json, names).map(({ range }) => json.toString("utf8", range.start, range.end));
};

describe("findMembers", () => {
  test("finds top-level values only, in whatever spelling", () => {
    expect(valuesOf(`{"a":{"model":"x"},"model":"y"}`, ["model"])).toEqual([`"y"`]);
    expect(valuesOf(` {\n "model" :\t"y" , "b":[1,{"model":2}] }`, ["model"])).toEqual([`"y"`]);
    expect(valuesOf(`{"mod\\u0065l":"a\\"}{","n":1}`, ["model"])).toEqual([`"a\\"}{"`]);
    expect(valuesOf(`{"model":"a","model":"b"}`, ["model"])).toEqual([`"a"`, `"b"`]);
    expect(valuesOf(`{"stream":true,"n":-1.5e3,"z":null}`, ["stream", "n", "z"])).toEqual([
      "true",
      "-1.5e3",
      "null",
    ]);
    expect(valuesOf(`{}`, ["model"])).toEqual([]);
  });

  test("is not misled by long strings full of quotes", () => {
    const text = JSON.stringify({ messages: [`"model":"no" \\`.repeat(500)], model: "yes" });
    expect(valuesOf(text, ["model"])).toEqual([`"yes"`]);
  });

  test("changes one value and nothing else, for any JSON object", () => {
    const anyObject = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(anyObject, fc.string(), fc.string(), fc.nat(3), (object, before, after, indent) => {
        const original = { ...object, model: before, last: "}" };
        const json = Buffer.from(JSON.stringify(original, null, indent));
        const edits = findMembers(json, ["model"]).map(({ range }) => ({
          ...range,
          text: JSON.stringify(after),
        }));
        expect(edits).toHaveLength(1);
        const expected = JSON.stringify({ ...original, model: after }, null, indent);
        expect(applyEdits(json, edits).toString()).toBe(expected);
      }),
    );
  });
});

test("a member can be added at the end of any object", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(3), (object, indent) => {
      const json = Buffer.from(`${JSON.stringify(object, null, indent)} \n`);
      const { index, empty } = findObjectEnd(json);
      const edited = applyEdits(json, [{ start: index, end: index, text: `${empty ? "" : ","}"~added":1` }]);
      expect(JSON.parse(edited.toString())).toEqual(JSON.parse(JSON.stringify({ ...object, "~added": 1 })));
    }),
  );
});
