import { describe, expect, test } from "vitest";
import { canGuarantee, describeMoved, fitSchema } from "./fit-schema.ts";

describe("fitSchema", () => {
  test.each([
    [{ type: "integer", minimum: 1, maximum: 5 }, "minimum: 1\nmaximum: 5"],
    [{ type: "number", exclusiveMinimum: 0, multipleOf: 0.5 }, "exclusiveMinimum: 0\nmultipleOf: 0.5"],
    [{ type: "string", description: "A name.", maxLength: 9 }, "A name.\n\nmaxLength: 9"],
    [{ type: "string", format: "phone" }, 'format: "phone"'],
    [{ type: "string", pattern: "^(?=a)" }, 'pattern: "^(?=a)"'],
    [{ type: "array", minItems: 2, maxItems: 3 }, "minItems: 2\nmaxItems: 3"],
    [{ type: "object", properties: {}, minProperties: 1 }, "minProperties: 1"],
    [{ enum: [{ a: 1 }] }, 'enum: [{"a":1}]'],
  ])("what Anthropic refuses moves into the description: %j", (schema, description) => {
    const fitted = fitSchema(schema);
    expect(fitted.schema["description"]).toBe(description);
    for (const keyword of fitted.moved) expect(fitted.schema[keyword]).toBeUndefined();
    expect(fitted.moved).toHaveLength(description.replace("A name.\n\n", "").split("\n").length);
  });

  test.each([
    { type: "string", format: "date-time", pattern: "^[a-z]{2,4}$", default: "ab" },
    { type: ["string", "null"], title: "T", description: "d", enum: ["a", null] },
    { type: "array", items: { $ref: "#/$defs/a" }, minItems: 1, $defs: { a: { const: 1 } } },
    { anyOf: [{ type: "string" }, { type: "null" }] },
    { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false },
  ])("what Anthropic guarantees stays as it is: %j", (schema) => {
    expect(fitSchema(schema)).toEqual({ schema, moved: [] });
  });

  test("it goes into every place that holds a schema, and names each keyword once", () => {
    const count = { type: "integer", minimum: 0 };
    const fitted = { type: "integer", description: "minimum: 0" };
    expect(
      fitSchema({
        $schema: "https://json-schema.org/draft/2020-12/schema",
        type: "object",
        properties: { a: count, b: { type: "array", items: count }, c: { oneOf: [count, { type: "null" }] } },
        $defs: { d: { type: ["object", "null"], properties: {} }, e: { allOf: [count] } },
      }),
    ).toEqual({
      schema: {
        type: "object",
        properties: {
          a: fitted,
          b: { type: "array", items: fitted },
          c: { anyOf: [fitted, { type: "null" }] },
        },
        $defs: {
          d: { type: ["object", "null"], properties: {}, additionalProperties: false },
          e: { allOf: [fitted] },
        },
        additionalProperties: false,
      },
      moved: ["minimum", "oneOf"],
    });
  });

  test("a reference that stands alone in an allOf stands in an anyOf", () => {
    const schema = { allOf: [{ $ref: "#/$defs/a" }], title: "A" };
    expect(fitSchema(schema)).toEqual({ schema: { anyOf: [{ $ref: "#/$defs/a" }], title: "A" }, moved: [] });
  });

  test.each(["$ref", "oneOf", "anyOf"])("it takes no place of a %s beside it, and is told of", (keyword) => {
    const allOf = [{ $ref: "#/$defs/a" }];
    const beside = keyword === "$ref" ? "#/$defs/b" : [{ type: "string" }];
    for (const schema of [
      { [keyword]: beside, allOf },
      { allOf, [keyword]: beside },
    ]) {
      const { schema: fitted, moved } = fitSchema(schema);
      const said = JSON.stringify(fitted);
      expect(said).toContain("#/$defs/a");
      expect(said).toContain(keyword === "$ref" ? "#/$defs/b" : "string");
      expect(moved.length).toBeGreaterThan(0);
    }
  });

  const node = { type: "object", properties: { next: { $ref: "#/$defs/node" } } };
  const closed = { type: "object", properties: { a: { type: "string" } } };
  test.each([
    ["itself", { type: "object", properties: { child: { $ref: "#" } } }, false],
    ["a definition that holds itself", { ...closed, $defs: { node } }, false],
    [
      "definitions that hold each other",
      {
        ...closed,
        $defs: {
          a: { type: "object", properties: { b: { type: "array", items: { $ref: "#/$defs/b~1c" } } } },
          "b/c": { anyOf: [{ $ref: "#/$defs/a" }, { type: "null" }] },
        },
      },
      false,
    ],
    ["an allOf of references", { allOf: [{ $ref: "#/$defs/a" }, closed], $defs: { a: closed } }, false],
    [
      "a definition that is used twice",
      {
        type: "object",
        properties: { x: { $ref: "#/$defs/a" }, y: { allOf: [{ $ref: "#/$defs/a" }] } },
        $defs: { a: closed },
      },
      true,
    ],
    ["a definition that is not there", { type: "object", properties: { x: { $ref: "#/$defs/z" } } }, true],
  ])("one that holds %s can be guaranteed: %j, %s", (_, schema, expected) => {
    expect(canGuarantee(schema)).toBe(expected);
  });

  test("a reference keeps the description that stands beside it", () => {
    expect(fitSchema({ $ref: "#/$defs/a", description: "Where to send it." })).toEqual({
      schema: { description: "Where to send it.", anyOf: [{ $ref: "#/$defs/a" }] },
      moved: [],
    });
  });

  test("a receipt names what moved", () => {
    expect(describeMoved(["minimum", "oneOf"])).toContain("minimum, oneOf");
  });
});
