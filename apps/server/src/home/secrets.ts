import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const ivBytes = 12;
const tagBytes = 16;
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** `length` random letters and digits, each equally likely. */
export function randomBase62(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      // 248 is the largest multiple of 62 that a byte holds; what is above would favour the first letters.
      if (byte < 248 && text.length < length) text += alphabet[byte % 62];
    }
  }
  return text;
}

/** A new project key: `weir_` and 40 letters or digits. */
export function newProjectKey(): string {
  return `weir_${randomBase62(40)}`;
}

/** Reads the file, or writes `make()` into it first when there is none; its owner alone can read it. */
export function readOrCreateSecret(options: { path: string; make: () => string }): string {
  const read = () => readFileSync(options.path, "utf8").trim();
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  const draft = `${options.path}.${process.pid}`;
  writeFileSync(draft, `${options.make()}\n`, { mode: 0o600 });
  linkSync(draft, options.path);
  rmSync(draft);
  return read();
}

/** Seals short texts with a key that lies beside the database, not in it. */
export interface Sealer {
  seal(text: string): Buffer;
  /** Throws when it was sealed with another key or changed since. */
  open(sealed: Uint8Array): string;
}

/** AES-256-GCM with the key in `keyHex`; each sealed text begins with its own nonce. */
export function createSealer(keyHex: string): Sealer {
  const key = Buffer.from(keyHex, "hex");
  return {
    seal(text) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
    },
    open(sealed) {
      const bytes = Buffer.from(sealed);
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, ivBytes));
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      return decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, "utf8") + decipher.final("utf8");
    },
  };
}
