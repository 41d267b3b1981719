import { describe, expect, test } from "vitest";
import { plainCall } from "../fixtures/single-calls.ts";
import { gistOfEvent } from "./event-gist.ts";
import { findInText } from "./find-in-text.ts";
import { isEventStream, splitEvents } from "./server-sent-events.ts";

describe("an event stream", () => {
  test("splits at blank lines, whatever ends the lines", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const events = splitEvents(
        ["event: ping", "data: 1", "", ": keep-alive", "", "data: a", "data: b", "", ""].join(end),
      );
      expect(events.map((each) => [each.event, each.data])).toEqual([
        ["ping", "1"],
        ["", "a\nb"],
      ]);
    }
  });
  test("says when the last event was cut", () => {
    expect(splitEvents('data: 1\n\ndata: {"a').map((each) => each.complete)).toEqual([true, false]);
  });
  test("keeps every event of a call, from the role to the end", () => {
    const span = [...plainCall().spans.values()][0];
    const events = splitEvents(span?.rawResponse ?? "");
    const gists = events.map((each) => gistOfEvent(each.data));
    expect(gists.at(-1)).toMatchObject({ kind: "stop", label: "done" });
    expect(gists.at(-2)).toMatchObject({ kind: "usage" });
    expect(
      gists
        .filter((each) => each.kind === "text")
        .map((each) => each.piece)
        .join(""),
    ).toContain("**1,284.50 EUR**");
  });
  test("is told from JSON", () => {
    expect(isEventStream('data: {"a":1}\n\n')).toBe(true);
    expect(isEventStream(": hello\n\n")).toBe(true);
    expect(isEventStream('{"data": "x"}')).toBe(false);
    expect(isEventStream("")).toBe(false);
  });
});

describe("the gist of an event", () => {
  test.each([
    ['{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}', "text", "Hi"],
    [
      '{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\\"a"}}',
      "tool",
      '{"a',
    ],
    [
      '{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","name":"read"}}',
      "tool",
      "tool_use read",
    ],
    ['{"type":"message_delta","delta":{"stop_reason":"end_turn"}}', "stop", "end_turn"],
    ['{"choices":[{"delta":{"reasoning_content":"hm"}}]}', "reasoning", "hm"],
    ['{"choices":[{"delta":{"tool_calls":[{"function":{"name":"f","arguments":""}}]}}]}', "tool", ""],
    ['{"error":{"type":"overloaded_error","message":"Overloaded"}}', "error", "Overloaded"],
    ["not json", "other", "not json"],
    ["[1,2]", "other", "[1,2]"],
  ])("%s", (data, kind, piece) => {
    expect(gistOfEvent(data)).toMatchObject({ kind, piece });
  });
});

test("text is found without regard to case, and positions stay right where case changes lengths", () => {
  expect(findInText("Ab ab AB", "ab")).toHaveLength(3);
  expect(findInText("İİ ab", "ab")).toEqual([{ start: 3, end: 5 }]);
  expect(findInText("abc", "")).toEqual([]);
});
