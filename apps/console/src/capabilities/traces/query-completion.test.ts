import { describe, expect, it } from "vitest";
import { growthExponent } from "../../../test/growth.ts";
import {
  applyCompletion,
  completeField,
  completeValue,
  completionContext,
  highlightFilter,
  withoutTerm,
} from "./query-completion.ts";

/** `|` marks the caret. */
function contextAt(marked: string): ReturnType<typeof completionContext> {
  return completionContext(marked.replace("|", ""), marked.indexOf("|"));
}

function complete(marked: string, insert: string): string {
  const text = marked.replace("|", "");
  const context = contextAt(marked);
  if (context === null) throw new Error(`nothing to complete in ${marked}`);
  const applied = applyCompletion(text, context, {
    label: insert,
    detail: "",
    count: null,
    estimated: false,
    insert,
  });
  return `${applied.text.slice(0, applied.caret)}|${applied.text.slice(applied.caret)}`;
}

describe("what is being typed", () => {
  it("is a field at the start of a term", () => {
    expect(contextAt("|")).toMatchObject({ kind: "field", typed: "" });
    expect(contextAt("status:error mo|")).toMatchObject({ kind: "field", typed: "mo" });
    expect(contextAt("-mo|")).toMatchObject({ kind: "field", typed: "mo" });
  });

  it("is a value after a colon, an operator, a quote and inside a group", () => {
    expect(contextAt("model:gp|")).toMatchObject({ kind: "value", field: "model", typed: "gp" });
    expect(contextAt("latency:>2|")).toMatchObject({ kind: "value", field: "latency", typed: "2" });
    expect(contextAt('name:"two w|')).toMatchObject({ kind: "value", field: "name", typed: "two w" });
    expect(contextAt("model:(gpt-5 OR cl|)")).toMatchObject({ kind: "value", field: "model", typed: "cl" });
  });

  it("is nothing inside a quoted full text", () => {
    expect(contextAt('"no rou|')).toBeNull();
  });
});

describe("choosing a completion", () => {
  it("replaces only what is being typed", () => {
    expect(complete("status:error mo|", "model:")).toBe("status:error model:|");
    expect(complete("-mo|", "model:")).toBe("-model:|");
    expect(complete("model:gp| status:ok", "gpt-5")).toBe("model:gpt-5| status:ok");
    expect(complete("model:(a OR g|)", "gpt-5")).toBe("model:(a OR gpt-5|)");
  });

  it("leaves a space to go on after a value at the end", () => {
    expect(complete("status:er|", "error")).toBe("status:error |");
  });

  it("replaces a quote that was opened", () => {
    expect(complete('name:"tw|', '"two words"')).toBe('name:"two words" |');
  });

  it.each([
    ["inside of its quotes", 'name:"two| words" status:error'],
    ["before its quotes", 'name:|"two words" status:error'],
    ["behind a backslash", String.raw`name:"two \|" words" status:error`],
    ["whose quotes hold a parenthesis", 'name:"two| (or) three" status:error'],
  ])("replaces the whole of a value with blanks, from %s", (_, marked) => {
    expect(complete(marked, '"other words"')).toBe('name:"other words"| status:error');
  });

  it("replaces one quoted value of a group", () => {
    expect(complete('name:("two| words" OR "x y")', "plain")).toBe('name:(plain| OR "x y")');
  });

  it("leaves the terms behind a quote that is not closed yet", () => {
    expect(complete('name:"tw| status:error', '"two words"')).toBe('name:"two words"| status:error');
    expect(complete('name:"tw| user:"x y"', '"two words"')).toBe('name:"two words"| user:"x y"');
  });
});

it("offers fields by name first, then by title", () => {
  expect(completeField("mod")[0]?.insert).toBe("model:");
  expect(completeField("time to").map(({ insert }) => insert)).toEqual(["ttft:"]);
  expect(completeField("zzz")).toEqual([]);
});

it("offers counted values, quoted where needed, and an enum's values that do not occur", () => {
  const context = contextAt("status:|");
  if (context?.kind !== "value") throw new Error("expected a value");
  expect(completeValue(context, [{ value: "error", count: 3, estimated: false }])).toEqual([
    { label: "error", detail: "", count: 3, estimated: false, insert: "error" },
    { label: "ok", detail: "", count: 0, estimated: false, insert: "ok" },
    { label: "cancelled", detail: "", count: 0, estimated: false, insert: "cancelled" },
  ]);
  const named = contextAt("name:|");
  if (named?.kind !== "value") throw new Error("expected a value");
  expect(completeValue(named, [{ value: "two words", count: 1, estimated: false }])[0]?.insert).toBe(
    '"two words"',
  );
});

it("shows a count only where choosing the value gives a list of that length", () => {
  const countIn = (marked: string): number | null | undefined => {
    const context = contextAt(marked);
    if (context?.kind !== "value") throw new Error("expected a value");
    return completeValue(context, [{ value: "200", count: 3, estimated: false }])[0]?.count;
  };
  expect(countIn("http:|")).toBe(3);
  expect(countIn("http:(404 OR |)")).toBe(3);
  expect(countIn("status:ok http:>=200 http:|")).toBe(3);
  expect(countIn("-http:|")).toBeNull();
  expect(countIn("http:>=|")).toBeNull();
  expect(countIn("http:404 http:|")).toBeNull();
  const status = contextAt("status:|");
  if (status?.kind !== "value") throw new Error("expected a value");
  expect(completeValue(status, undefined).map(({ count }) => count)).toEqual([null, null, null]);
});

it("counts values among the rows that the other terms leave", () => {
  const context = contextAt("status:error model:gp| cost:>1");
  if (context?.kind !== "value") throw new Error("expected a value");
  expect(withoutTerm("status:error model:gp cost:>1", context.term)).toBe("status:error cost:>1");
});

it.each(["model:(a OR g|) cost:>1", "model:(a| OR g) cost:>1", 'model:("a| (b)" OR g) cost:>1'])(
  "leaves the whole group of %s out when it counts",
  (marked) => {
    const context = contextAt(marked);
    if (context?.kind !== "value") throw new Error("expected a value");
    expect(withoutTerm(marked.replace("|", ""), context.term)).toBe("cost:>1");
  },
);

it("reads a group that is not closed yet in one go, however many values it has", () => {
  const groupOf = (count: number): string =>
    `user:(|${Array.from({ length: count }, (_, index) => `"user \\" ${index}"`).join(" OR ")}`;
  // Trying every way to read the quotes would take for ever: it shows in a few values, before it does.
  for (const [from, to] of [
    [4, 8],
    [8, 16],
    [250, 2_000],
  ] as const) {
    expect(growthExponent({ inputOf: groupOf, from, to, run: contextAt })).toBeLessThan(2);
  }
  expect(contextAt(groupOf(2_000))?.kind).toBe("value");
});

it("marks what cannot be read and keeps every character", () => {
  const text = "modle:x status:error “free” 😀";
  const parts = highlightFilter(text);
  expect(parts.map((part) => part.text).join("")).toBe(text);
  expect(parts.find((part) => part.look === "problem")?.text).toBe("modle");
  expect(parts.some((part) => part.look === "field" && part.text === "status:")).toBe(true);
});
