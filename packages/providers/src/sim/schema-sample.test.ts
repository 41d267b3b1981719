import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { samplePattern } from "./pattern-sample.ts";
import { createRandom } from "./random.ts";
import { sampleSchema } from "./schema-sample.ts";

interface Tree {
  name: string;
  children: Tree[];
}
const tree: z.ZodType<Tree> = z.object({ name: z.string(), children: z.lazy(() => z.array(tree)) });

const schemas: Record<string, z.ZodType> = {
  object: z.strictObject({ city: z.string(), unit: z.enum(["c", "f"]), days: z.int().min(1).max(7) }),
  optional: z.object({ a: z.string().optional(), b: z.number().nullable() }),
  numbers: z.object({
    a: z.number().gt(0).lt(0.5),
    b: z.int().multipleOf(5).min(7),
    c: z.number().max(-3),
    d: z.int().gt(2).lt(4),
  }),
  strings: z.object({
    email: z.email(),
    id: z.uuid(),
    at: z.iso.datetime(),
    day: z.iso.date(),
    url: z.url(),
    long: z.string().min(80).max(90),
    short: z.string().max(2),
    code: z.string().regex(/^[A-Z]{2}-\d{3,5}(a|bc)?$/),
  }),
  lists: z.object({
    none: z.array(z.string()).max(0),
    some: z.array(z.boolean()).min(3).max(4),
    pair: z.tuple([z.string(), z.int()]),
    map: z.record(z.string(), z.int()),
  }),
  union: z.discriminatedUnion("type", [
    z.object({ type: z.literal("a"), x: z.int() }),
    z.object({ type: z.literal("b"), y: z.array(z.object({ z: z.null() })) }),
  ]),
  both: z.intersection(z.object({ a: z.string() }), z.object({ b: z.int() })),
  recursive: tree,
};

describe("sampleSchema", () => {
  test.each(Object.entries(schemas))("makes values that fit: %s", (_name, schema) => {
    const json = z.toJSONSchema(schema);
    for (let seed = 0; seed < 200; seed += 1) {
      expect(schema.safeParse(sampleSchema(json, createRandom(seed)))).toMatchObject({ success: true });
    }
  });

  test("gives the same value for the same seed, and others for others", () => {
    const json = z.toJSONSchema(z.object({ a: z.string(), b: z.int() }));
    const of = (seed: number): string => JSON.stringify(sampleSchema(json, createRandom(seed)));
    expect(of(1)).toBe(of(1));
    expect(new Set(Array.from({ length: 20 }, (_value, seed) => of(seed))).size).toBeGreaterThan(5);
  });

  test("ends on schemas that demand themselves, and takes anything for a schema", () => {
    const endless = {
      $ref: "#/$defs/a",
      $defs: { a: { type: "object", properties: { a: { $ref: "#/$defs/a" } }, required: ["a"] } },
    };
    expect(JSON.stringify(sampleSchema(endless, createRandom(1))).length).toBeLessThan(1000);
    expect(JSON.stringify(sampleSchema({ $ref: "#/x", allOf: [{ $ref: "#" }] }, createRandom(1)))).toBeTypeOf(
      "string",
    );
    const doubling = { properties: { a: { $ref: "#" }, b: { $ref: "#" } }, required: ["a", "b"] };
    expect(JSON.stringify(sampleSchema(doubling, createRandom(1))).length).toBeLessThan(1_000_000);
    fc.assert(
      fc.property(fc.jsonValue(), (schema) => {
        sampleSchema(schema, createRandom(1));
      }),
    );
  });
});

describe("samplePattern", () => {
  test.each(["^\\d{4}-\\d{2}$", "^(?:a|b)+c*$", "^[a-f0-9]{8}$", "x{2,}", "^\\w+\\.txt$", "^$", "a.c?"])(
    "makes texts that match %s",
    (pattern) => {
      for (let seed = 0; seed < 50; seed += 1) {
        expect(samplePattern(pattern, createRandom(seed))).toMatch(new RegExp(pattern, "u"));
      }
    },
  );

  test("gives none for what it cannot read", () => {
    for (const pattern of [
      "(((a{999}){999}){999})",
      "a^b",
      "(^a)",
      "a$b",
      "+",
      "(?=a)b",
      "[^a]",
      "\\p{L}",
      "(",
      "\\b",
    ]) {
      expect(samplePattern(pattern, createRandom(1))).toBeUndefined();
    }
  });
});
