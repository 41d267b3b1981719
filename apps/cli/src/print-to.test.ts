import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const module = fileURLToPath(new URL("./print-to.ts", import.meta.url));

/** Prints twice with `shell` in front or behind, says on stderr when both texts were tried, and ends with 0. */
function run(redirection: string): Promise<string> {
  const program = [
    `import { printTo } from ${JSON.stringify(module)};`,
    "const print = printTo(process.stdout);",
    'const again = () => { print("two\\n"); setTimeout(() => { console.error("alive"); }, 50); };',
    'setTimeout(() => { print("one\\n"); setTimeout(again, 50); }, 100);',
  ].join("\n");
  return new Promise((resolve) => {
    const line = `"$0" --input-type=module -e "$1" ${redirection}`;
    execFile("sh", ["-c", line, process.execPath, program], (_, __, stderr) => resolve(stderr));
  });
}

test.each(["| true", "> /dev/full"])(
  "what cannot be printed with %s is lost, and nothing else is",
  async (to) => {
    expect(await run(to)).toBe("alive\n");
  },
);
