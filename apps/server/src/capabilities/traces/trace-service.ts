import { isModelCall, spansOfColumns } from "@weir/schema";
import type { SpanDetail, TraceColumns, TraceDetail } from "@weir/schema";
import { notFound } from "../../errors.ts";
import { countedSpanIds, hasNoFigures } from "./counting.ts";
import { traceLimits } from "./limits.ts";
import { toTraceSummary } from "./list-service.ts";
import { readSpanColumns } from "./queries/column-queries.ts";
import { readSummaries, readSums } from "./queries/list-queries.ts";
import type { Reader } from "./queries/list-queries.ts";
import { readPlacements, readWholeSpan } from "./queries/span-queries.ts";
import type { SpanRow } from "./queries/span-queries.ts";
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
  const spansOmitted = Math.max(0, row.span_count - columns.spanId.length);
  // What is sent is not all that counts, so ClickHouse counts.
  const sums =
    spansOmitted === 0 ? null : await readSums(reader, { projectId, traceIds: [traceId], within: null });
  return {
    ...toTraceSummary({ ...row, ...sums?.get(traceId) }, sums === null ? edges : undefined),
    columns: markCounted(columns, countedSpanIds(edges)),
    spansOmitted,
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
  const { input_tokens: inputTokens, output_tokens: outputTokens, cost_usd: costUsd } = row;
  if (hasNoFigures({ inputTokens, outputTokens, costUsd })) return true;
  if (!isModelCall(row.kind)) return false;
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
