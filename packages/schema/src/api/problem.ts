import { z } from "zod";

/** An error of the REST API, RFC 9457 (`application/problem+json`). */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  /** A stable code, e.g. `key_not_found`. */
  code: z.string(),
  /** What to do about it, as a sentence. */
  mend: z.string(),
  /** The id to search for in the server's log. */
  requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** A page of a list: `nextCursor` is null on the last one. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() });
}
