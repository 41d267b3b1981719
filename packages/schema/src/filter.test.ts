import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { filterFields } from "./filter-fields.ts";
import { editFilter, removeClause, selectedValues, setClause, toggleValue } from "./filter-edit.ts";
import { filterLimits, formatFilter, parseFilter } from "./filter.ts";
import type { FilterClause, FilterValue, ParsedFilterClause } from "./filter.ts";

/** A clause without its place in the text. */
function bare({ start: _start, end: _end, ...clause }: ParsedFilterClause): FilterClause {
  return clause;
}

function read(text: string): FilterClause[] {
  const { clauses, problems } = parseFilter(text);
  expect(problems).toEqual([]);
  return clauses.map(bare);
}

function firstProblem(text: string): { message: string; at: string; suggestions: string[] } {
  const [problem] = parseFilter(text).problems;
  if (problem === undefined) throw new Error(`expected a problem in ${text}`);
  const { message, suggestions, start, end } = problem;
  return { message, suggestions, at: text.slice(start, end) };
}

const is = (field: string, ...values: string[]): FilterClause => ({
  type: "field",
  field,
  operator: "is",
  negated: false,
  values: values.map((text) => ({ text, prefix: false })),
});

describe("reading", () => {
  test("an empty filter has no clauses", () => {
    expect(parseFilter("")).toEqual({ clauses: [], problems: [] });
    expect(parseFilter(" \t\n ")).toEqual({ clauses: [], problems: [] });
  });

  test("fields, free text, phrases and negation are told apart", () => {
    expect(read('status:error -user:42 timeout "no route to host" -"rate limit"')).toEqual([
      is("status", "error"),
      { ...is("user", "42"), negated: true },
      { type: "text", text: "timeout", negated: false },
      { type: "text", text: "no route to host", negated: false },
      { type: "text", text: "rate limit", negated: true },
    ]);
  });

  test("values may be compared, grouped, quoted and cut to a prefix", () => {
    expect(
      read('latency:>2s cost:<=$0.5 status:(error OR cancelled) name:"a \\"b\\" \\\\" model:gpt-5*'),
    ).toEqual([
      {
        type: "field",
        field: "latency",
        operator: ">",
        negated: false,
        values: [{ text: "2s", prefix: false }],
      },
      {
        type: "field",
        field: "cost",
        operator: "<=",
        negated: false,
        values: [{ text: "$0.5", prefix: false }],
      },
      is("status", "error", "cancelled"),
      is("name", 'a "b" \\'),
      { ...is("model"), values: [{ text: "gpt-5", prefix: true }] },
    ]);
  });

  test("presence and absence can be asked for", () => {
    expect(read('ttft:* user:""')).toEqual([
      { ...is("ttft"), values: [{ text: "", prefix: true }] },
      is("user", ""),
    ]);
  });

  test("metadata keys keep their case and may be quoted", () => {
    expect(read('metadata.Region:eu metadata."odd key: 1":x')).toEqual([
      is("metadata.Region", "eu"),
      is("metadata.odd key: 1", "x"),
    ]);
  });

  test("field names and enum values may be typed in any case", () => {
    expect(read("Status:ERROR")).toEqual([is("status", "error")]);
  });

  test("every clause says where it stands", () => {
    const text = '  status:error   -model:(a OR "b c")  x ';
    expect(parseFilter(text).clauses.map(({ start, end }) => text.slice(start, end))).toEqual([
      "status:error",
      '-model:(a OR "b c")',
      "x",
    ]);
  });
});

describe("what cannot be read", () => {
  test.each([
    ["modle:gpt-5", "modle", ["model"]],
    ["statsu:error", "statsu", ["status"]],
    ["input_token:>5", "input_token", ["input_tokens"]],
    ["zzzzzz:1", "zzzzzz", []],
  ])("an unknown field in %s is named with the nearest ones", (text, at, suggestions) => {
    const problem = firstProblem(text);
    expect(problem.at).toBe(at);
    expect(problem.suggestions).toEqual(suggestions);
    expect(problem.message).toContain("There is no field");
  });

  test.each([
    ["status:eror", "eror", "has no value `eror`. Nearest: error."],
    ["latency:>fast", "fast", "needs a duration"],
    ["cost:>1s", "1s", "needs dollars"],
    ["http:5*", "5*", "takes no `*`"],
    ["user:>5", ">", "cannot be compared"],
    ["latency:>(1 OR 2)", "(1 OR 2)", "takes one value"],
    ["model:", ":", "A value is missing"],
    ["model:(a b)", "b)", "separated by OR"],
    ["model:(a OR", "(a OR", "not closed"],
    ["model:()", "()", "A value is missing"],
    ['name:"open', '"open', "quote is not closed"],
    ['"a"b', "b", "A space is missing"],
    ["(a OR b)", "(a OR b)", "after a field"],
    ["a OR b", "OR", "joins the values of one field"],
    ["a AND b", "AND", "joined by AND already"],
    ["name:a*b", "a*b", "only at a value's end"],
    ["status:ok - x", "-", "minus needs a term"],
    ["metadata.:x", "metadata.", "Name a key"],
  ])("%s is underlined at %s", (text, at, message) => {
    const problem = firstProblem(text);
    expect(problem.message).toContain(message);
    expect(problem.at.trim()).toBe(at);
  });

  test("the readable rest is kept, and the unreadable term is named whole", () => {
    const text = "status:error modle:(a OR b) user:7";
    const { clauses, problems } = parseFilter(text);
    expect(clauses.map(bare)).toEqual([is("status", "error"), is("user", "7")]);
    expect(problems.map(({ term }) => text.slice(term.start, term.end))).toEqual(["modle:(a OR b)"]);
  });

  test("a filter beyond its limits is refused with the limit", () => {
    expect(firstProblem("x".repeat(5000)).message).toContain(
      `${filterLimits.filterMaxCharacters} characters`,
    );
    expect(firstProblem("x ".repeat(65)).message).toContain(`${filterLimits.clausesMax} terms`);
    const values = Array.from({ length: 101 }, (_, index) => `v${index}`).join(" OR ");
    expect(firstProblem(`user:(${values})`).message).toContain(`${filterLimits.valuesMax} values`);
  });
});

const anyText = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: "binary", maxLength: 8 }));
const awkward = fc.oneof(
  anyText,
  fc.constantFrom("OR", "AND", "-", "a*", "*", '"', "\\", "(", ")", "a:b", ">5", " "),
);
const numbers = fc.constantFrom("1", "0.25", "2s", "300ms");

const valueOf = (type: string, name: string): fc.Arbitrary<FilterValue> => {
  const field = filterFields.find((candidate) => candidate.name === name);
  if (type === "enum")
    return fc.constantFrom(...(field?.values ?? [])).map((text) => ({ text, prefix: false }));
  if (type === "duration") return numbers.map((text) => ({ text, prefix: false }));
  if (type !== "text") return fc.constantFrom("1", "0.5", "200").map((text) => ({ text, prefix: false }));
  return fc.record({ text: awkward, prefix: fc.boolean() });
};

const fieldClause: fc.Arbitrary<FilterClause> = fc.constantFrom(...filterFields).chain((field) =>
  fc
    .record({
      operator: fc.constantFrom(...field.operators),
      negated: fc.boolean(),
      key: fc.string({ minLength: 1, maxLength: 8 }),
      values: fc.array(valueOf(field.type, field.name), { minLength: 1, maxLength: 3 }),
    })
    .map(({ operator, negated, key, values }) => ({
      type: "field",
      field: field.name === "metadata." ? `metadata.${key}` : field.name,
      operator,
      negated,
      values: operator === "is" ? values : values.slice(0, 1),
    })),
);
const textClause: fc.Arbitrary<FilterClause> = fc.record({
  type: fc.constant("text"),
  text: awkward.filter((text) => text.trim() !== ""),
  negated: fc.boolean(),
});

describe("for every filter", () => {
  test("what is written is read back as it was", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fieldClause, textClause), { maxLength: 6 }), (clauses) => {
        const text = formatFilter(clauses);
        const parsed = parseFilter(text);
        expect(parsed.problems).toEqual([]);
        expect(parsed.clauses.map(bare)).toEqual(clauses);
        expect(formatFilter(parsed.clauses)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test("any text is read without a throw, and every range lies in order inside it", () => {
    const typed = fc.array(
      fc.oneof(awkward, fc.constantFrom("model:", "status:(", "metadata.", " OR ", "-", '"')),
    );
    fc.assert(
      fc.property(
        typed.map((parts) => parts.join("")),
        (text) => {
          const { clauses, problems } = parseFilter(text);
          const terms = [...clauses, ...problems.map(({ term }) => term)].toSorted(
            (a, b) => a.start - b.start,
          );
          let last = 0;
          for (const { start, end } of terms) {
            expect(start).toBeGreaterThanOrEqual(last);
            expect(end).toBeGreaterThan(start);
            last = end;
          }
          expect(last).toBeLessThanOrEqual(text.length);
          for (const { start, end, term, message } of problems) {
            expect(start).toBeGreaterThanOrEqual(term.start);
            expect(end).toBeLessThanOrEqual(term.end);
            expect(message).not.toBe("");
          }
          expect(read(formatFilter(clauses))).toEqual(clauses.map(bare));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("editing from facets", () => {
  test("a value is ticked, joined by another, and unticked again", () => {
    const one = editFilter("latency:>2s", (clauses) =>
      toggleValue(clauses, { field: "status", value: "error" }),
    );
    expect(one).toBe("latency:>2s status:error");
    const two = editFilter(one, (clauses) => toggleValue(clauses, { field: "status", value: "cancelled" }));
    expect(two).toBe("latency:>2s status:(error OR cancelled)");
    expect(selectedValues(parseFilter(two).clauses, { field: "status" })).toEqual(["error", "cancelled"]);
    const back = editFilter(two, (clauses) => toggleValue(clauses, { field: "status", value: "error" }));
    expect(editFilter(back, (clauses) => toggleValue(clauses, { field: "status", value: "cancelled" }))).toBe(
      "latency:>2s",
    );
  });

  test("a bound replaces the same bound only", () => {
    const bound = { type: "field", field: "latency", operator: ">", negated: false } as const;
    const edited = setClause(parseFilter("latency:>1s x latency:<9s latency:>2s").clauses, {
      ...bound,
      values: [{ text: "3s", prefix: false }],
    });
    expect(formatFilter(edited)).toBe("latency:>3s x latency:<9s");
    expect(formatFilter(removeClause(edited, { field: "latency", operator: "<" }))).toBe("latency:>3s x");
  });

  test("a half-typed term survives a click", () => {
    expect(
      editFilter('status:error modle:gpt "open', (clauses) => removeClause(clauses, { field: "status" })),
    ).toBe('modle:gpt "open');
  });
});
