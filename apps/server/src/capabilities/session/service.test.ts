import { pino } from "pino";
import { expect, test } from "vitest";
import type { PostgresSession } from "@weir/store";
import type { Postgres } from "../../capability.ts";
import { ApiError } from "../../errors.ts";
import { createSessions } from "./service.ts";

/** A Postgres in which one link is good; a statement whose text holds `failing` fails. */
function makePostgres(failing: string | null) {
  let linkUsed = false;
  let sessions = 0;
  const check = (sql: string) => {
    if (failing !== null && sql.includes(failing)) throw new Error("connection lost");
  };
  const session: PostgresSession = {
    async query({ sql, row }) {
      check(sql);
      if (!sql.startsWith("UPDATE sign_in_links") || linkUsed) return [];
      linkUsed = true;
      return [row.parse({ user_id: "user_1", name: "Ann" })];
    },
    async execute({ sql }) {
      check(sql);
      if (sql.startsWith("INSERT INTO sessions")) sessions += 1;
      return 1;
    },
  };
  const postgres: Postgres = {
    ...session,
    async transaction(work) {
      const before = { linkUsed, sessions };
      try {
        return await work(session);
      } catch (error) {
        ({ linkUsed, sessions } = before);
        throw error;
      }
    },
  };
  return { postgres, state: () => ({ linkUsed, sessions }) };
}

function makeSessions(failing: string | null) {
  const lines: string[] = [];
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push(line) });
  const { postgres, state } = makePostgres(failing);
  return { sessions: createSessions({ postgres, now: () => 0, log }), state, lines };
}

test("a link becomes a session, once", async () => {
  const { sessions, state } = makeSessions(null);
  await sessions.signIn("token");
  expect(state()).toEqual({ linkUsed: true, sessions: 1 });
  await expect(sessions.signIn("token")).rejects.toThrow(ApiError);
});

test("a link whose session could not be made can be used again", async () => {
  const { sessions, state } = makeSessions("INSERT INTO sessions");
  await expect(sessions.signIn("token")).rejects.toThrow("connection lost");
  expect(state()).toEqual({ linkUsed: false, sessions: 0 });
});

test("old sessions that cannot be forgotten are said, and hinder no sign-in", async () => {
  const { sessions, state, lines } = makeSessions("old_links");
  expect((await sessions.signIn("token")).sessionToken).toMatch(/^[A-Za-z0-9]{43}$/);
  expect(state()).toEqual({ linkUsed: true, sessions: 1 });
  expect(lines.join("")).toContain("connection lost");
});
