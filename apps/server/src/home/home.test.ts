import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HomeNotOwnedError, prepareHome } from "./home.ts";
import { takeLock } from "./lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-home-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test.skipIf(process.platform !== "linux")(
  "two containers meet on a home whose path is too long for a socket, though each has its own temporary folder",
  async () => {
    const root = join(folder, "a".repeat(120));
    const home = prepareHome(root);
    const release = await takeLock(home);
    // Processes of another container mean nothing here.
    const holder: unknown = JSON.parse(readFileSync(home.lock, "utf8"));
    writeFileSync(home.lock, JSON.stringify(Object.assign({}, holder, { identity: "there/1" })));
    vi.stubEnv("TMPDIR", folder);
    await expect(takeLock(prepareHome(root))).rejects.toThrow(/another container/);
    release();
  },
);

const nobody = 65_534;

// Only root can make what belongs to somebody else.
describe.skipIf(process.getuid?.() !== 0)("a home of another user", () => {
  test("that root starts on is left as it is", () => {
    const { run } = prepareHome(folder);
    chownSync(run, nobody, nobody);
    rmSync(join(folder, "log"), { recursive: true });
    expect(() => prepareHome(folder)).toThrow(HomeNotOwnedError);
    expect(existsSync(join(folder, "log"))).toBe(false);
    expect(() => prepareHome(folder)).toThrow(/run belongs to another user\. Run Weir as that user/);
  });

  test("that lets everybody write is told to be somebody else's, with a place that would do", () => {
    const shared = join(folder, "shared");
    mkdirSync(shared);
    for (const path of [folder, shared]) chmodSync(path, 0o777);
    const module = new URL("./home.ts", import.meta.url).href;
    const program = `import { prepareHome } from ${JSON.stringify(module)};
      try { prepareHome(${JSON.stringify(shared)}); } catch (error) { console.log(error.message); }`;
    const options = { uid: nobody, gid: nobody, cwd: "/", encoding: "utf8" } as const;
    const said = execFileSync(process.execPath, ["--input-type=module", "-e", program], options);
    expect(said).toBe(
      `${shared} belongs to another user. Choose a folder of your own, for example below it: WEIR_HOME=${shared}/weir.\n`,
    );
  });
});

// Asked in a process of its own, because what once went on for ever could not be stopped from within.
test.skipIf(process.platform !== "linux")(
  "a home that the system does not let be made is told at once",
  () => {
    const code = `import { prepareHome } from ${JSON.stringify(join(import.meta.dirname, "home.ts"))};
    try { prepareHome("/proc/weir/home"); } catch (error) { console.log(error.code); }`;
    const told = execFileSync(process.execPath, ["--input-type=module", "--eval", code], { timeout: 10_000 });
    expect(told.toString()).toBe("ENOENT\n");
  },
);

test("a home may lie behind a link and below folders that are not there yet", () => {
  mkdirSync(join(folder, "real"));
  symlinkSync(join(folder, "real"), join(folder, "link"));
  prepareHome(join(folder, "link", "a", "b"));
  expect(existsSync(join(folder, "real", "a", "b", "run"))).toBe(true);
});

describe("a home that was there before", () => {
  const modeOf = (path: string) => statSync(path).mode & 0o7777;
  test("is shut to others, unless it holds other things", () => {
    chmodSync(folder, 0o755);
    prepareHome(folder);
    expect(modeOf(folder)).toBe(0o700);
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "weir.yaml"), "");
    prepareHome(folder);
    expect(modeOf(folder)).toBe(0o755);
    expect(modeOf(join(folder, "spool"))).toBe(0o700);
  });
  test("is left as it is when everybody keeps things there", () => {
    writeFileSync(join(folder, "other"), "");
    chmodSync(folder, 0o1777);
    expect(() => prepareHome(folder)).toThrow(
      `${folder} is there for all users to write to. Choose a folder of your own, for example below it: WEIR_HOME=${folder}/weir.`,
    );
    expect(modeOf(folder)).toBe(0o1777);
  });
});
