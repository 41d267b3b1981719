import { expect, test } from "vitest";
import { hashUserId, looksPersonal } from "./user-id.ts";

test.each([
  ["alice@example.com", true],
  ["user:alice@example.co.uk", true],
  ["+49 221 123456", true],
  ["(555) 123-4567", true],
  ["555-123-4567", true],
  ["4915112345678", false],
  ["1763680000000", false],
  ["2024-01-15", false],
  ["192.168.10.25", false],
  ["u-1", false],
  ["1234567", false],
  ["alice@team", false],
  ["5f0c2b1e-7d0a-4c0e-9a53-0f6f3d1f2a77", false],
  ["", false],
])("%s looks personal: %s", (id, personal) => {
  expect(looksPersonal(id)).toBe(personal);
});

test("a hash is the same for the same user and fits every provider", () => {
  expect(hashUserId("alice@example.com")).toBe(hashUserId("alice@example.com"));
  expect(hashUserId("alice@example.com")).not.toBe(hashUserId("bob@example.com"));
  expect(hashUserId("a".repeat(500))).toMatch(/^[0-9a-f]{64}$/);
});
