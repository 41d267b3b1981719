import { describe, expect, test } from "vitest";
import { beginsWithError, createUsageStripper, createWholeEvents, holdsLastEvent } from "./event-filters.ts";

const usage = `data: {"choices": [ ],"usage":{"total_tokens":3}}\n\n`;
const azure = `data: {"choices":[],"prompt_filter_results":[]}\n\n`;
const nullUsage = `data: {"choices":[],"usage":null}\n\n`;
const said = `data: {"choices":[{"delta":{"content":"\\"choices\\":[] \\"usage\\""}}]}\n\n`;
const last = "data: [DONE]\n\n";

function through(
  filter: { push(chunk: Buffer): Buffer; end(): Buffer },
  text: string,
  length: number,
): string {
  const bytes = Buffer.from(text);
  let out = "";
  for (let at = 0; at < bytes.length; at += length)
    out += filter.push(bytes.subarray(at, at + length)).toString();
  return out + filter.end().toString();
}

describe("the usage stripper", () => {
  test("takes out the usage chunk alone, however it is cut", () => {
    const text = azure + said + nullUsage + usage + last;
    for (let length = 1; length < text.length; length += 1) {
      expect(through(createUsageStripper(), text, length)).toBe(azure + said + nullUsage + last);
    }
  });

  test("knows the other line break, and leaves what is no JSON", () => {
    const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
    const odd = `data: "choices":[] {"usage":1\n\n`;
    expect(through(createUsageStripper(), crlf(said + usage + last), 1000)).toBe(crlf(said + last));
    expect(through(createUsageStripper(), odd + last, 7)).toBe(odd + last);
  });
});

test("whole events pass at once and halves wait", () => {
  const filter = createWholeEvents();
  expect(filter.push(Buffer.from(said)).toString()).toBe(said);
  expect(filter.push(Buffer.from(`${said}data: ha`)).toString()).toBe(said);
  expect(filter.push(Buffer.from("lf\n")).toString()).toBe("");
  expect(filter.push(Buffer.from("\n")).toString()).toBe("data: half\n\n");
  expect(filter.end()).toHaveLength(0);
});

test("a last event is told from words that look like one", () => {
  expect(holdsLastEvent("openai", Buffer.from(said + last))).toBe(true);
  expect(holdsLastEvent("openai", Buffer.from(last))).toBe(true);
  expect(holdsLastEvent("openai", Buffer.from(`data: {"content":"\\ndata: [DONE]"}\n\n`))).toBe(false);
  expect(holdsLastEvent("anthropic", Buffer.from("event: message_stop\ndata: {}\n\n"))).toBe(true);
  expect(beginsWithError(Buffer.from("event: error\ndata: {}\n\n"))).toBe(true);
  expect(beginsWithError(Buffer.from(said))).toBe(false);
});

test("an event of many megabytes costs no more than its bytes, and is not held without end", () => {
  const events = createWholeEvents();
  const piece = Buffer.alloc(16 * 1024, "x");
  const pieces = 6_000;
  let passedBytes = 0;
  let waitedPieces = 0;
  for (let index = 0; index < pieces; index += 1) {
    const passed = events.push(piece);
    passedBytes += passed.length;
    if (passedBytes === 0) waitedPieces += 1;
  }
  expect(waitedPieces * piece.length).toBe(32 * 1024 * 1024);
  expect(passedBytes + events.end().length).toBe(pieces * piece.length);
});
