import { z } from "zod";

const latencySchema = z.object({ p50: z.number().nullable(), p95: z.number().nullable() });

/** Figures of one time bucket, or of the whole range; durations in milliseconds. */
export const overviewFiguresSchema = z.object({
  calls: z.number().int(),
  errors: z.number().int(),
  costUsd: z.number(),
  /** Calls whose model has no price; the cost leaves them out. */
  unpricedCalls: z.number().int(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  latencyMs: latencySchema,
  ttftMs: latencySchema,
});
export type OverviewFigures = z.infer<typeof overviewFiguresSchema>;

/** `GET /api/v1/overview?from&to&filter`: the home screen. Buckets are aligned, equal and without gaps. */
export const overviewSchema = z.object({
  from: z.string(),
  to: z.string(),
  bucketMs: z.number().int(),
  total: overviewFiguresSchema,
  /** The window of the same length just before, to compare with. */
  previous: overviewFiguresSchema,
  series: z.array(z.object({ at: z.string(), figures: overviewFiguresSchema })),
  /** Busiest first; at most eight models, the rest summed as `other`. */
  models: z.array(
    z.object({
      model: z.string(),
      provider: z.string(),
      total: overviewFiguresSchema,
      series: z.array(z.object({ at: z.string(), figures: overviewFiguresSchema })),
    }),
  ),
});
export type Overview = z.infer<typeof overviewSchema>;
