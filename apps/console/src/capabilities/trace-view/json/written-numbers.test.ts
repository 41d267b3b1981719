import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, describe, expect, test, vi } from "vitest";
import { findInJson, jsonRows } from "./json-rows.ts";
import { copyText, isRecord, parseJson } from "./json-value.ts";
import { Scalar } from "./json-view.tsx";

function parsed(text: string): unknown {
  const json = parseJson(text);
  if (!json.ok) throw new Error(`no JSON: ${text}`);
  return json.value;
}

const long = "12345678901234567890";
const body = `{"id":${long},"rate":1.0,"limit":1e400,"list":[1,-0]}`;

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a number that JavaScript would print otherwise", () => {
  test("is shown as it was recorded, as a number", () => {
    const rows = jsonRows(parsed(body), { toggled: new Set(), pages: new Map(), openDepth: 9 });
    const shown = rows.flatMap((row) =>
      row.type === "leaf" ? [renderToStaticMarkup(createElement(Scalar, { value: row.value }))] : [],
    );
    expect(shown.map((each) => each.replaceAll(/<[^>]*>/g, ""))).toEqual([long, "1.0", "1e400", "1", "-0"]);
    for (const each of shown) expect(each).toContain("text-good-text");
  });

  test("is copied as it was recorded, alone and within what it stands in", () => {
    expect(copyText(parsed(long))).toBe(long);
    expect(copyText(parsed(body)).replaceAll(/\s/g, "")).toBe(body);
  });

  test("is found by the signs that were recorded", () => {
    expect(findInJson(parsed(body), long).map((match) => match.path)).toEqual(["id"]);
    expect(findInJson(parsed(body), "12345678901234567000")).toEqual([]);
  });

  test("is no object with parts", () => {
    expect(isRecord(parsed(long))).toBe(false);
  });

  test("is rounded where the browser cannot tell how it was written, or where the text is too deep", () => {
    const deep = (inner: string): string => `${"[".repeat(100_000)}${inner}${"]".repeat(100_000)}`;
    expect(parseJson(deep("1.0")).ok).toBe(true);
    vi.stubGlobal("JSON", { parse: JSON.parse, stringify: JSON.stringify });
    expect(parsed("[1.0]")).toEqual([1]);
    expect(isRecord(parsed('{"a":1.0}'))).toBe(true);
  });
});

test("other values are what they are", () => {
  expect(parsed('{"a":[1,0.5,"1.0",true,null]}')).toEqual({ a: [1, 0.5, "1.0", true, null] });
  expect(parseJson("{").ok).toBe(false);
});
