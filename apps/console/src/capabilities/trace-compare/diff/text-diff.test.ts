import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { tickingClock } from "../../../../test/ticking-clock.ts";
import { toBlocks, withoutLastLineEnd } from "./text-blocks.ts";
import { diffText, splitLines, splitWords, type Segment } from "./text-diff.ts";

const ample = () => ({ endsAtMs: Date.now() + 60_000 });
const spent = { endsAtMs: 0 };

afterEach(() => {
  vi.restoreAllMocks();
});

const sideOf = (segments: readonly Segment[], own: "removed" | "added"): string =>
  segments
    .filter((segment) => segment.kind === "equal" || segment.kind === own)
    .map((segment) => segment.text)
    .join("");

const only = (segments: readonly Segment[], kind: Segment["kind"]): string[] =>
  segments.filter((segment) => segment.kind === kind).map((segment) => segment.text);

const someText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc
    .array(fc.constantFrom("one", "two", " ", "\n", "three", ".", "东", "京", "\n\n"), { maxLength: 40 })
    .map((words) => words.join("")),
);

describe("a diff of texts", () => {
  test("holds both texts whole, whatever they are and however little time there is", () => {
    fc.assert(
      fc.property(someText, someText, fc.boolean(), (left, right, hurried) => {
        const { segments } = diffText({ left, right }, hurried ? spent : ample());
        expect(sideOf(segments, "removed")).toBe(left);
        expect(sideOf(segments, "added")).toBe(right);
        const kinds = segments.map((segment) => (segment.text === "" ? "empty" : segment.kind));
        expect(kinds.every((kind, at) => kind !== "empty" && kind !== kinds[at + 1])).toBe(true);
      }),
    );
  });

  test("marks the word that changed and nothing else", () => {
    const { segments, precision } = diffText(
      { left: "The gate opens at seven.", right: "The gate opens at nine." },
      ample(),
    );
    expect(precision).toBe("word");
    expect(only(segments, "removed")).toEqual(["seven"]);
    expect(only(segments, "added")).toEqual(["nine"]);
  });

  test("takes a number whole, with its fraction", () => {
    const { segments } = diffText(
      { left: "It costs 1,200.25 euros.", right: "It costs 1,200.75 euros." },
      ample(),
    );
    expect(only(segments, "removed")).toEqual(["1,200.25"]);
  });

  test("compares scripts without spaces by character", () => {
    const { segments } = diffText({ left: "今日は東京に行きます", right: "今日は京都に行きます" }, ample());
    expect(only(segments, "equal").join("")).toContain("に行きます");
    expect(only(segments, "equal").join("")).toContain("今日は");
  });

  test("shows texts that have nothing to do with each other whole, not as confetti", () => {
    const { segments } = diffText(
      {
        left: "The weir holds the river back, and a mill takes the water.",
        right: "Once upon a time there lived an old king who had three daughters and no peace.",
      },
      ample(),
    );
    expect(segments.map((segment) => segment.kind)).toEqual(["removed", "added"]);
  });

  test("keeps what was only added to a short text", () => {
    const { segments } = diffText(
      { left: "Yes.", right: "Yes. And there is a great deal more to be said about the matter than that." },
      ample(),
    );
    expect(segments[0]).toEqual({ kind: "equal", text: "Yes." });
  });

  test("of long texts it finds the one changed word by way of its line", () => {
    const lines = Array.from({ length: 4000 }, (_, at) => `line ${at} of a long report about the river`);
    const left = lines.join("\n");
    const right = left.replace("line 2000 of a long", "line 2000 of a short");
    const { segments, precision } = diffText({ left, right }, ample());
    expect(precision).toBe("word");
    expect(only(segments, "removed")).toEqual(["long"]);
    expect(only(segments, "added")).toEqual(["short"]);
  });

  const words = (count: number, step: number): string[] =>
    Array.from({ length: count }, (_, at) => ((at * step) % count).toString(36).padStart(5, "w"));

  test("100 KB of the same words in another order are soon given up by word, and it says so", () => {
    const left = words(17_001, 1).join(" ");
    const right = words(17_001, 7919).join(" ");
    const clock = tickingClock();
    const { segments, precision } = diffText({ left, right }, ample());
    expect(clock.passedMs()).toBeLessThan(100);
    expect(precision).toBe("line");
    expect(sideOf(segments, "removed")).toBe(left);
    expect(sideOf(segments, "added")).toBe(right);
  });

  test("100,000 lines in another order are soon given up", () => {
    const left = words(100_003, 1).join("\n");
    const right = words(100_003, 7919).join("\n");
    const clock = tickingClock();
    const { precision } = diffText({ left, right }, ample());
    expect(clock.passedMs()).toBeLessThan(1000);
    expect(precision).toBe("whole");
  });

  test("without time it still knows the equal ends", () => {
    const { segments, precision } = diffText({ left: "a\nb\nc\n", right: "a\nx\nc\n" }, spent);
    expect(precision).toBe("whole");
    expect(segments).toEqual([
      { kind: "equal", text: "a\n" },
      { kind: "removed", text: "b\n" },
      { kind: "added", text: "x\n" },
      { kind: "equal", text: "c\n" },
    ]);
  });
});

test("words and lines join to the text again", () => {
  fc.assert(
    fc.property(someText, (text) => {
      expect(splitWords(text).join("")).toBe(text);
      expect(splitLines(text).join("")).toBe(text);
    }),
  );
});

describe("blocks of a diff", () => {
  const blocksOf = (left: string, right: string) => toBlocks(diffText({ left, right }, ample()).segments);

  test("hold both texts whole and cut only at line ends", () => {
    fc.assert(
      fc.property(someText, someText, (left, right) => {
        const blocks = blocksOf(left, right);
        const join = (side: "left" | "right"): string =>
          blocks
            .map((block) =>
              block.type === "equal" ? block.text : block[side].map((segment) => segment.text).join(""),
            )
            .join("");
        expect(join("left")).toBe(left);
        expect(join("right")).toBe(right);
        const cutSides = blocks
          .slice(0, -1)
          .flatMap((block) =>
            block.type === "equal"
              ? [block.text]
              : [block.left, block.right].map((side) => side.map(({ text }) => text).join("")),
          );
        expect(cutSides.filter((side) => side !== "" && !side.endsWith("\n"))).toEqual([]);
      }),
    );
  });

  test("a changed line stands alone between equal ones", () => {
    const blocks = blocksOf("one\ntwo\nthe third line here\nfour\n", "one\ntwo\nthe third row here\nfour\n");
    expect(blocks.map((block) => block.type)).toEqual(["equal", "change", "equal"]);
    expect(blocks[0]).toMatchObject({ text: "one\ntwo\n" });
    expect(blocks[1]).toMatchObject({
      left: [{ text: "the third " }, { kind: "removed", text: "line" }, { text: " here\n" }],
    });
  });

  test("an added line is a whole line, also between lines that begin alike", () => {
    const left = '{\n  "max_tokens": 400,\n  "tools": []\n}';
    const right = '{\n  "max_tokens": 400,\n  "stream": true,\n  "tools": []\n}';
    const added = { type: "change", left: [], right: [{ kind: "added", text: '  "stream": true,\n' }] };
    expect(blocksOf(left, right)[1]).toEqual(added);
    expect(blocksOf(right, left)[1]).toMatchObject({ left: [{ text: '  "stream": true,\n' }], right: [] });
    const list = blocksOf("a: 1,\nb: 2", "a: 1,\nc: 3,\nb: 2");
    expect(list[1]).toMatchObject({ left: [], right: [{ text: "c: 3,\n" }] });
  });

  test("an added line has nothing beside it", () => {
    const blocks = blocksOf("one\nthree\n", "one\ntwo\nthree\n");
    expect(blocks[1]).toEqual({ type: "change", left: [], right: [{ kind: "added", text: "two\n" }] });
  });

  test("the line end that begins the next block is not drawn", () => {
    expect(withoutLastLineEnd([{ kind: "equal", text: "a\n" }])).toEqual([{ kind: "equal", text: "a" }]);
    expect(withoutLastLineEnd([{ kind: "equal", text: "a" }])).toEqual([{ kind: "equal", text: "a" }]);
  });
});
