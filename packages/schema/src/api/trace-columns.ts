import { z } from "zod";
import { spanSummarySchema, traceSummarySchema, type SpanSummary } from "./trace.ts";

type ListOf = <Item extends z.ZodType>(item: Item) => z.ZodType<z.output<Item>[]>;

/** The fields of a trace's spans, each as a list of its own: item n of every list belongs to span n. */
function columnsOf(listOf: ListOf) {
  const { shape } = spanSummarySchema;
  return z.object({
    spanId: listOf(shape.spanId),
    parentSpanId: listOf(shape.parentSpanId),
    kind: listOf(shape.kind),
    name: listOf(shape.name),
    source: listOf(shape.source),
    serviceName: listOf(shape.serviceName),
    startedAt: listOf(shape.startedAt),
    durationMs: listOf(shape.durationMs),
    ttftMs: listOf(shape.ttftMs),
    interTokenMs: listOf(shape.interTokenMs),
    status: listOf(shape.status),
    httpStatus: listOf(shape.httpStatus),
    errorCode: listOf(shape.errorCode),
    errorMessage: listOf(shape.errorMessage),
    provider: listOf(shape.provider),
    modelAsked: listOf(shape.modelAsked),
    modelAnswered: listOf(shape.modelAnswered),
    streamed: listOf(shape.streamed),
    inputTokens: listOf(shape.inputTokens),
    outputTokens: listOf(shape.outputTokens),
    costUsd: listOf(shape.costUsd),
    counted: listOf(shape.counted),
    inputPreview: listOf(shape.inputPreview),
    outputPreview: listOf(shape.outputPreview),
  });
}

const rest = {
  /** How many spans there are beyond those in `columns`, of which a limited number is sent. */
  spansOmitted: z.number().int(),
};

/**
 * `GET /api/v1/traces/{traceId}/columns`: what `GET /api/v1/traces/{traceId}` answers, with the spans as columns, in the
 * order in which they began. Of a trace of many thousand spans that is half as long, and a fraction of the work on
 * both sides.
 */
export const traceColumnsSchema = traceSummarySchema.extend({
  columns: columnsOf((item) => z.array(item)),
  ...rest,
});
export type TraceColumns = z.infer<typeof traceColumnsSchema>;
export type SpanColumns = TraceColumns["columns"];

/** Whether a value is of a type: of plain ones by `typeof`, of others by the schema, asked once for each value. */
function checkOf(item: z.ZodType): (value: unknown) => boolean {
  if (item instanceof z.ZodNullable) {
    const { innerType } = item.def;
    const check = innerType instanceof z.ZodType ? checkOf(innerType) : () => false;
    return (value) => value === null || check(value);
  }
  const checked = (item.def.checks?.length ?? 0) > 0;
  if (item instanceof z.ZodString && !checked) return (value) => typeof value === "string";
  if (item instanceof z.ZodNumber && !checked) return (value) => typeof value === "number";
  if (item instanceof z.ZodBoolean && !checked) return (value) => typeof value === "boolean";
  const known = new Set<unknown>();
  return (value) => {
    if (known.has(value)) return true;
    const good = item.safeParse(value).success;
    if (good) known.add(value);
    return good;
  };
}

/**
 * A list that is checked in one pass. `z.array` makes an object for every item, which of half a million items takes a
 * quarter of a second in a browser that has just started.
 */
export function plainList<Item extends z.ZodType>(item: Item): z.ZodType<z.output<Item>[]> {
  return z.custom<z.output<Item>[]>((value) => Array.isArray(value) && value.every(checkOf(item)), {
    error: "is not a list of what it should hold",
  });
}

/** Columns as a reader checks them: the same that `traceColumnsSchema` describes, sooner. */
export const plainColumnsSchema = columnsOf(plainList);

/** The answer as a reader checks it, with its columns of one length. */
export const receivedTraceColumnsSchema = traceSummarySchema.extend({
  columns: plainColumnsSchema.refine(
    (columns) => Object.values(columns).every((column) => column.length === columns.spanId.length),
    "columns of different lengths",
  ),
  ...rest,
});

/** The spans of columns that are of one length, each as an object. */
export function spansOfColumns(columns: SpanColumns): SpanSummary[] {
  return columns.spanId.map((spanId, at) => ({
    spanId,
    parentSpanId: itemAt(columns.parentSpanId, at),
    kind: itemAt(columns.kind, at),
    name: itemAt(columns.name, at),
    source: itemAt(columns.source, at),
    serviceName: itemAt(columns.serviceName, at),
    startedAt: itemAt(columns.startedAt, at),
    durationMs: itemAt(columns.durationMs, at),
    ttftMs: itemAt(columns.ttftMs, at),
    interTokenMs: itemAt(columns.interTokenMs, at),
    status: itemAt(columns.status, at),
    httpStatus: itemAt(columns.httpStatus, at),
    errorCode: itemAt(columns.errorCode, at),
    errorMessage: itemAt(columns.errorMessage, at),
    provider: itemAt(columns.provider, at),
    modelAsked: itemAt(columns.modelAsked, at),
    modelAnswered: itemAt(columns.modelAnswered, at),
    streamed: itemAt(columns.streamed, at),
    inputTokens: itemAt(columns.inputTokens, at),
    outputTokens: itemAt(columns.outputTokens, at),
    costUsd: itemAt(columns.costUsd, at),
    counted: itemAt(columns.counted, at),
    inputPreview: itemAt(columns.inputPreview, at),
    outputPreview: itemAt(columns.outputPreview, at),
  }));
}

/** @throws RangeError for a column that is shorter than the others */
function itemAt<Item>(column: readonly Item[], at: number): Item {
  const item = column[at];
  if (item === undefined) throw new RangeError(`A column ends before item ${at}.`);
  return item;
}
