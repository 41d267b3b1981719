import { parseFilter } from "@weir/schema";
import { describe, expect, test } from "vitest";
import { filterTerm, readTab, writeTab } from "./navigation.ts";
import { adviceFor } from "./span/error-advice.ts";

test("the URL's tab is read as it was written, and an unknown one is the messages", () => {
  expect(readTab(writeTab("raw", "response"))).toEqual({ tab: "raw", rawPart: "response" });
  expect(readTab("cost")).toEqual({ tab: "cost", rawPart: null });
  for (const odd of [undefined, "", "nonsense", "raw.nonsense", "cost.response"]) {
    expect(readTab(odd).rawPart).toBeNull();
  }
  expect(readTab("nonsense").tab).toBe("messages");
});

describe("filter links", () => {
  test.each(["plain", "two words", 'say "hi"', "a:b(c OR d)", "m.keller@pumps.example", "-x", "star*"])(
    "find %s",
    (value) => {
      const { clauses, problems } = parseFilter(filterTerm("user", value));
      expect(problems).toEqual([]);
      expect(clauses).toMatchObject([
        { type: "field", field: "user", values: [{ text: value, prefix: false }] },
      ]);
    },
  );
  test("reach into metadata", () => {
    const { clauses } = parseFilter(filterTerm("metadata.region", "eu"));
    expect(clauses).toMatchObject([{ field: "metadata.region" }]);
  });
});

describe("what to do about an error", () => {
  const failed = {
    status: "error" as const,
    httpStatus: 0,
    errorCode: "",
    provider: "openai",
    modelAsked: "gpt-5",
    source: "gateway" as const,
    streamed: false,
    ttftMs: null,
  };
  test("follows the code before the status", () => {
    expect(adviceFor({ ...failed, httpStatus: 429, errorCode: "insufficient_quota" })).toContain(
      "out of credit",
    );
    expect(adviceFor({ ...failed, httpStatus: 429, errorCode: "rate_limit_exceeded" })).toContain("backoff");
    expect(adviceFor({ ...failed, httpStatus: 401 })).toContain("key that Weir uses for openai");
    expect(adviceFor({ ...failed, httpStatus: 502 })).toContain("side of openai");
  });
  test("does not send anybody to the simulator's status page", () => {
    expect(adviceFor({ ...failed, provider: "sim", httpStatus: 500 })).toContain("`error=`");
    expect(adviceFor({ ...failed, provider: "sim", httpStatus: 400 })).toContain("refused");
  });
  test("is nothing for what went well", () => {
    expect(adviceFor({ ...failed, status: "ok" })).toBe("");
  });
});
