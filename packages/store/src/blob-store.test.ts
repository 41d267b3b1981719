import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createBlobStore } from "./blob-store.ts";

const folders: string[] = [];
const folder = () => {
  const path = mkdtempSync(join(tmpdir(), "weir-blobs-"));
  folders.push(path);
  return path;
};
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

describe("the blob store", () => {
  it("keeps the same bytes once, under their digest, with the media type", async () => {
    const directory = folder();
    const blobs = createBlobStore({ directory });
    const bytes = Buffer.from("hello");
    const sha256 = blobs.write({ bytes, mediaType: "image/png" });
    expect(sha256).toBe("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    expect(blobs.write({ bytes, mediaType: "image/png" })).toBe(sha256);
    expect(readdirSync(join(directory, "2c", "f2")).toSorted()).toEqual([sha256, `${sha256}.type`]);
    expect(await blobs.read(sha256 ?? "")).toEqual({ bytes, mediaType: "image/png" });
  });

  it("answers null for what is not there, or is no digest at all", async () => {
    const blobs = createBlobStore({ directory: folder() });
    expect(await blobs.read("0".repeat(64))).toBeNull();
    expect(await blobs.read("../../etc/passwd")).toBeNull();
  });

  it("answers null instead of throwing when it cannot write, or when the payload is too large", () => {
    const directory = folder();
    writeFileSync(join(directory, "file"), "");
    const broken = createBlobStore({ directory: join(directory, "file") });
    expect(broken.write({ bytes: Buffer.from("x"), mediaType: "text/plain" })).toBeNull();
    const small = createBlobStore({ directory, blobMaxBytes: 3 });
    expect(small.write({ bytes: Buffer.from("1234"), mediaType: "text/plain" })).toBeNull();
  });

  it("does not keep a media type that could break out of a header", async () => {
    const blobs = createBlobStore({ directory: folder() });
    const sha256 = blobs.write({ bytes: Buffer.from("x"), mediaType: "text/html\r\nset-cookie: a" });
    expect((await blobs.read(sha256 ?? ""))?.mediaType).toBe("application/octet-stream");
  });
});
