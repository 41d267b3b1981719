import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recordingProblem } from "./recording-check.ts";

test("a problem lasts as long as its reason, also when no call comes to find out", () => {
  const spoolFolder = mkdtempSync(join(tmpdir(), "weir-probe-"));
  const room = { spoolFolder, producer: "gateway-0", spoolBytes: 10, spoolMaxBytes: 1000 };
  expect(recordingProblem({ ...room, lastProblem: "" })).toBe("");
  expect(recordingProblem({ ...room, lastProblem: "ENOSPC" })).toBe("");
  expect(recordingProblem({ ...room, lastProblem: "full", spoolBytes: 950 })).toBe("full");
  expect(readdirSync(spoolFolder)).toEqual([]);
  rmSync(spoolFolder, { recursive: true });
  expect(recordingProblem({ ...room, lastProblem: "gone" })).toBe("gone");
});
