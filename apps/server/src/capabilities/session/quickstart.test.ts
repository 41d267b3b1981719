import { pino } from "pino";
import { expect, test } from "vitest";
import { createSealer } from "../../home/secrets.ts";
import { createKeyReader } from "./quickstart.ts";

const ours = createSealer("11".repeat(32));
const theirs = createSealer("22".repeat(32));

function makeReader(sealed: Buffer[]) {
  const lines: string[] = [];
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push(line) });
  const readKey = createKeyReader({
    postgres: { query: async ({ row }) => sealed.map((bytes) => row.parse({ sealed: bytes })) },
    sealer: ours,
    log,
  });
  return { readKey, lines };
}

test("a key that this home sealed is shown", async () => {
  const { readKey, lines } = makeReader([ours.seal("weir_first")]);
  expect(await readKey("project_1")).toBe("weir_first");
  expect(lines).toEqual([]);
});

test("keys that another home sealed are passed over", async () => {
  const { readKey } = makeReader([theirs.seal("weir_theirs"), ours.seal("weir_ours")]);
  expect(await readKey("project_1")).toBe("weir_ours");
});

test("where none can be opened there is none to show, and that is said once, with the mend", async () => {
  const { readKey, lines } = makeReader([theirs.seal("weir_theirs"), theirs.seal("weir_other")]);
  expect(await readKey("project_1")).toBeNull();
  expect(await readKey("project_1")).toBeNull();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("secret.key");
});
