import type { Message, MessagePart } from "@weir/schema";
import { afterEach, describe, expect, test, vi } from "vitest";
import { tickingClock } from "../../../../test/ticking-clock.ts";
import { align } from "./align.ts";
import { compareBodies, compareCalls, type ComparedCall } from "./comparison.ts";
import { diffValues } from "./value-diff.ts";

const text = (role: Message["role"], content: string): Message => ({
  role,
  parts: [{ type: "text", content }],
});
const message = (role: Message["role"], ...parts: MessagePart[]): Message => ({ role, parts });
const call = (input: Message[], output: Message[], more: Partial<ComparedCall> = {}): ComparedCall => ({
  input,
  output,
  parameters: {},
  tools: [],
  ...more,
});
const ample = () => ({ endsAtMs: Date.now() + 60_000 });

afterEach(() => {
  vi.restoreAllMocks();
});

describe("conversations", () => {
  test("an inserted message does not shift those after it", () => {
    const { input } = compareCalls({
      left: call([text("system", "Be brief."), text("user", "Hello"), text("user", "And?")], []),
      right: call(
        [text("system", "Be brief."), text("user", "Hello"), text("assistant", "Hi."), text("user", "And?")],
        [],
      ),
    });
    expect(input.map((each) => each.type)).toEqual(["equal", "equal", "only", "equal"]);
    expect(input[2]).toMatchObject({ side: "right", at: 2 });
  });

  test("another question stands beside the question, never beside an answer", () => {
    const { input, output } = compareCalls({
      left: call([text("user", "What is a weir?")], [text("assistant", "A low dam.")]),
      right: call([text("user", "Name a river.")], [text("assistant", "The Isar.")]),
    });
    expect(input).toMatchObject([{ type: "changed", right: { role: "user" } }]);
    expect(output).toMatchObject([{ type: "changed", right: { role: "assistant" } }]);
  });

  test("of several messages the one most alike is its counterpart", () => {
    const { input } = compareCalls({
      left: call([text("user", "Please book the train to Ulm for Monday")], []),
      right: call(
        [text("user", "Something else entirely"), text("user", "Please book the train to Ulm for Tuesday")],
        [],
      ),
    });
    expect(input.map((each) => each.type)).toEqual(["only", "changed"]);
  });

  test("system and developer messages are counterparts", () => {
    const { input } = compareCalls({
      left: call([text("system", "Be brief.")], []),
      right: call([text("developer", "Be brief.")], []),
    });
    expect(input).toMatchObject([
      { type: "changed", left: { role: "system" }, right: { role: "developer" } },
    ]);
  });

  test("arguments with a number that JavaScript would round are compared field by field, as they were written", () => {
    const lookUp = (args: string): ComparedCall =>
      call([message("assistant", { type: "tool_call", id: "a", name: "look_up", arguments: args })], []);
    const left = lookUp('{"order": 12345678901234567000, "days": 2}');
    const same = compareCalls({ left, right: lookUp('{"days":2,"order":12345678901234567000}') });
    expect(same.input).toMatchObject([{ type: "equal" }]);
    const other = compareCalls({ left, right: lookUp('{"order": 12345678901234567001, "days": 2}') });
    expect(JSON.stringify(other.input)).toMatch(/"path":"order".*12345678901234567001/);
  });

  test("calls are equal although every call has an id of its own", () => {
    const conversation = (id: string): Message[] => [
      message("assistant", { type: "tool_call", id, name: "weather", arguments: { city: "Ulm", days: 2 } }),
      message("tool", { type: "tool_call_response", id, response: "rain" }),
    ];
    const { input } = compareCalls({
      left: call(conversation("call_a"), []),
      right: call(conversation("call_b"), []),
    });
    expect(input.map((each) => each.type)).toEqual(["equal", "equal"]);
  });

  test("arguments of a call are compared place by place", () => {
    const asked = (id: string, args: unknown): Message =>
      message("assistant", { type: "tool_call", id, name: "weather", arguments: args });
    const { output } = compareCalls({
      left: call([], [asked("1", { city: "Ulm", days: 2 })]),
      right: call([], [asked("2", { days: 3, city: "Ulm", unit: "C" })]),
    });
    expect(output).toMatchObject([
      {
        type: "changed",
        parts: [
          {
            type: "values",
            what: "call",
            diff: {
              rows: [
                { path: "city", state: "equal" },
                { path: "days", state: "changed", left: "2", right: "3" },
                { path: "unit", state: "added", left: null, right: '"C"' },
              ],
            },
          },
        ],
      },
    ]);
  });

  test.each(['{"degrees": 20}', "it is warm today"])(
    "equal results of two tools name both: %s",
    (response) => {
      const asked = (name: string) => [
        message("assistant", { type: "tool_call", id: "a", name, arguments: {} }),
        message("tool", { type: "tool_call_response", id: "a", response }),
      ];
      const { input } = compareCalls({ left: call(asked("look"), []), right: call(asked("search"), []) });
      expect(input[1]).toMatchObject({
        parts: [{ what: "result", name: { left: "look", right: "search" } }],
      });
    },
  );

  test("results that are JSON in a text are compared place by place, others by word", () => {
    const result = (response: unknown): Message =>
      message("tool", { type: "tool_call_response", id: "1", response });
    const json = compareCalls({
      left: call([result('{"degrees": 20}')], []),
      right: call([result('{"degrees": 21}')], []),
    });
    expect(json.input).toMatchObject([
      { parts: [{ type: "values", diff: { rows: [{ path: "degrees" }] } }] },
    ]);
    const ids = compareCalls({
      left: call([result('{"id": 12345678901234567890}')], []),
      right: call([result('{"id": 12345678901234567891}')], []),
    });
    expect(ids.input).toMatchObject([
      { parts: [{ type: "values", diff: { rows: [{ path: "id", right: "12345678901234567891" }] } }] },
    ]);
    const prose = compareCalls({
      left: call([result("it is warm today")], []),
      right: call([result("it is cold today")], []),
    });
    expect(prose.input).toMatchObject([{ parts: [{ type: "text", what: "result" }] }]);
  });

  test("an image and another are shown, not compared", () => {
    const image = (url: string): Message =>
      message("user", { type: "media", modality: "image", mediaType: "image/png", url });
    const { input } = compareCalls({ left: call([image("data:a")], []), right: call([image("data:b")], []) });
    expect(input).toMatchObject([{ parts: [{ type: "replaced" }] }]);
  });

  test("parameters and tools that differ are told by name", () => {
    const tool = { name: "weather", description: "Tells the weather", parameters: {} };
    const { settings } = compareCalls({
      left: call([], [], { parameters: { temperature: 0.2, seed: 1 }, tools: [tool] }),
      right: call([], [], {
        parameters: { temperature: 0.9, seed: 1 },
        tools: [{ ...tool, description: "Tells the time" }],
      }),
    });
    const differing = settings.rows.filter((row) => row.state !== "equal").map((row) => row.path);
    expect(differing).toEqual(["temperature", "tools.weather.description"]);
  });

  test("a long conversation of long messages is compared in a few seconds, whatever is in it", () => {
    // Both sides have the same words in another order: nothing is harder to compare.
    const shuffled = (step: number): string =>
      Array.from({ length: 2003 }, (_, at) => ((at * step) % 2003).toString(36)).join(" ");
    const long = (step: number): Message[] =>
      Array.from({ length: 40 }, (_, at) => text(at % 2 === 0 ? "user" : "assistant", shuffled(step + at)));
    const clock = tickingClock();
    const { input } = compareCalls({ left: call(long(1), []), right: call(long(1500), []) });
    expect(input.length).toBeGreaterThan(0);
    expect(clock.passedMs()).toBeLessThan(5000);
  });
});

describe("lists", () => {
  const letters = (left: string, right: string): string =>
    align<string>({
      left: [...left],
      right: [...right],
      keyOf: (each) => each,
      affinity: (before, after) => (before.toLowerCase() === after.toLowerCase() ? 1 : 0),
    })
      .map((pair) => pair.type[0])
      .join("");

  test("equal items are found, the rest is paired where it fits, in order", () => {
    expect(letters("abc", "abc")).toBe("eee");
    expect(letters("abc", "aBc")).toBe("epe");
    expect(letters("abc", "ac")).toBe("ele");
    expect(letters("ac", "axc")).toBe("ere");
    expect(letters("xa", "Ay")).toBe("lpr");
    expect(letters("", "ab")).toBe("rr");
  });

  test("a gap too large to be searched is paired by place", () => {
    const many = Array.from({ length: 100 }, (_, at) => at);
    const pairs = align<number>({
      left: many,
      right: many,
      keyOf: (each, side) => `${side}${each}`,
      affinity: () => 0.5,
    });
    expect(pairs.map((pair) => pair.type)).toEqual(many.map(() => "paired"));
  });
});

describe("values", () => {
  const states = (left: unknown, right: unknown): string[] =>
    diffValues({ left, right }, ample()).rows.map((row) => `${row.path} ${row.state}`);

  test("the order of names says nothing, the order of items does", () => {
    expect(states({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual(["a equal", "b equal"]);
    expect(states([1, 2], [2, 1])).toContain("[0] removed");
  });

  test("an item put before the others does not change them", () => {
    expect(states({ list: ["x", "y"] }, { list: ["w", "x", "y"] })).toEqual([
      "list[0] added",
      "list[0] equal",
      "list[1] equal",
    ]);
  });

  test("a value that became another kind of value is one change", () => {
    expect(states({ a: { b: 1 } }, { a: "text" })).toEqual(["a changed"]);
    expect(states({ a: null }, { a: 0 })).toEqual(["a changed"]);
  });

  test("thousands of places are counted, not listed", () => {
    const many = (seed: number) =>
      Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`n${at}`, at + seed]));
    const { rows, omitted } = diffValues({ left: many(0), right: many(1) }, ample());
    expect(rows.length + omitted).toBe(3000);
    expect(omitted).toBeGreaterThan(0);
  });
});

describe("bodies", () => {
  test("JSON is indented before it is compared, so that spaces are no difference", () => {
    const { diff, json } = compareBodies({ left: '{"a":1,"b":[2]}', right: '{ "a": 1, "b": [ 2 ] }' });
    expect(json).toBe(true);
    expect(diff.segments.every((segment) => segment.kind === "equal")).toBe(true);
  });

  test("ids that JavaScript would round to the same number differ", () => {
    const { diff, json } = compareBodies({
      left: '{"id":12345678901234567890}',
      right: '{"id":12345678901234567891}',
    });
    expect(json).toBe(true);
    expect(diff.segments.some((segment) => segment.kind !== "equal")).toBe(true);
  });

  test("what is no JSON on one side is compared as it stands, and a cut body says that it is", () => {
    const { json, cut } = compareBodies({
      left: '{"a":1}',
      right: "data: {}\n\n(12 more bytes were not kept)",
    });
    expect(json).toBe(false);
    expect(cut).toBe(true);
  });
});
