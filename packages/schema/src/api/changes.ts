import { z } from "zod";

/** Something that changed under a project's calls, dated to the minute of the first call that shows it. */
export const changeSchema = z.object({
  at: z.string(),
  /**
   * `model_first_called`: a model that nobody had called; `model_answered`: a model's calls are answered by another
   * one; `price_version`: calls are priced by another list.
   */
  kind: z.enum(["model_first_called", "model_answered", "price_version"]),
  /** Empty where the change is of no one model. */
  provider: z.string(),
  model: z.string(),
  /** What it was; empty where there was none. */
  before: z.string(),
  after: z.string(),
});
export type Change = z.infer<typeof changeSchema>;

/** `GET /api/v1/changes?from&to&filter`: newest first. */
export const changesSchema = z.object({
  data: z.array(changeSchema),
  /** The instant back to which calls were compared: what was last seen before it counts as new. */
  comparedSince: z.string(),
  /** Older changes of the range that are left out. */
  omitted: z.number().int(),
});
export type Changes = z.infer<typeof changesSchema>;
