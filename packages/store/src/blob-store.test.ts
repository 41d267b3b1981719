import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createBlobStore } from "./blob-store.ts";

const projectId = "project-a";
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
    const sha256 = blobs.write({ projectId, bytes, mediaType: "image/png" });
    expect(sha256).toBe("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    expect(blobs.write({ projectId, bytes, mediaType: "image/png" })).toBe(sha256);
    expect(readdirSync(join(directory, "2c", "f2")).toSorted()).toEqual([
      sha256,
      `${sha256}.of`,
      `${sha256}.type`,
    ]);
    expect(await blobs.read(sha256 ?? "")).toEqual({ bytes, mediaType: "image/png" });
  });

  it("knows whose they are, also of several projects, and says where it does not know", () => {
    const directory = folder();
    const blobs = createBlobStore({ directory });
    const bytes = Buffer.from("hello");
    const sha256 = blobs.write({ projectId, bytes, mediaType: "image/png" }) ?? "";
    expect([projectId, "project-b", ".."].map((id) => blobs.belongsTo(id, sha256))).toEqual([
      true,
      false,
      false,
    ]);
    blobs.write({ projectId: "..", bytes, mediaType: "image/png" });
    expect(blobs.belongsTo("..", sha256)).toBe(true);
    expect(blobs.belongsTo(projectId, "../../etc/passwd")).toBe(false);
    // As an earlier Weir left it, before and after somebody brings the same bytes again.
    rmSync(join(directory, "2c", "f2", `${sha256}.of`), { recursive: true });
    expect(blobs.belongsTo(projectId, sha256)).toBeNull();
    mkdirSync(join(directory, "2c", "f2", `${sha256}.of`));
    expect(blobs.belongsTo(projectId, sha256)).toBeNull();
    blobs.write({ projectId: "project-b", bytes, mediaType: "image/png" });
    expect(["project-b", projectId].map((id) => blobs.belongsTo(id, sha256))).toEqual([true, null]);
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
    expect(broken.write({ projectId, bytes: Buffer.from("x"), mediaType: "text/plain" })).toBeNull();
    const small = createBlobStore({ directory, blobMaxBytes: 3 });
    expect(small.write({ projectId, bytes: Buffer.from("1234"), mediaType: "text/plain" })).toBeNull();
  });

  it("does not keep a media type that could break out of a header", async () => {
    const blobs = createBlobStore({ directory: folder() });
    const sha256 = blobs.write({
      projectId,
      bytes: Buffer.from("x"),
      mediaType: "text/html\r\nset-cookie: a",
    });
    expect((await blobs.read(sha256 ?? ""))?.mediaType).toBe("application/octet-stream");
  });
});
