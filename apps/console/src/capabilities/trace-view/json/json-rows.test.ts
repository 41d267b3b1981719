import { describe, expect, test } from "vitest";
import { findInJson, jsonRows, pageCount, revealMatch, type JsonFolding } from "./json-rows.ts";
import { appendPath, parseJsonDocument } from "./json-value.ts";

const folding = (openDepth: number): JsonFolding => ({ toggled: new Set(), pages: new Map(), openDepth });

describe("a JSON tree", () => {
  const value = { model: "m", messages: [{ role: "user", content: [{ text: "needle" }] }], empty: {} };
  test("opens to a depth and closes what is deeper", () => {
    const rows = jsonRows(value, folding(1));
    expect(rows.map((row) => (row.type === "more" ? "more" : row.path))).toEqual([
      "",
      "model",
      "messages",
      "empty",
    ]);
    expect(rows[2]).toMatchObject({ type: "branch", open: false, size: "1 item" });
    expect(rows[3]).toMatchObject({ type: "leaf" });
  });
  test("toggling a path opens only that", () => {
    const rows = jsonRows(value, { ...folding(1), toggled: new Set(["messages"]) });
    expect(rows.map((row) => (row.type === "more" ? "more" : row.path))).toContain("messages[0]");
  });
  test("shows a long array in pages", () => {
    const rows = jsonRows(
      Array.from({ length: 1000 }, (_, at) => at),
      folding(1),
    );
    expect(rows).toHaveLength(pageCount + 2);
    expect(rows.at(-1)).toMatchObject({ type: "more", hiddenCount: 800 });
  });
  test("finds names and values, and opens the way to a match", () => {
    const [match] = findInJson(value, "NEEDLE");
    if (match === undefined) throw new Error("the needle is there");
    expect(match.path).toBe("messages[0].content[0].text");
    const rows = jsonRows(value, revealMatch(folding(1), match));
    expect(rows.some((row) => row.type === "leaf" && row.path === match.path)).toBe(true);
    expect(findInJson(value, "role").map((each) => each.path)).toEqual(["messages[0].role"]);
  });
  test("finds a match beyond the first page", () => {
    const long = Array.from({ length: 1000 }, (_, at) => `item-${at}`);
    const [match] = findInJson(long, "item-777");
    if (match === undefined) throw new Error("the item is there");
    const rows = jsonRows(long, revealMatch(folding(1), match));
    expect(rows.some((row) => row.type === "leaf" && row.path === "[777]")).toBe(true);
  });
});

test("only a whole JSON object or array counts as a JSON answer", () => {
  expect(parseJsonDocument(' {"a":1} ').ok).toBe(true);
  expect(parseJsonDocument("[]").ok).toBe(false);
  expect(parseJsonDocument("42").ok).toBe(false);
  expect(parseJsonDocument('Here: {"a":1}').ok).toBe(false);
});

test("paths read as people write them", () => {
  expect(appendPath(appendPath("", "a", false), "0", true)).toBe("a[0]");
  expect(appendPath("a", "odd name", false)).toBe('a["odd name"]');
});
