import type { Logger } from "pino";
import { sha256Hex } from "../../api/authenticate.ts";
import type { FindSession } from "../../api/authenticate.ts";
import type { Postgres } from "../../capability.ts";
import { ApiError } from "../../errors.ts";
import { randomBase62 } from "../../home/secrets.ts";
import {
  deleteExpired,
  deleteSession,
  insertLink,
  insertSession,
  selectFirstUser,
  selectSession,
  useLink,
} from "./queries.ts";

/** How long a session lasts, in seconds. */
export const sessionLifetimeSeconds = 30 * 24 * 3600;
/** A session is looked up again after this time, so a session that was ended elsewhere ends here as well. */
const rememberMs = 10_000;
const rememberedMax = 10_000;

interface Remembered {
  user: { userId: string; name: string };
  checkedAtMs: number;
  expiresAtMs: number;
}

/** Sign-in links and console sessions; a session seen before goes on while Postgres is away. */
export interface Sessions {
  find: FindSession;
  /** A new one-time token for the administrator. */
  createLinkToken(lifetimeSeconds: number): Promise<string>;
  /** Exchanges a one-time token for a session's token; throws `link_invalid`. */
  signIn(token: string): Promise<{ sessionToken: string }>;
  signOut(sha256: string): Promise<void>;
}

export function createSessions(options: {
  postgres: Postgres;
  now: () => number;
  log: Pick<Logger, "warn">;
}): Sessions {
  const { postgres, now, log } = options;
  const remembered = new Map<string, Remembered>();
  const remember = (sha256: string, entry: Remembered) => {
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(sha256, entry);
  };
  return {
    async find(sha256) {
      const known = remembered.get(sha256);
      const alive = known && known.expiresAtMs > now() ? known : undefined;
      if (alive && now() - alive.checkedAtMs < rememberMs) return { sessionId: sha256, ...alive.user };
      try {
        const [row] = await selectSession(postgres, sha256);
        remembered.delete(sha256);
        if (!row) return null;
        const user = { userId: row.userId, name: row.name };
        remember(sha256, { user, checkedAtMs: now(), expiresAtMs: Date.parse(row.expiresAt) });
        return { sessionId: sha256, ...user };
      } catch (error) {
        if (alive) return { sessionId: sha256, ...alive.user };
        throw error;
      }
    },
    async createLinkToken(lifetimeSeconds) {
      const [user] = await selectFirstUser(postgres);
      if (!user) throw new Error("There is no administrator, which the first start makes");
      const token = randomBase62(43);
      await insertLink(postgres, { sha256: sha256Hex(token), userId: user.userId, lifetimeSeconds });
      return token;
    },
    async signIn(token) {
      const sessionToken = randomBase62(43);
      const sha256 = sha256Hex(sessionToken);
      // Both or neither: a link that was used up without a session would lock its owner out.
      const user = await postgres.transaction(async (transaction) => {
        const [found] = await useLink(transaction, sha256Hex(token));
        if (!found) throw linkInvalid();
        const { userId } = found;
        await insertSession(transaction, { sha256, userId, lifetimeSeconds: sessionLifetimeSeconds });
        return found;
      });
      await deleteExpired(postgres).catch((error: unknown) => {
        log.warn(
          { err: error },
          "Sessions that have expired could not be deleted; the next sign-in tries again",
        );
      });
      remember(sha256, { user, checkedAtMs: now(), expiresAtMs: now() + sessionLifetimeSeconds * 1000 });
      return { sessionToken };
    },
    async signOut(sha256) {
      remembered.delete(sha256);
      await deleteSession(postgres, sha256);
    },
  };
}

function linkInvalid(): ApiError {
  return new ApiError({
    code: "link_invalid",
    status: 401,
    title: "Sign-in link refused",
    detail: "This sign-in link has been used, has expired, or was never given out.",
    mend: 'Make a new one with "weir link".',
  });
}
