import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { spanRecord, startTestClickHouse, temporaryFolder } from "../../test/store-fixture.ts";
import { createBlobStore } from "../blob-store.ts";
import { shipLines } from "./ship-lines.ts";
import { createSpoolWriter } from "./spool-writer.ts";

const limits = { spoolMaxBytes: 1e9, segmentMaxBytes: 1e9, segmentMaxAgeMs: 1e6 };

/** A file system of its own, so that "no space left on device" is the kernel's. Null where mounting is forbidden. */
function mountSmallDisk(path: string, size: string): Disposable | null {
  mkdirSync(path);
  try {
    execFileSync("/bin/mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path], { stdio: "ignore" });
  } catch {
    return null;
  }
  return { [Symbol.dispose]: () => execFileSync("/bin/umount", [path]) };
}

describe("a full disk", () => {
  it("is survived by the writer without a torn line, and by the blobs without half a file", (context) => {
    using home = temporaryFolder();
    const path = join(home.path, "disk");
    using disk = mountSmallDisk(path, "256k");
    if (disk === null) return context.skip("this needs the right to mount a file system");
    const spool = join(path, "spool");
    const writer = createSpoolWriter({ directory: spool, producer: "p", limits });
    const blobs = createBlobStore({ directory: join(path, "blobs") });
    const line = (index: number) => JSON.stringify({ index, text: "x".repeat(1_700) });
    let recorded = 0;
    while (writer.append([line(recorded)])) recorded += 1;
    expect(recorded).toBeGreaterThan(50);
    expect(writer.append([line(-1), line(-2)])).toBe(false);
    expect(writer.stats()).toMatchObject({ appendedLines: recorded, unrecorded: 3 });
    expect(writer.stats().problem).toMatch(/ENOSPC|disk is full/);
    expect(
      blobs.write({ projectId: "p", bytes: Buffer.alloc(50_000, 1), mediaType: "image/png" }),
    ).toBeNull();

    // Somebody makes room: the same writer goes on by itself.
    writer.seal();
    const sealed = readdirSync(spool).find((name) => name.endsWith(".ndjson"));
    const lines = readFileSync(join(spool, sealed ?? ""), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines.map(indexOf)).toEqual(Array.from({ length: recorded }, (_, index) => index));
    rmSync(join(spool, sealed ?? ""));
    expect(writer.append([line(7)])).toBe(true);
    expect(writer.stats().problem).toBe("");
    expect(blobs.write({ projectId: "p", bytes: Buffer.alloc(50_000, 1), mediaType: "image/png" })).toMatch(
      /^[0-9a-f]{64}$/,
    );
    writer.close();
    const rest = readdirSync(spool).map((name) => readFileSync(join(spool, name), "utf8"));
    expect(rest).toEqual([`${line(7)}\n`]);
  });

  it("does not keep ClickHouse from taking in what the spool holds while there is a little room", async (context) => {
    using home = temporaryFolder();
    const path = join(home.path, "disk");
    using disk = mountSmallDisk(path, "200m");
    if (disk === null) return context.skip("this needs the right to mount a file system");
    await using store = await startTestClickHouse(join(path, "clickhouse"));
    const bytes = Buffer.from(
      Array.from({ length: 500 }, () => `${JSON.stringify(spanRecord())}\n`).join(""),
    );
    const dead = await shipLines({
      clickhouse: store.clickhouse,
      bytes,
      batchId: "batch-1-a",
      uncertain: false,
      elsewhere: false,
    });
    expect(dead).toEqual([]);
    const [counted] = await store.clickhouse.query({
      sql: "SELECT count() AS n FROM spans",
      row: z.object({ n: z.number() }),
    });
    expect(counted).toEqual({ n: 500 });
  });
});

function indexOf(text: string): unknown {
  return JSON.parse(text).index;
}
