import { expect, it } from "vitest";
import { readSignInToken, safeNext, takeSignInToken } from "./sign-in-link.ts";

it("reads a token from a link, a fragment, or alone", () => {
  const token = "r4dsG3aUZpGyFsIX4bvF1gI1JSDE3rr7ON4vMJoTdQ5";
  expect(readSignInToken(`http://127.0.0.1:9347/sign-in#token=${token}`)).toBe(token);
  expect(readSignInToken(`  #token=${token} `)).toBe(token);
  expect(readSignInToken(token)).toBe(token);
  for (const text of ["", "#token=", "#other=1", "hello world", "#token=%E0%A4%A"]) {
    expect(readSignInToken(text), text).toBeNull();
  }
});

it("takes the token out of the address, and takes it again when the same link is opened again", () => {
  const location = { hash: "", pathname: "/sign-in", search: "?next=/traces" };
  const addresses: string[] = [];
  const history = {
    state: null,
    replaceState: (_state: unknown, _title: string, address?: string | URL | null): void => {
      addresses.push(String(address));
      location.hash = "";
    },
  };
  expect(takeSignInToken({ location, history })).toBeNull();
  for (const _attempt of ["while Weir restarts", "once it is back"]) {
    location.hash = "#token=r4dsG3aUZpGyFsIX4bvF1g";
    expect(takeSignInToken({ location, history })).toBe("r4dsG3aUZpGyFsIX4bvF1g");
    expect(takeSignInToken({ location, history })).toBeNull();
  }
  expect(addresses).toEqual(["/sign-in?next=/traces", "/sign-in?next=/traces"]);
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
