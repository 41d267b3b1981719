import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemCodeOf } from "./errors.ts";

export interface BlobStore {
  /** The SHA-256 in hex; null when it could not be written. Synchronous, never throws. */
  write(blob: { bytes: Uint8Array; mediaType: string }): string | null;
  /** Null when there is none of that name. */
  read(sha256: string): Promise<{ bytes: Buffer; mediaType: string } | null>;
}

const defaultBlobMaxBytes = 64 * 1024 * 1024;
const unknownMediaType = "application/octet-stream";

/**
 * Large payloads as files named by their content: `ab/cd/<sha256>`, with the media type beside each. The same
 * bytes are stored once, and a file that has its final name is whole.
 */
export function createBlobStore(options: { directory: string; blobMaxBytes?: number }): BlobStore {
  const blobMaxBytes = options.blobMaxBytes ?? defaultBlobMaxBytes;
  const pathOf = (sha256: string) => join(options.directory, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  return {
    write({ bytes, mediaType }) {
      if (bytes.byteLength > blobMaxBytes) return null;
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const path = pathOf(sha256);
      try {
        if (existsSync(path)) return sha256;
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        // The media type first: whoever finds the bytes finds it as well.
        writeFileSync(`${path}.type`, cleanMediaType(mediaType), { mode: 0o600 });
        writeWhole(path, bytes);
        return sha256;
      } catch {
        // A full disk, mostly. The port says so with null, and the caller records that the payload is missing.
        return null;
      }
    },
    async read(sha256) {
      if (!/^[0-9a-f]{64}$/.test(sha256)) return null;
      const path = pathOf(sha256);
      try {
        const [bytes, mediaType] = await Promise.all([readFile(path), readMediaType(path)]);
        return { bytes, mediaType };
      } catch (error) {
        if (systemCodeOf(error) === "ENOENT") return null;
        throw error;
      }
    },
  };
}

function writeWhole(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.new`;
  const file = openSync(temporary, "wx", 0o600);
  try {
    try {
      for (let offset = 0; offset < bytes.byteLength;) offset += writeSync(file, bytes, offset);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** It is served as a header one day: printable, and not long. */
function cleanMediaType(mediaType: string): string {
  return /^[\w.+-]+\/[\w.+-]+(?:\s*;\s*[\w.+-]+=[\w.+"-]+)*$/.test(mediaType) && mediaType.length <= 200
    ? mediaType
    : unknownMediaType;
}

async function readMediaType(path: string): Promise<string> {
  try {
    return await readFile(`${path}.type`, "utf8");
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return unknownMediaType;
    throw error;
  }
}
