import type { ApiKey } from "@weir/schema";
import { sha256Hex } from "../../api/authenticate.ts";
import type { Postgres } from "../../capability.ts";
import { notFound } from "../../errors.ts";
import { newProjectKey, randomBase62 } from "../../home/secrets.ts";
import { bumpConfigVersion, insertKey, revokeKey, selectKeys } from "./queries.ts";

/** Characters of a key that a list shows. */
const prefixCharacters = 10;

/** What a key's row is made of; the key itself is in none of its fields. */
export function describeKey(options: { secret: string; projectId: string; name: string }) {
  return {
    keyId: `key_${randomBase62(16)}`,
    projectId: options.projectId,
    name: options.name,
    prefix: `${options.secret.slice(0, prefixCharacters)}…`,
    sha256: sha256Hex(options.secret),
  };
}

export interface Keys {
  list(projectId: string): Promise<ApiKey[]>;
  /** Returns when the gateway knows the key. */
  create(options: { projectId: string; name: string }): Promise<{ key: ApiKey; secret: string }>;
  /** Returns when the gateway refuses the key. */
  revoke(keyId: string): Promise<ApiKey>;
}

export function createKeys(options: { postgres: Postgres; refreshSnapshot: () => Promise<void> }): Keys {
  const { postgres, refreshSnapshot } = options;
  return {
    list: (projectId) => selectKeys(postgres, projectId),
    async create({ projectId, name }) {
      const secret = newProjectKey();
      const key = await postgres.transaction(async (transaction) => {
        const [row] = await insertKey(transaction, {
          ...describeKey({ secret, projectId, name }),
          sealed: null,
        });
        if (!row) throw new Error("A random key collided with another, which cannot happen");
        await bumpConfigVersion(transaction);
        return row;
      });
      await refreshSnapshot();
      return { key, secret };
    },
    async revoke(keyId) {
      const key = await postgres.transaction(async (transaction) => {
        const [row] = await revokeKey(transaction, keyId);
        if (row) await bumpConfigVersion(transaction);
        return row;
      });
      if (!key) throw notFound({ what: "key", id: keyId, mend: '"weir key list" shows every key.' });
      await refreshSnapshot();
      return key;
    },
  };
}
