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
