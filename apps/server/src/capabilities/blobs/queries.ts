import { z } from "zod";
import type { ClickHouse } from "../../capability.ts";

/** Where a file may be referred to, the soonest read first. */
const places = [
  "hasAllTokens(search_text, {sha256:String})",
  // Behind the part of a text that is searched (0002-search-text.sql).
  `length(input) + length(output) + length(raw_request) > 4194304 AND (position(input, {sha256:String}) > 0
    OR position(output, {sha256:String}) > 0 OR position(raw_request, {sha256:String}) > 0)`,
  "position(raw_response, {sha256:String}) > 0 OR position(upstream_request, {sha256:String}) > 0",
];

/** Whether a span of the project refers to the file: for files that an earlier Weir wrote, without whose they are. */
export async function projectHasBlob(
  clickhouse: ClickHouse,
  options: { projectId: string; sha256: string; signal: AbortSignal },
): Promise<boolean> {
  const { projectId, sha256, signal } = options;
  for (const place of places) {
    const found = await clickhouse.query({
      sql: `SELECT 1 AS found FROM spans WHERE project_id = {projectId:String} AND (${place}) LIMIT 1`,
      params: { projectId, sha256 },
      row: z.object({ found: z.number() }),
      signal,
    });
    if (found.length > 0) return true;
  }
  return false;
}
