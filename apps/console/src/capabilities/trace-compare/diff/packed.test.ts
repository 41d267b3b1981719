import { expect, test } from "vitest";
import { parseWritten } from "../../trace-view/json/json-value.ts";
import { compareCalls } from "./comparison.ts";
import { pack, unpack } from "./packed.ts";

/** A call whose parameters and a part of whose input have a number that JavaScript would print otherwise. */
function callWith(id: string) {
  const value = parseWritten(`{"id":${id}}`);
  return {
    input: [{ role: "user" as const, parts: [{ type: "other" as const, name: "x_order", value }] }],
    output: [],
    parameters: { order: value },
    tools: [],
  };
}

test("numbers are compared and shown as they were written, there and back between the threads", () => {
  const sides = unpack(
    structuredClone(
      pack({ left: callWith("12345678901234567891"), right: callWith("12345678901234567892") }),
    ),
  );
  const { settings, input } = unpack(structuredClone(pack(compareCalls(sides))));
  expect(settings.rows).toMatchObject([
    { path: "order.id", state: "changed", left: "12345678901234567891", right: "12345678901234567892" },
  ]);
  expect(JSON.stringify(input)).toContain("12345678901234567892");
});
