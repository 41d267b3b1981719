import { z } from "zod";

const stateSchema = z.enum(["ok", "degraded", "down"]);

/** `GET /api/v1/system` and, without details of providers, `GET /readyz`. */
export const systemSchema = z.object({
  state: stateSchema,
  version: z.string(),
  startedAt: z.string(),
  components: z.array(
    z.object({
      /** `postgres`, `clickhouse`, `spool`, `gateway`, `disk`. */
      name: z.string(),
      state: stateSchema,
      /** A sentence: what is the matter, since when, what still works, what to do. */
      detail: z.string(),
      since: z.string(),
    }),
  ),
  /** What is not being recorded now, one sentence each; empty when everything is. */
  notRecording: z.array(z.string()),
  spool: z.object({
    segments: z.number().int(),
    bytes: z.number().int(),
    oldestAgeMs: z.number(),
    /** Records that could not be written since the start (disk or spool full). */
    unrecorded: z.number().int(),
  }),
  providers: z.array(
    z.object({
      name: z.string(),
      protocol: z.string(),
      baseUrl: z.string(),
      keyPresent: z.boolean(),
      keyRequired: z.boolean(),
      models: z.number().int(),
      /** Said to be a simulator wherever it shows. */
      simulator: z.boolean(),
      /** Last failure to list its models; empty when there was none. */
      problem: z.string(),
    }),
  ),
});
export type System = z.infer<typeof systemSchema>;

export const modelSchema = z.object({
  /** `provider/model`. */
  model: z.string(),
  provider: z.string(),
  protocol: z.string(),
  simulator: z.boolean(),
});
export const modelsSchema = z.object({ data: z.array(modelSchema) });

/** What ClickHouse refused of one batch of records, as it lies in `spool/dead`. */
export const deadBatchSchema = z.object({
  /** `batch-…`. */
  batchId: z.string(),
  records: z.number().int(),
  bytes: z.number().int(),
  refusedAt: z.string(),
  /** The most frequent reasons, in ClickHouse's words. */
  reasons: z.array(z.object({ reason: z.string(), records: z.number().int() })),
});

/** `GET /api/v1/spool/dead`: the oldest batches in `data`, all of them in the counts. */
export const deadLettersSchema = z.object({
  records: z.number().int(),
  batches: z.number().int(),
  data: z.array(deadBatchSchema),
});

/** `POST /api/v1/spool/dead/retry`; without a batch all of them. */
export const retryDeadSchema = z.strictObject({
  batchId: z
    .string()
    .regex(/^batch-[0-9a-z-]{1,80}$/, 'the id of a batch as "weir spool dead" lists it')
    .optional(),
});
export const retriedDeadSchema = z.object({
  /** What was handed back, and of it what has been refused again or still waits. The rest is in ClickHouse. */
  batches: z.number().int(),
  records: z.number().int(),
  refused: z.number().int(),
  waiting: z.number().int(),
  /** Batches that stay as they are, each with a sentence that says why and what to do. */
  skipped: z.array(z.object({ batchId: z.string(), why: z.string() })),
});
export type RetriedDead = z.infer<typeof retriedDeadSchema>;
