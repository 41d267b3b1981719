import { isModelCall, type SpanColumns } from "@weir/schema";
import { hasNoFigures } from "./counting.ts";
import { columnsRowSchema, type ColumnsRow } from "./queries/column-queries.ts";
import type { Edge } from "./queries/list-queries.ts";

/** The columns with the spans in the order in which they began, which is how they come as a rule. */
export function inOrderOfStart(columns: ColumnsRow): ColumnsRow {
  const { startedAt, spanId } = columns;
  const compare = (a: number, b: number): number =>
    compareTexts(startedAt[a] ?? "", startedAt[b] ?? "") || compareTexts(spanId[a] ?? "", spanId[b] ?? "");
  if (spanId.every((_, at) => at === 0 || compare(at - 1, at) <= 0)) return columns;
  const order = spanId.map((_, at) => at).toSorted(compare);
  const sorted = Object.entries(columns).map(([name, column]) => [name, order.map((at) => column[at])]);
  return columnsRowSchema.parse(Object.fromEntries(sorted));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What counting a trace's calls needs of each span. */
export function edgesOf(columns: ColumnsRow): Edge[] {
  return columns.spanId.map((spanId, at) => {
    const kind = columns.kind[at] ?? "span";
    return {
      spanId,
      parentSpanId: columns.parentSpanId[at] ?? "",
      gateway: columns.source[at] === "gateway",
      call: isModelCall(kind),
      kind,
      model: columns.modelName[at] ?? "",
      inputTokens: columns.inputTokens[at] ?? 0,
      outputTokens: columns.outputTokens[at] ?? 0,
      costUsd: columns.costUsd[at] ?? null,
    };
  });
}

/** The columns as they are sent, with what counts. */
export function markCounted(
  { modelName: _modelName, ...columns }: ColumnsRow,
  counted: ReadonlySet<string>,
): SpanColumns {
  return {
    ...columns,
    counted: columns.spanId.map((spanId, at) => {
      const inputTokens = columns.inputTokens[at] ?? 0;
      const outputTokens = columns.outputTokens[at] ?? 0;
      return (
        counted.has(spanId) ||
        hasNoFigures({ inputTokens, outputTokens, costUsd: columns.costUsd[at] ?? null })
      );
    }),
  };
}
