import { hash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { SnapshotKey } from "@weir/schema";
import { gatewayErrors } from "../errors.ts";
import type { CompiledSnapshot } from "./compiled-snapshot.ts";

/** A key has 45 characters; what is much longer is none and is not worth hashing. */
const rawKeyMaxCharacters = 256;

function bearerOf(authorization: string | undefined): string {
  if (authorization === undefined || authorization.length < 8) return "";
  const scheme = authorization.slice(0, 7);
  return scheme === "Bearer " || scheme.toLowerCase() === "bearer " ? authorization.slice(7).trim() : "";
}

/**
 * Finds a raw key's entry. A key that was seen before costs one map look-up; any other costs one hash, whether
 * it exists or not, and only existing keys are remembered, so that guesses fill no memory.
 */
function findKey(snapshot: CompiledSnapshot, raw: string): SnapshotKey | undefined {
  const seen = snapshot.keysByRaw.get(raw);
  if (seen !== undefined || raw.length > rawKeyMaxCharacters) return seen;
  const key = snapshot.keysByHash.get(hash("sha256", raw, "hex"));
  if (key !== undefined) snapshot.keysByRaw.set(raw, key);
  return key;
}

/**
 * The project key that a call was sent with, from `Authorization: Bearer` or `x-api-key`. Clients that send
 * both (some set a token of their own beside it) are let in when either is ours.
 * @throws GatewayError `key_missing`, `key_invalid` or `key_revoked`
 */
export function authenticate(snapshot: CompiledSnapshot, headers: IncomingHttpHeaders): SnapshotKey {
  const bearer = bearerOf(headers.authorization);
  const header = headers["x-api-key"];
  const apiKey = typeof header === "string" ? header : "";
  if (bearer === "" && apiKey === "") throw gatewayErrors.keyMissing();
  const key =
    (bearer === "" ? undefined : findKey(snapshot, bearer)) ??
    (apiKey === "" || apiKey === bearer ? undefined : findKey(snapshot, apiKey));
  if (key === undefined) throw gatewayErrors.keyInvalid();
  if (key.revokedAt !== null) throw gatewayErrors.keyRevoked({ name: key.name, revokedAt: key.revokedAt });
  return key;
}
