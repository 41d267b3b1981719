import { z } from "zod";
import type { ClickHouse } from "../clickhouse/connect-clickhouse.ts";

const identitySchema = z.object({
  project_id: z.string(),
  trace_id: z.string().regex(/^[0-9a-f]{32}$/),
  span_id: z.string().regex(/^[0-9a-f]{16}$/),
  started_at: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/),
});
type Identity = z.infer<typeof identitySchema>;

const presentSchema = z.object({ project_id: z.string(), trace_id: z.string(), span_id: z.string() });

export interface Presence {
  /** Lines whose span is not in the table. */
  absent: Buffer[];
  /** Lines that name no span (no JSON, no valid ids); whether they are there cannot be asked. */
  unknown: Buffer[];
}

/**
 * Which of these spool lines have not reached the `spans` table. ClickHouse remembers insert tokens, but not to
 * the letter: it notes a token just before it puts the rows in place, so an engine killed between the two takes
 * a repeated insert for done although the rows are gone; and it forgets tokens in time. The rows themselves are the
 * only proof, so after an attempt whose outcome is not known they are looked up by their identity.
 */
export async function findAbsent(clickhouse: ClickHouse, lines: readonly Buffer[]): Promise<Presence> {
  const unknown: Buffer[] = [];
  const known: { line: Buffer; identity: Identity }[] = [];
  for (const line of lines) {
    const identity = identitySchema.safeParse(parseJson(line));
    if (identity.success) known.push({ line, identity: identity.data });
    else unknown.push(line);
  }
  if (known.length === 0) return { absent: [], unknown };
  const present = await queryPresent(
    clickhouse,
    known.map(({ identity }) => identity),
  );
  const absent = known.filter(({ identity }) => !present.has(keyOf(identity))).map(({ line }) => line);
  return { absent, unknown };
}

/**
 * One question for all: a statement sees one state of the table, while two could fall on either side of an insert
 * that is just being finished.
 */
async function queryPresent(clickhouse: ClickHouse, identities: readonly Identity[]): Promise<Set<string>> {
  const times = identities.map(({ started_at: startedAt }) => startedAt).toSorted();
  // Parameters travel in the URL, which is too short for these; the pattern above leaves only digits and letters.
  const traces = [...new Set(identities.map(({ trace_id: traceId }) => `'${traceId}'`))].join(",");
  const rows = await clickhouse.query({
    sql: `SELECT DISTINCT project_id, trace_id, span_id FROM spans
      WHERE started_at >= {from:DateTime64(6, 'UTC')} AND started_at <= {to:DateTime64(6, 'UTC')}
        AND trace_id IN (${traces})`,
    params: { from: times[0], to: times.at(-1) },
    settings: { max_query_size: traces.length + 10_000, max_ast_elements: 10_000_000 },
    row: presentSchema,
  });
  return new Set(rows.map(keyOf));
}

function keyOf(identity: { project_id: string; trace_id: string; span_id: string }): string {
  return `${identity.trace_id}${identity.span_id}${identity.project_id}`;
}

function parseJson(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString());
  } catch {
    return null;
  }
}
