import { expect, test } from "vitest";
import { passedHeaders, receiptHeader } from "./response-headers.ts";

test("a receipt is short, plain ASCII and says how much more there is", () => {
  const item = (parameter: string) => ({ action: "dropped" as const, parameter, detail: "because" });
  expect(receiptHeader([item("top_k"), item("metadata.zoë; a")])).toBe(
    "dropped top_k; dropped metadata.zo???a",
  );
  const many = receiptHeader(Array.from({ length: 200 }, (_, index) => item(`parameter_${index}`)));
  expect(many.length).toBeLessThan(1100);
  expect(many).toMatch(/; \d+ more$/);
});

test("a provider's cookies and connection stay where they are, its request id does not", () => {
  const upstream = {
    "x-request-id": "r",
    "x-ratelimit-remaining-tokens": "5",
    "retry-after": "1",
    "set-cookie": ["a=b"],
    "content-type": "application/json",
    connection: "keep-alive",
    "x-weir-receipt": "forged",
  };
  const passed = ["x-request-id", "r", "x-ratelimit-remaining-tokens", "5", "retry-after", "1"];
  expect(passedHeaders(upstream)).toEqual([...passed, "content-type", "application/json"]);
  expect(passedHeaders(upstream, "content")).toEqual(passed);
});
