import { describe, expect, test } from "vitest";
import { appSpan, spanOf } from "./fixtures/build.ts";
import { openSpan } from "./open-span.ts";
import { buildSpanTree } from "./tree/span-tree.ts";

const tool = appSpan(2, { parent: 1, offsetMs: 5 });
const generation = appSpan(3, { parent: 1, offsetMs: 10, outputPreview: "A low dam." });
const root = appSpan(1, { inputPreview: "What is a weir?", durationMs: 100 });
const written = buildSpanTree([tool, generation]);
const whole = buildSpanTree([tool, generation, root]);
const open = (tree: typeof whole, { wishedId, chosenId }: { wishedId?: string; chosenId?: string } = {}) =>
  openSpan(tree, { wishedId, chosenId })?.span.spanId;

describe("the open span", () => {
  test("is at first the root, or the first that says something", () => {
    expect(open(whole)).toBe(spanOf(1));
    expect(open(written)).toBe(spanOf(3));
    expect(open(buildSpanTree([]))).toBeUndefined();
  });

  test("stays the one that was chosen when the root arrives", () => {
    expect(open(whole, { chosenId: spanOf(3) })).toBe(spanOf(3));
  });

  test("is chosen anew when the one that was chosen is gone", () => {
    expect(open(whole, { chosenId: spanOf(9) })).toBe(spanOf(1));
  });

  test("is the one that is wished for, as soon as it is there", () => {
    expect(open(written, { wishedId: spanOf(1), chosenId: spanOf(3) })).toBe(spanOf(3));
    expect(open(whole, { wishedId: spanOf(1), chosenId: spanOf(3) })).toBe(spanOf(1));
  });
});
