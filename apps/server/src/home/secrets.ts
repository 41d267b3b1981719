import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, rmSync, writeFileSync } from "node:fs";
import type { Home } from "./home.ts";
import { readIfThere } from "./read-if-there.ts";

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

/** A file of the home that holds a secret holds something else, e.g. nothing after a full disk. */
export class SecretFileError extends Error {
  readonly code = "secret_unusable";

  constructor(options: { path: string; form: string; mend: string }) {
    super(`${options.path} does not hold ${options.form}. ${options.mend}`);
    this.name = "SecretFileError";
  }
}

/** How a secret is made, and what its file may hold. */
interface SecretKind {
  make: () => string;
  pattern: RegExp;
  /** The pattern in words. */
  form: string;
  /** What to do about a file that holds something else, as a sentence. */
  mend: string;
}

const sealingKey: SecretKind = {
  make: () => randomBytes(32).toString("hex"),
  pattern: /^[0-9a-f]{64}$/i,
  form: "a key of 64 hexadecimal digits",
  mend: "Put it back from your backup, or delete it: the next start makes another, and the first project key cannot be shown any more.",
};

const adminTokenKind: SecretKind = {
  make: () => randomBase62(43),
  pattern: /^\S{16,}$/,
  form: "a token of 16 characters or more",
  mend: "Delete it: the next start makes another.",
};

/** The secrets of a home, made by its first start. Throws SecretFileError for a file that holds none. */
export function openSecrets(home: Pick<Home, "secretKey" | "adminToken">): Secrets {
  return {
    sealer: createSealer(readOrCreateSecret({ path: home.secretKey, kind: sealingKey })),
    adminToken: readOrCreateSecret({ path: home.adminToken, kind: adminTokenKind }),
  };
}

export interface Secrets {
  sealer: Sealer;
  adminToken: string;
}

/** Reads the file, or writes a new secret into it first when there is none; its owner alone can read it. */
function readOrCreateSecret(options: { path: string; kind: SecretKind }): string {
  const { path, kind } = options;
  const secret = readIfThere(path)?.trim() ?? createSecret(options);
  if (!kind.pattern.test(secret)) throw new SecretFileError({ path, ...kind });
  return secret;
}

function createSecret(options: { path: string; kind: SecretKind }): string {
  const draft = `${options.path}.${process.pid}`;
  const secret = options.kind.make();
  const file = openSync(draft, "w", 0o600);
  try {
    writeFileSync(file, `${secret}\n`);
    // A power cut would leave the name with nothing behind it.
    fsyncSync(file);
    linkSync(draft, options.path);
  } finally {
    closeSync(file);
    rmSync(draft);
  }
  return secret;
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
