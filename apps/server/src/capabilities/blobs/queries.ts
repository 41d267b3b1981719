import { z } from "zod";
import type { ClickHouse } from "../../capability.ts";

const found = z.object({ found: z.number() });

/**
 * Whether a span of the project refers to the file. The first query asks the text indexes, whose expressions it has
 * to repeat to the letter; the second reads the columns that have none.
 */
export async function projectHasBlob(
  clickhouse: ClickHouse,
  options: { projectId: string; sha256: string; signal: AbortSignal },
): Promise<boolean> {
  const { signal } = options;
  const params = { projectId: options.projectId, sha256: options.sha256 };
  const indexed = await clickhouse.query({
    sql: `SELECT 1 AS found FROM spans
          WHERE project_id = {projectId:String}
            AND (hasAllTokens(lower(replaceRegexpAll(raw_request, '\\\\\\\\[nrt]', ' ')), {sha256:String})
              OR hasAllTokens(lower(replaceRegexpAll(input, '\\\\\\\\[nrt]', ' ')), {sha256:String})
              OR hasAllTokens(lower(replaceRegexpAll(output, '\\\\\\\\[nrt]', ' ')), {sha256:String}))
          LIMIT 1`,
    params,
    row: found,
    signal,
  });
  if (indexed.length > 0) return true;
  const read = await clickhouse.query({
    sql: `SELECT 1 AS found FROM spans
          WHERE project_id = {projectId:String}
            AND (position(raw_response, {sha256:String}) > 0 OR position(upstream_request, {sha256:String}) > 0)
          LIMIT 1`,
    params,
    row: found,
    signal,
  });
  return read.length > 0;
}
