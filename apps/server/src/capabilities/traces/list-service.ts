import { createHash } from "node:crypto";
import { formatFilter, formatInstant } from "@weir/schema";
import type { ParsedFilterClause, TraceSummary } from "@weir/schema";
import { z } from "zod";
import { decodeCursor, encodeCursor } from "../../api/cursor.ts";
import { invalidInput } from "../../errors.ts";
import { countedSpanIds } from "./counting.ts";
import { traceLimits } from "./limits.ts";
import { filterCondition } from "./queries/filter-condition.ts";
import { readCandidates, readShownBefore, readSummaries, readSums } from "./queries/list-queries.ts";
import type { Candidate, Edge, ListPosition, Reader, SpanScope, SummaryRow } from "./queries/list-queries.ts";
import type { TimeRange } from "./request.ts";

export interface ListRequest {
  projectId: string;
  range: TimeRange;
  clauses: readonly ParsedFilterClause[];
  limit: number;
  cursor: string | undefined;
}

/** ClickHouse's text of an instant that there is: it would take the 30th of February for some other day. */
const clickHouseInstant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{3,6}$/)
  .refine((text) => z.iso.datetime().safeParse(`${text.replace(" ", "T")}Z`).success);

/** A cursor is good for the list that it came from and for no other: `list` is that list's fingerprint. */
const cursorSchema = z.strictObject({
  v: z.literal(1),
  list: z.string(),
  at: clickHouseInstant,
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  asOf: clickHouseInstant,
});

/**
 * One page of traces, newest first. A trace is listed when one of its spans matches, and stands where the newest of
 * those began. The pages that follow a first one show the traces as they were ordered when that one was read, so
 * that a trace appears once, whatever arrives meanwhile; what a row says of its trace is always the newest.
 */
export async function listTraces(
  reader: Reader,
  request: ListRequest,
): Promise<{ data: TraceSummary[]; nextCursor: string | null }> {
  const list = fingerprint(request);
  const start = request.cursor === undefined ? null : readPosition(request.cursor, list);
  const scope = scopeOf(request);
  const found = await findTraces(reader, { scope, start, limit: request.limit });
  const page = found.slice(0, request.limit);
  const data = await summarise(reader, { projectId: request.projectId, page });
  const last = page.at(-1);
  const more = found.length > page.length && last !== undefined;
  const nextCursor = more
    ? encodeCursor({ v: 1, list, at: last.at, traceId: last.trace_id, asOf: start?.asOf ?? last.as_of })
    : null;
  return { data, nextCursor };
}

function scopeOf({ projectId, range, clauses }: ListRequest): SpanScope {
  return {
    projectId,
    from: range.fromMs === null ? null : formatInstant(range.fromMs),
    to: range.toMs === null ? null : formatInstant(range.toMs),
    filter: filterCondition(clauses),
  };
}

function fingerprint({ projectId, range, clauses }: ListRequest): string {
  const identity = JSON.stringify([projectId, range.fromMs, range.toMs, formatFilter(clauses)]);
  return createHash("sha256").update(identity).digest("base64url").slice(0, 12);
}

function readPosition(cursor: string, list: string): ListPosition {
  const { list: from, at, traceId, asOf } = decodeCursor(cursor, cursorSchema);
  if (from === list) return { at, traceId, asOf };
  throw invalidInput({
    where: "cursor",
    errors: [{ path: "cursor", message: "belongs to a list with another project, range or filter" }],
    mend: "Keep projectId, from, to and filter as they were on the page that the cursor came from, or leave it out.",
  });
}

/** The traces of a page and, if there is one, the trace after it. */
async function findTraces(
  reader: Reader,
  { scope, start, limit }: { scope: SpanScope; start: ListPosition | null; limit: number },
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  const seen = new Set<string>();
  let below = start;
  let step = limit + 1;
  for (;;) {
    const candidates = await readCandidates(reader, { scope, below, limit: step });
    const traceIds = candidates
      .map((candidate) => candidate.trace_id)
      .filter((traceId) => !seen.has(traceId));
    const shown =
      start === null || traceIds.length === 0
        ? new Set<string>()
        : await readShownBefore(reader, { scope, position: start, traceIds });
    for (const candidate of candidates) {
      if (!seen.has(candidate.trace_id) && !shown.has(candidate.trace_id)) found.push(candidate);
      seen.add(candidate.trace_id);
    }
    const last = candidates.at(-1);
    if (found.length > limit || last === undefined || candidates.length < step) return found;
    below = { at: last.at, traceId: last.trace_id, asOf: start?.asOf ?? last.as_of };
    step = Math.min(step * 2, traceLimits.candidatesMax);
  }
}

async function summarise(
  reader: Reader,
  { projectId, page }: { projectId: string; page: readonly Candidate[] },
): Promise<TraceSummary[]> {
  const newest = page[0];
  const oldest = page.at(-1);
  if (newest === undefined || oldest === undefined) return [];
  const within = { from: oldest.at, to: newest.at };
  const traceIds = page.map((candidate) => candidate.trace_id);
  const summaries = await readSummaries(reader, { projectId, traceIds, within });
  const large = [...summaries.values()]
    .filter((row) => mayCountTwice(row) && row.edge_count > row.edges.length)
    .map((row) => row.trace_id);
  const sums = large.length === 0 ? null : await readSums(reader, { projectId, traceIds: large, within });
  return traceIds.flatMap((traceId) => {
    const row = summaries.get(traceId);
    if (row === undefined) return [];
    const once = sums?.get(traceId);
    return [toTraceSummary({ ...row, ...once }, once === undefined ? row.edges : undefined)];
  });
}

/** Some calls of a trace may have been recorded by the application as well as by the gateway. */
function mayCountTwice(row: SummaryRow): boolean {
  return row.gateway_calls_below > 0 && row.application_calls > 0;
}

/** A row of the list. `edges` are the trace's, to count each call once; without them the row's sums do already. */
export function toTraceSummary(row: SummaryRow, edges: readonly Edge[] | undefined): TraceSummary {
  return {
    traceId: row.trace_id,
    name: row.name,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    status: row.error_count > 0 ? "error" : row.cancelled_count > 0 ? "cancelled" : "ok",
    errorCode: row.error_code,
    spanCount: row.span_count,
    errorCount: row.error_count,
    providers: row.providers,
    ttftMs: row.ttft_ms,
    userId: row.user_id,
    sessionId: row.session_id,
    environment: row.environment,
    tags: row.tags,
    inputPreview: row.input_preview,
    outputPreview: row.output_preview,
    complete: row.complete,
    ...(edges !== undefined && mayCountTwice(row) ? countEdges(edges) : sumsOf(row)),
  };
}

type Sums = Pick<TraceSummary, "generationCount" | "models" | "inputTokens" | "outputTokens" | "costUsd">;

function sumsOf(row: SummaryRow): Sums {
  return {
    generationCount: row.generation_count,
    models: row.models,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    costUsd: row.cost_usd,
  };
}

function countEdges(edges: readonly Edge[]): Sums {
  const counted = countedSpanIds(edges);
  const calls = edges.filter((edge) => counted.has(edge.spanId));
  const priced = calls.flatMap((edge) => (edge.costUsd === null ? [] : [edge.costUsd]));
  const names = [...new Set(calls.map((edge) => edge.model).filter((model) => model !== ""))];
  return {
    generationCount: calls.filter((edge) => edge.kind === "generation").length,
    models: names.toSorted().slice(0, traceLimits.rowNamesMax),
    inputTokens: sum(calls.map((edge) => edge.inputTokens)),
    outputTokens: sum(calls.map((edge) => edge.outputTokens)),
    costUsd: priced.length === 0 ? null : sum(priced),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
