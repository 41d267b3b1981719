import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { connectToServer } from "./server-client.ts";

const home = mkdtempSync(join(tmpdir(), "weir-cli-"));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const connect = () =>
  connectToServer({
    variables: { WEIR_HOME: home },
    workingDirectory: home,
    print: () => undefined,
    printError: () => undefined,
  });

test("a home where nothing runs, and one that cannot be read, each say how to mend it", () => {
  expect(connect).toThrow(expect.objectContaining({ code: "not_running" }));
  // A folder in the file's place cannot be read, whoever runs the test.
  mkdirSync(join(home, "run", "endpoint.json"), { recursive: true });
  expect(connect).toThrow(
    expect.objectContaining({ code: "home_unreadable", mend: expect.stringContaining("as the user") }),
  );
});
