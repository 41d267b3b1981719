import { filterFields, formatInstant, nearestNames, spansOfColumns } from "@weir/schema";
import type { Facet, ParsedFilterClause, SpanDetail, TraceColumns, TraceDetail } from "@weir/schema";
import { invalidInput, notFound } from "../../errors.ts";
import { countedSpanIds } from "./counting.ts";
import { traceLimits } from "./limits.ts";
import { toTraceSummary } from "./list-service.ts";
import { readSpanColumns } from "./queries/column-queries.ts";
import { facetFields, readFacet } from "./queries/facet-queries.ts";
import { filterCondition } from "./queries/filter-condition.ts";
import { readSummaries } from "./queries/list-queries.ts";
import type { Reader } from "./queries/list-queries.ts";
import { readPlacements, readWholeSpan } from "./queries/span-queries.ts";
import type { SpanRow } from "./queries/span-queries.ts";
import type { TimeRange } from "./request.ts";
import { edgesOf, inOrderOfStart, markCounted } from "./span-columns.ts";
import { toSpanDetail } from "./span-detail.ts";

/** One trace with its spans as columns, oldest first, without inputs and outputs. */
export async function readTraceColumns(
  reader: Reader,
  { projectId, traceId }: { projectId: string; traceId: string },
): Promise<TraceColumns> {
  const [summaries, found] = await Promise.all([
    readSummaries(reader, { projectId, traceIds: [traceId], within: null }),
    readSpanColumns(reader, { projectId, traceId }),
  ]);
  const row = summaries.get(traceId);
  if (row === undefined) throw traceNotFound(traceId);
  // Spans that arrived between the two reads are in the sums: they must be in the list as well.
  const isBehind = found.spanId.length < Math.min(row.span_count, traceLimits.traceSpansMax);
  const columns = inOrderOfStart(isBehind ? await readSpanColumns(reader, { projectId, traceId }) : found);
  const edges = edgesOf(columns);
  return {
    ...toTraceSummary(row, edges),
    columns: markCounted(columns, countedSpanIds(edges)),
    spansOmitted: Math.max(0, row.span_count - columns.spanId.length),
  };
}

/** One trace with its spans, oldest first, without inputs and outputs. */
export async function readTrace(
  reader: Reader,
  scope: { projectId: string; traceId: string },
): Promise<TraceDetail> {
  const { columns, spansOmitted, ...summary } = await readTraceColumns(reader, scope);
  return { ...summary, spans: spansOfColumns(columns), spansOmitted };
}

function hasNoFigures(row: SpanRow): boolean {
  return row.input_tokens + row.output_tokens === 0 && row.cost_usd === null;
}

function isCall(row: SpanRow): boolean {
  return row.kind === "generation" || row.kind === "embedding";
}

function traceNotFound(traceId: string): Error {
  const mend = "Check the id and the project. A trace shows within two seconds of its first span's arrival.";
  return notFound({ what: "trace", id: traceId, mend });
}

/** One span whole: messages, raw bodies, proof of its cost. */
export async function readSpan(
  reader: Reader,
  { projectId, traceId, spanId }: { projectId: string; traceId: string; spanId: string },
): Promise<SpanDetail> {
  const row = await readWholeSpan(reader, { projectId, traceId, spanId });
  if (row === null) throw notFound({ what: "span", id: spanId });
  return toSpanDetail(row, { traceId, counted: await isCounted(reader, { projectId, traceId, row }) });
}

async function isCounted(
  reader: Reader,
  { projectId, traceId, row }: { projectId: string; traceId: string; row: SpanRow },
): Promise<boolean> {
  if (hasNoFigures(row)) return true;
  if (!isCall(row)) return false;
  if (row.source === "gateway") return true;
  const placements = await readPlacements(reader, { projectId, traceId });
  const spans = placements.map(({ span_id, parent_span_id, gateway, call }) => ({
    spanId: span_id,
    parentSpanId: parent_span_id,
    gateway,
    call,
  }));
  return countedSpanIds(spans).has(row.span_id);
}

/**
 * The most frequent values of each field. What the filter asks of a field is left out when that field is counted,
 * so that the other values stay there to be chosen.
 */
export async function readFacets(
  reader: Reader,
  request: {
    projectId: string;
    range: TimeRange;
    clauses: readonly ParsedFilterClause[];
    fields: readonly string[];
    nowMs: number;
  },
): Promise<Facet[]> {
  const { projectId, range, clauses, nowMs } = request;
  const fields = readFields(request.fields);
  const fromMs = range.fromMs ?? (range.toMs ?? nowMs) - traceLimits.facetRangeMs;
  return Promise.all(
    fields.map(async (field) => {
      const others = clauses.filter(
        (clause) => !(clause.type === "field" && clause.field === field && !clause.negated),
      );
      const scope = {
        projectId,
        from: formatInstant(Math.max(0, fromMs)),
        to: range.toMs === null ? null : formatInstant(range.toMs),
        filter: filterCondition(others),
      };
      return { field, values: await readFacet(reader, { scope, field }) };
    }),
  );
}

function readFields(fields: readonly string[]): string[] {
  const unique = [...new Set(fields)];
  const errors = unique
    .filter((field) => !facetFields.includes(field))
    .map((field) => {
      const near = nearestNames(field, facetFields);
      const known = filterFields.some(({ name }) => name === field);
      const reason = known
        ? `names \`${field}\`, whose values are not listed`
        : `names \`${field}\`, which is no field`;
      return {
        path: "fields",
        message: near.length > 0 && !known ? `${reason}; nearest: ${near.join(", ")}` : reason,
      };
    });
  if (unique.length > traceLimits.facetFieldsMax) {
    errors.push({ path: "fields", message: `names more than ${traceLimits.facetFieldsMax} fields` });
  }
  if (errors.length === 0) return unique;
  throw invalidInput({ where: "query", errors, mend: `Ask for some of: ${facetFields.join(", ")}.` });
}
