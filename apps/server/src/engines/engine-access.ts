import type { ClickHouse as StoreClickHouse, Postgres as StorePostgres } from "@weir/store";
import type { ClickHouse, Postgres } from "../capability.ts";
import { engineUnavailable } from "../errors.ts";

/** The Postgres that is up at the moment of each call; throws `postgres_unavailable` while there is none. */
export function accessPostgres(current: () => StorePostgres | null): Postgres {
  const use = (): StorePostgres => {
    const postgres = current();
    if (!postgres) throw engineUnavailable({ engine: "postgres" });
    return postgres;
  };
  return {
    query: async (statement) => use().query(statement),
    execute: async (statement) => use().execute(statement),
    transaction: async (work) => use().transaction(work),
  };
}

/** The ClickHouse that is up at the moment of each call; throws `clickhouse_unavailable` while there is none. */
export function accessClickHouse(current: () => StoreClickHouse | null): ClickHouse {
  return {
    query: async (statement) => {
      const clickhouse = current();
      if (!clickhouse) throw engineUnavailable({ engine: "clickhouse" });
      return clickhouse.query(statement);
    },
  };
}
