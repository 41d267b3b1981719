import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../../test/store-fixture.ts";
import { clearInsertBodies, receiveInsertBody } from "./insert-body.ts";

const mebibyte = 1024 * 1024;

function megabyteOf(letter: string): Buffer {
  return Buffer.alloc(mebibyte, letter);
}

it("keeps a body in a file until it is removed", async () => {
  using home = temporaryFolder();
  await clearInsertBodies(home.path);
  const chunks = ["a", "b", "c"].map(megabyteOf);
  const body = await receiveInsertBody(Readable.from(chunks), {
    directory: home.path,
    bodyMaxBytes: 4 * mebibyte,
    takenAsBytes: true,
  });
  expect(body.length).toBe(3 * mebibyte);
  if (!("path" in body.at)) throw new Error("not in a file");
  const file = join(home.path, body.at.path);
  expect(readFileSync(file).equals(Buffer.concat(chunks))).toBe(true);
  await body.remove();
  expect(existsSync(file)).toBe(false);
});

it("needs no file for little data", async () => {
  using home = temporaryFolder();
  await clearInsertBodies(home.path);
  const body = await receiveInsertBody(Readable.from([Buffer.from("one\n"), Buffer.from("two\n")]), {
    directory: home.path,
    bodyMaxBytes: 8,
    takenAsBytes: true,
  });
  expect(body).toMatchObject({ at: { bytes: Buffer.from("one\ntwo\n") }, length: 8 });
  expect(readdirSync(join(home.path, "inserts"))).toEqual([]);
});

it("puts what the engine takes only from a file into one, however little it is", async () => {
  using home = temporaryFolder();
  await clearInsertBodies(home.path);
  const body = await receiveInsertBody(Readable.from([Buffer.from([7])]), {
    directory: home.path,
    bodyMaxBytes: 8,
    takenAsBytes: false,
  });
  if (!("path" in body.at)) throw new Error("not in a file");
  expect(readFileSync(join(home.path, body.at.path))).toEqual(Buffer.from([7]));
});

it("needs no file where the disk has little room", async () => {
  using home = temporaryFolder();
  await clearInsertBodies(home.path);
  const body = await receiveInsertBody(Readable.from([megabyteOf("a"), megabyteOf("b")]), {
    directory: home.path,
    // No disk has as much room as this.
    bodyMaxBytes: Number.MAX_SAFE_INTEGER,
    takenAsBytes: true,
  });
  expect(body.at).toEqual({ bytes: Buffer.concat([megabyteOf("a"), megabyteOf("b")]) });
  expect(readdirSync(join(home.path, "inserts"))).toEqual([]);
});

it("refuses what is too large, and leaves nothing of it", async () => {
  using home = temporaryFolder();
  await clearInsertBodies(home.path);
  const sent = Readable.from([megabyteOf("a"), megabyteOf("b")]);
  await expect(
    receiveInsertBody(sent, { directory: home.path, bodyMaxBytes: 2 * mebibyte - 1, takenAsBytes: true }),
  ).rejects.toMatchObject({ exceptionCode: 223 });
  expect(readdirSync(join(home.path, "inserts"))).toEqual([]);
});

it("leaves nothing of a body whose sender goes away", async () => {
  using home = temporaryFolder();
  await clearInsertBodies(home.path);
  async function* torn() {
    yield megabyteOf("a");
    throw new Error("aborted");
  }
  await expect(
    receiveInsertBody(Readable.from(torn()), {
      directory: home.path,
      bodyMaxBytes: 2 * mebibyte,
      takenAsBytes: true,
    }),
  ).rejects.toThrow("aborted");
  expect(readdirSync(join(home.path, "inserts"))).toEqual([]);
});

it("begins with none of an earlier process", async () => {
  using home = temporaryFolder();
  await clearInsertBodies(home.path);
  writeFileSync(join(home.path, "inserts", "1.body"), "left");
  await clearInsertBodies(home.path);
  expect(readdirSync(join(home.path, "inserts"))).toEqual([]);
});
