import { expect, it } from "vitest";
import { readSignInToken, safeNext } from "./sign-in-link.ts";

it("reads a token from a link, a fragment, or alone", () => {
  const token = "r4dsG3aUZpGyFsIX4bvF1gI1JSDE3rr7ON4vMJoTdQ5";
  expect(readSignInToken(`http://127.0.0.1:9347/sign-in#token=${token}`)).toBe(token);
  expect(readSignInToken(`  #token=${token} `)).toBe(token);
  expect(readSignInToken(token)).toBe(token);
  for (const text of ["", "#token=", "#other=1", "hello world", "#token=%E0%A4%A"]) {
    expect(readSignInToken(text), text).toBeNull();
  }
});

it("goes back only to pages of this console", () => {
  expect(safeNext("/traces?filter=status:error")).toBe("/traces?filter=status:error");
  for (const next of [
    undefined,
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/sign-in?next=/x",
    "x",
  ]) {
    expect(safeNext(next), String(next)).toBe("/");
  }
});
