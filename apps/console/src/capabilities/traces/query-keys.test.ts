import { beforeEach, expect, test, vi } from "vitest";
import { leaveUnapplied, pressInQuery, type QueryActions, type QueryPress } from "./query-keys.ts";

let done: string[] = [];
beforeEach(() => {
  done = [];
});

const completion = { label: "gpt-5", detail: "", count: null, estimated: false, insert: "gpt-5" };

function actions(patch: Partial<QueryActions> = {}): QueryActions {
  return {
    completions: [],
    active: -1,
    partial: false,
    setActive: (active) => done.push(`active ${active}`),
    choose: ({ label }) => done.push(`choose ${label}`),
    commit: () => done.push("commit"),
    close: () => done.push("close"),
    leave: () => done.push("leave"),
    ...patch,
  };
}

function press(key: string): QueryPress {
  return { key, shiftKey: false, preventDefault: vi.fn<() => void>() };
}

test("Enter applies what was typed, and takes the completion that is chosen", () => {
  pressInQuery(press("Enter"), actions());
  pressInQuery(press("Enter"), actions({ completions: [completion], active: 0 }));
  expect(done).toEqual(["commit", "choose gpt-5"]);
});

test("Esc closes the completions first and then leaves", () => {
  pressInQuery(press("Escape"), actions({ completions: [completion] }));
  pressInQuery(press("Escape"), actions());
  expect(done).toEqual(["close", "leave"]);
});

test("a field that is left unapplied knows it while it is left, and no longer", () => {
  const leaving = { current: false };
  const seen: boolean[] = [];
  leaveUnapplied({ blur: () => seen.push(leaving.current) }, leaving);
  expect(seen).toEqual([true]);
  expect(leaving.current).toBe(false);
});
