import { createHash, timingSafeEqual } from "node:crypto";
import type { Snapshot } from "@weir/schema";
import { ApiError } from "../errors.ts";
import type { Principal } from "./permissions.ts";

/** Finds out who is calling; throws for credentials that are wrong, answers `anonymous` when there are none. */
export type Authenticate = (request: Request) => Promise<Principal>;

/** Looks a console session up by the SHA-256 (hex) of its token. */
export type FindSession = (
  sha256: string,
) => Promise<{ sessionId: string; userId: string; name: string } | null>;

export const sessionCookie = "weir_session";

/** SHA-256 in hex, the only form in which keys and tokens are kept. */
export function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Reads the Bearer token (admin token or project key) or the session cookie. */
export function createAuthenticate(options: {
  adminToken: string;
  snapshot: () => Snapshot;
  findSession: FindSession;
}): Authenticate {
  const adminDigest = digestOf(options.adminToken);
  return async (request) => {
    const token = readBearerToken(request.headers.get("authorization") ?? "");
    if (token !== null) {
      if (token !== "" && timingSafeEqual(digestOf(token), adminDigest)) return { kind: "admin-token" };
      return projectKey({ token, snapshot: options.snapshot() });
    }
    const cookie = readCookie({ header: request.headers.get("cookie") ?? "", name: sessionCookie });
    const session = cookie === null ? null : await options.findSession(sha256Hex(cookie));
    return session ? { kind: "session", ...session } : { kind: "anonymous" };
  };
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/**
 * The token of a Bearer header, empty when it has none that could be read. Null for any other scheme: a browser sends
 * the password of a proxy in front with every request, and that says nothing about who is signed in here.
 */
function readBearerToken(authorization: string): string | null {
  if (!/^Bearer(\s|$)/i.test(authorization)) return null;
  return /^Bearer\s+(\S+)$/i.exec(authorization)?.[1] ?? "";
}

function projectKey(options: { token: string; snapshot: Snapshot }): Principal {
  const sha256 = sha256Hex(options.token);
  const key = options.snapshot.keys.find((candidate) => candidate.sha256 === sha256);
  if (key && key.revokedAt === null) return { kind: "project-key", keyId: key.id, projectId: key.projectId };
  throw new ApiError({
    code: key ? "key_revoked" : "key_invalid",
    status: 401,
    title: "Key refused",
    detail: key ? `The key ${JSON.stringify(key.name)} has been revoked.` : "This key is not known.",
    mend: 'Make a key with "weir key create" or on the console\'s settings page, and send it whole.',
    headers: { "www-authenticate": 'Bearer realm="weir"' },
  });
}

function readCookie(options: { header: string; name: string }): string | null {
  for (const pair of options.header.split(";")) {
    const [name, ...value] = pair.trim().split("=");
    if (name === options.name) return value.join("=");
  }
  return null;
}
