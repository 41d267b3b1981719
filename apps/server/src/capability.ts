import type { Logger } from "pino";
import type { z } from "zod";
import type {
  BlobStore,
  ClickHouse as StoreClickHouse,
  listDeadLetters,
  Postgres as StorePostgres,
  Shipper,
} from "@weir/store";
import type { Permission, Principal } from "./api/permissions.ts";
import type { Projects } from "./capabilities/projects/service.ts";
import type { Sessions } from "./capabilities/session/service.ts";
import type { Sealer } from "./home/secrets.ts";
import type { Runtime } from "./runtime.ts";

/**
 * Reads and writes Postgres: the store's interface, that of the engine which runs now. Every call throws
 * `engineUnavailable` while Postgres is away.
 */
export type Postgres = Pick<StorePostgres, "query" | "execute" | "transaction">;

/** Reads ClickHouse, likewise. Pass `call.signal` so that a query ends when its caller goes away. */
export type ClickHouse = Pick<StoreClickHouse, "query">;

/** Content-addressed files of media that left the rows; null when there is none of that name. */
type Blobs = Pick<BlobStore, "read" | "belongsTo">;

/** Records on their way to ClickHouse, and those that it refused for what they contain. */
export interface Spool {
  listDead(options: { batchesMax: number }): ReturnType<typeof listDeadLetters>;
  deadRecords(): number;
  retryDead: Shipper["retryDead"];
  /** How many bytes more the spool may hold. */
  roomBytes(): number;
}

/** What every capability is given once, at start. */
export interface Services {
  postgres: Postgres;
  clickhouse: ClickHouse;
  blobs: Blobs;
  spool: Spool;
  projects: Projects;
  sessions: Sessions;
  sealer: Sealer;
  /** The running system: its state, its configuration, its snapshot of keys and providers. */
  runtime: Runtime;
  log: Logger;
  /** Milliseconds since 1970 UTC. */
  now: () => number;
}

/** One call of a route, parsed and authorised. */
interface RouteCall<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  /**
   * The project that the caller may see and asked for; scope every query to it. Empty for a route whose
   * `scope` is `none`.
   */
  projectId: string;
  principal: Principal;
  requestId: string;
  /** Aborted when the caller goes away. */
  signal: AbortSignal;
  request: Request;
}

/** What a route is made of; see `defineRoute`. */
export interface RouteSpec<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Result extends z.ZodType,
> {
  method: "get" | "post" | "put" | "patch" | "delete";
  /** Below `/api/v1`, parameters in braces: `/traces/{traceId}`. */
  path: string;
  /** Deny by default: there is no route without one. `public` has to be said. */
  permission: Permission;
  /** `project`: the route takes an optional `projectId` in its query and is given the one it may use. */
  scope: "project" | "none";
  summary: string;
  /** Use `z.strictObject`: unknown fields are refused by name. Query values arrive as text: use `z.coerce`. */
  params?: Params;
  query?: Query;
  body?: Body;
  result: Result;
  /** What the handler's own `Response` is made of, a range of media types; `application/json` unless told. */
  mediaType?: string;
  /** Success status; 200 unless told. */
  status?: number;
  handle(
    call: RouteCall<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<z.input<Result> | Response>;
}

/** A route whose types have been checked by `defineRoute` and need not be known any more. */
export interface ApiRoute {
  method: RouteSpec<z.ZodObject, z.ZodObject, z.ZodType, z.ZodType>["method"];
  path: string;
  permission: Permission;
  scope: "project" | "none";
  summary: string;
  params: z.ZodObject | undefined;
  query: z.ZodObject;
  body: z.ZodType | undefined;
  result: z.ZodType;
  mediaType: string;
  status: number;
  /** Parses what arrived and runs the handler. */
  run(
    call: RouteCall<unknown, unknown, unknown>,
  ): Promise<{ kind: "json"; value: unknown } | { kind: "response"; response: Response }>;
}

/** One room of the control plane: a folder `capabilities/<name>/` and one line in `capabilities/index.ts`. */
export interface Capability {
  name: string;
  routes(services: Services): ApiRoute[];
}
