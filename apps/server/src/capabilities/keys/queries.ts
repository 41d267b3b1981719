import type { PostgresSession } from "@weir/store";
import { z } from "zod";
import { instant } from "../projects/queries.ts";

const keyRow = z
  .object({
    key_id: z.string(),
    project_id: z.string(),
    name: z.string(),
    prefix: z.string(),
    created_at: instant,
    last_used_at: instant.nullable(),
    revoked_at: instant.nullable(),
  })
  .transform((row) => ({
    keyId: row.key_id,
    projectId: row.project_id,
    name: row.name,
    prefix: row.prefix,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  }));

const snapshotKeyRow = z
  .object({
    key_id: z.string(),
    project_id: z.string(),
    name: z.string(),
    sha256: z.string(),
    revoked_at: instant.nullable(),
  })
  .transform((row) => ({
    id: row.key_id,
    projectId: row.project_id,
    name: row.name,
    sha256: row.sha256,
    revokedAt: row.revoked_at,
  }));

/** How many are opened to find one that this home sealed, where several share a Postgres. */
const sealedKeysMax = 20;

const columns = "key_id, project_id, name, prefix, created_at, last_used_at, revoked_at";
type Query = Pick<PostgresSession, "query">;
type Execute = Pick<PostgresSession, "execute">;

export function selectKeys(postgres: Query, projectId: string) {
  return postgres.query({
    sql: `SELECT ${columns} FROM api_keys WHERE project_id = $1 ORDER BY created_at, key_id`,
    params: [projectId],
    row: keyRow,
  });
}

/** Every key of every project, as the gateway needs them. */
export function selectSnapshotKeys(postgres: Query) {
  return postgres.query({
    sql: "SELECT key_id, project_id, name, sha256, revoked_at FROM api_keys ORDER BY created_at, key_id",
    row: snapshotKeyRow,
  });
}

export function insertKey(
  postgres: Query,
  key: {
    keyId: string;
    projectId: string;
    name: string;
    prefix: string;
    sha256: string;
    sealed: Buffer | null;
  },
) {
  return postgres.query({
    sql: `INSERT INTO api_keys (key_id, project_id, name, prefix, sha256, sealed)
          VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (sha256) DO NOTHING RETURNING ${columns}`,
    params: [key.keyId, key.projectId, key.name, key.prefix, key.sha256, key.sealed],
    row: keyRow,
  });
}

/** Revokes a key; one that has been revoked keeps its first instant. */
export function revokeKey(postgres: Query, keyId: string) {
  return postgres.query({
    sql: `UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE key_id = $1 RETURNING ${columns}`,
    params: [keyId],
    row: keyRow,
  });
}

/** The keys of a project that still work and were kept sealed, the first of them first. */
export function selectSealedKeys(postgres: Query, projectId: string) {
  return postgres.query({
    sql: `SELECT sealed FROM api_keys
          WHERE project_id = $1 AND revoked_at IS NULL AND sealed IS NOT NULL ORDER BY created_at LIMIT $2`,
    params: [projectId, sealedKeysMax],
    row: z.object({ sealed: z.instanceof(Uint8Array) }),
  });
}

/** Moves the last use of many keys forward, never back. */
export function touchKeys(postgres: Execute, uses: readonly { keyId: string; usedAt: string }[]) {
  return postgres.execute({
    sql: `UPDATE api_keys SET last_used_at = greatest(last_used_at, used.at)
          FROM unnest($1::text[], $2::timestamptz[]) AS used(key_id, at) WHERE api_keys.key_id = used.key_id`,
    params: [uses.map((use) => use.keyId), uses.map((use) => use.usedAt)],
  });
}

export function bumpConfigVersion(postgres: Execute) {
  return postgres.execute({ sql: "UPDATE config_version SET version = version + 1, changed_at = now()" });
}

export function selectConfigVersion(postgres: Query) {
  return postgres.query({
    sql: "SELECT version::text AS version FROM config_version",
    row: z.object({ version: z.string() }),
  });
}
