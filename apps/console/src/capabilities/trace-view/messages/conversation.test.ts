import { describe, expect, test } from "vitest";
import {
  foldConversation,
  foldFromMessages,
  foldStep,
  messagePreview,
  toolNames,
  toolResultValue,
} from "./conversation.ts";
import { byteLength, foldText, splitForLayout } from "./fold-text.ts";

describe("a long conversation", () => {
  test("shows its beginning and its end, and more of it step by step until all is there", () => {
    expect(foldConversation(foldFromMessages - 1, 0)).toEqual({ headEnd: 23, tailStart: 23 });
    const folded = foldConversation(500, 0);
    expect(folded).toEqual({ headEnd: 2, tailStart: 488 });
    expect(foldConversation(500, foldStep).tailStart).toBe(438);
    expect(foldConversation(500, 500)).toEqual({ headEnd: 500, tailStart: 500 });
  });
});

describe("a long text", () => {
  test("folds at a line's end and loses nothing when laid out in pieces", () => {
    const text = "line of text\n".repeat(20_000);
    const folded = foldText(text);
    expect(folded?.endsWith("line of text")).toBe(true);
    expect(folded?.length).toBeLessThan(3001);
    expect(
      splitForLayout(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });
  test("never cuts a sign in two", () => {
    const text = "😀".repeat(20_000);
    expect(foldText(text)).not.toMatch(/[\uD800-\uDBFF]$/);
    expect(splitForLayout(text, 1001).every((piece) => !/[\uD800-\uDBFF]$/.test(piece.text))).toBe(true);
  });
  test("a short one is not folded", () => {
    expect(foldText("short")).toBeNull();
  });
});

test("sizes are bytes as sent", () => {
  for (const text of ["abc", "Öl", "水", "😀a", ""])
    expect(byteLength(text)).toBe(new TextEncoder().encode(text).length);
});

test("a result is told by its call's name, and its text taken out of lists of parts", () => {
  const names = toolNames([
    { role: "assistant", parts: [{ type: "tool_call", id: "c1", name: "read", arguments: {} }] },
  ]);
  expect(names.get("c1")).toBe("read");
  expect(
    toolResultValue([
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ]),
  ).toBe("a\nb");
  expect(toolResultValue([{ type: "image" }])).toEqual([{ type: "image" }]);
});

test("a preview is one line", () => {
  expect(messagePreview({ role: "user", parts: [{ type: "text", content: "a\n\n  b" }] })).toBe("a b");
});
