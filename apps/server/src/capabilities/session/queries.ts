import type { PostgresSession } from "@weir/store";
import { z } from "zod";
import { instant } from "../projects/queries.ts";

const userRow = z
  .object({ user_id: z.string(), name: z.string() })
  .transform((row) => ({ userId: row.user_id, name: row.name }));
const sessionRow = z
  .object({ user_id: z.string(), name: z.string(), expires_at: instant })
  .transform((row) => ({ userId: row.user_id, name: row.name, expiresAt: row.expires_at }));
type Query = Pick<PostgresSession, "query">;
type Execute = Pick<PostgresSession, "execute">;

export function selectFirstUser(postgres: Query) {
  return postgres.query({
    sql: "SELECT user_id, name FROM users ORDER BY created_at, user_id LIMIT 1",
    row: userRow,
  });
}

export function insertUser(postgres: Execute, user: { userId: string; name: string }) {
  return postgres.execute({
    sql: "INSERT INTO users (user_id, name, role) VALUES ($1, $2, 'administrator')",
    params: [user.userId, user.name],
  });
}

export function insertLink(
  postgres: Execute,
  link: { sha256: string; userId: string; lifetimeSeconds: number },
) {
  return postgres.execute({
    sql: `INSERT INTO sign_in_links (token_sha256, user_id, expires_at)
          VALUES ($1, $2, now() + make_interval(secs => $3))`,
    params: [link.sha256, link.userId, link.lifetimeSeconds],
  });
}

/** Uses a link up: one statement, so that of two that come at once only one is let in. */
export function useLink(postgres: Query, sha256: string) {
  return postgres.query({
    sql: `UPDATE sign_in_links SET used_at = now()
          FROM users
          WHERE token_sha256 = $1 AND used_at IS NULL AND expires_at > now() AND users.user_id = sign_in_links.user_id
          RETURNING users.user_id, users.name`,
    params: [sha256],
    row: userRow,
  });
}

export function insertSession(
  postgres: Execute,
  session: { sha256: string; userId: string; lifetimeSeconds: number },
) {
  return postgres.execute({
    sql: `INSERT INTO sessions (session_sha256, user_id, expires_at)
          VALUES ($1, $2, now() + make_interval(secs => $3))`,
    params: [session.sha256, session.userId, session.lifetimeSeconds],
  });
}

export function selectSession(postgres: Query, sha256: string) {
  return postgres.query({
    sql: `UPDATE sessions SET last_seen_at = now()
          FROM users
          WHERE session_sha256 = $1 AND expires_at > now() AND users.user_id = sessions.user_id
          RETURNING users.user_id, users.name, sessions.expires_at`,
    params: [sha256],
    row: sessionRow,
  });
}

export function deleteSession(postgres: Execute, sha256: string) {
  return postgres.execute({ sql: "DELETE FROM sessions WHERE session_sha256 = $1", params: [sha256] });
}

/** Forgets what can never be used again. */
export function deleteExpired(postgres: Execute) {
  return postgres.execute({
    sql: `WITH old_links AS (DELETE FROM sign_in_links WHERE expires_at < now() - interval '7 days')
          DELETE FROM sessions WHERE expires_at < now()`,
  });
}

/** Held until the end of the transaction; the number only has to be one that nobody else uses. */
export function lockBootstrap(postgres: Execute) {
  return postgres.execute({ sql: "SELECT pg_advisory_xact_lock(7305120, 1)" });
}
