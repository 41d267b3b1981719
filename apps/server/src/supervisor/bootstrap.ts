import type { Postgres, PostgresSession } from "@weir/store";
import type { Logger } from "pino";
import { sha256Hex } from "../api/authenticate.ts";
import { bumpConfigVersion, insertKey } from "../capabilities/keys/queries.ts";
import { describeKey } from "../capabilities/keys/service.ts";
import { insertProject, selectProjects } from "../capabilities/projects/queries.ts";
import { insertLink, insertUser, lockBootstrap, selectFirstUser } from "../capabilities/session/queries.ts";
import { newProjectKey, randomBase62 } from "../home/secrets.ts";
import type { Sealer } from "../home/secrets.ts";

const firstLinkLifetimeSeconds = 24 * 3600;

/** What a first start made and shows once; null fields were there before. */
export interface Bootstrapped {
  signInToken: string | null;
  projectKey: string | null;
}

/** Makes the first project, its key and the administrator where they are missing; all of it or nothing. */
export async function bootstrap(options: {
  postgres: Postgres;
  sealer: Sealer;
  bootstrapKey: string | null;
  log: Logger;
}): Promise<Bootstrapped> {
  return options.postgres.transaction(async (session) => {
    // Two servers on one Postgres may start at the same moment.
    await lockBootstrap(session);
    const projectKey = await ensureProject({ ...options, session });
    const signInToken = await ensureAdministrator(session);
    return { signInToken, projectKey };
  });
}

async function ensureProject(options: {
  session: PostgresSession;
  sealer: Sealer;
  bootstrapKey: string | null;
  log: Logger;
}): Promise<string | null> {
  const { session, sealer, bootstrapKey } = options;
  const [existing] = await selectProjects(session);
  if (existing && !bootstrapKey) return null;
  let projectId = existing?.projectId;
  if (projectId === undefined) {
    projectId = `project_${randomBase62(16)}`;
    await insertProject(session, { projectId, name: "Default", slug: "default" });
  }
  const secret = bootstrapKey ?? newProjectKey();
  const key = { ...describeKey({ secret, projectId, name: "First key" }), sealed: sealer.seal(secret) };
  const [row] = await insertKey(session, key);
  if (!row) return null;
  await bumpConfigVersion(session);
  options.log.info({ keyId: row.keyId }, "The first project key was made");
  return existing ? null : secret;
}

async function ensureAdministrator(session: PostgresSession): Promise<string | null> {
  const [existing] = await selectFirstUser(session);
  if (existing) return null;
  const userId = `user_${randomBase62(16)}`;
  await insertUser(session, { userId, name: "Administrator" });
  const token = randomBase62(43);
  await insertLink(session, { sha256: sha256Hex(token), userId, lifetimeSeconds: firstLinkLifetimeSeconds });
  return token;
}
