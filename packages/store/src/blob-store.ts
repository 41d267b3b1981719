import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { systemCodeOf } from "./errors.ts";

/** A payload, and the project whose call or span brought it. */
export interface OwnedBlob {
  projectId: string;
  bytes: Uint8Array;
  mediaType: string;
}

export interface BlobStore {
  /** The SHA-256 in hex; null when it could not be written. Synchronous, never throws. */
  write(blob: OwnedBlob): string | null;
  /** Null when there is none of that name. */
  read(sha256: string): Promise<{ bytes: Buffer; mediaType: string } | null>;
  /** Whether the project brought the payload; null where that was not written down, as of an earlier Weir's. */
  belongsTo(projectId: string, sha256: string): boolean | null;
}

const defaultBlobMaxBytes = 64 * 1024 * 1024;
const unknownMediaType = "application/octet-stream";
/** Among the owners of a payload that was there before owners were written down. */
const unknownOwners = "earlier";

/**
 * Large payloads as files named by their content: `ab/cd/<sha256>`, with the media type beside each, and an empty file
 * for each project that brought it. The same bytes are stored once, and a file that has its final name is whole.
 */
export function createBlobStore(options: { directory: string; blobMaxBytes?: number }): BlobStore {
  const blobMaxBytes = options.blobMaxBytes ?? defaultBlobMaxBytes;
  const pathOf = (sha256: string) => join(options.directory, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  return {
    write({ projectId, bytes, mediaType }) {
      if (bytes.byteLength > blobMaxBytes) return null;
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const path = pathOf(sha256);
      try {
        const known = existsSync(path);
        writeOwner({ path, projectId, known });
        if (known) return sha256;
        // The media type first: whoever finds the bytes finds it as well.
        writeFileSync(`${path}.type`, cleanMediaType(mediaType), { mode: 0o600 });
        writeWhole(path, bytes);
        return sha256;
      } catch {
        // A full disk, mostly. The port says so with null, and the caller records that the payload is missing.
        return null;
      }
    },
    belongsTo(projectId, sha256) {
      if (!sha256Pattern.test(sha256)) return false;
      const owners = ownersOf(pathOf(sha256));
      // A full disk can leave the folder empty.
      const names = existsSync(owners) ? readdirSync(owners) : [];
      if (names.includes(ownerName(projectId))) return true;
      return names.length === 0 || names.includes(unknownOwners) ? null : false;
    },
    async read(sha256) {
      if (!sha256Pattern.test(sha256)) return null;
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

const sha256Pattern = /^[0-9a-f]{64}$/;
const ownersOf = (path: string): string => `${path}.of`;
/** Whatever a project's id is, its digest is a name of a file. */
const ownerName = (projectId: string): string => createHash("sha256").update(projectId).digest("hex");

/** Goes before the bytes, so that whoever finds them finds whose they are. */
function writeOwner({ path, projectId, known }: { path: string; projectId: string; known: boolean }): void {
  const owners = ownersOf(path);
  const owner = join(owners, ownerName(projectId));
  if (existsSync(owner)) return;
  mkdirSync(owners, { recursive: true, mode: 0o700 });
  if (known && readdirSync(owners).length === 0) {
    writeFileSync(join(owners, unknownOwners), "", { mode: 0o600 });
  }
  writeFileSync(owner, "", { mode: 0o600 });
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
