import type { TraceSummary } from "@weir/schema";
import type { ReactNode } from "react";
import { SimulatorBadge } from "../../components/badge.tsx";
import { CountFigure, DurationFigure, UsdFigure } from "../../components/figure.tsx";
import { nothing } from "../../components/format.ts";
import { ModelDot } from "../../components/model-dot.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { StatusMark } from "../../components/status-mark.tsx";

/** A term that `F` adds to the query for a cell. */
interface CellFilter {
  field: string;
  value: string;
}

/** One column of the trace list. */
export interface TraceColumn {
  id: string;
  title: string;
  /** What the column shows, on hover of its header. */
  definition: string;
  /** CSS width: a fixed one, or a share of what is left. */
  width: string;
  minWidth: number;
  numeric: boolean;
  cell: (row: TraceSummary, zone: string) => ReactNode;
  /** What filtering by the cell means; null where it means nothing. */
  filter: (row: TraceSummary) => CellFilter | null;
}

const none = (): null => null;

function column(
  id: string,
  title: string,
  rest: Pick<TraceColumn, "definition" | "cell"> & Partial<TraceColumn> & { minWidth: number },
): TraceColumn {
  return { id, title, numeric: false, width: `${rest.minWidth}px`, filter: none, ...rest };
}

function textCell(text: string): ReactNode {
  return text === "" ? <Nothing /> : <span title={text}>{text}</span>;
}

function Nothing(): ReactNode {
  return <span className="text-muted">{nothing}</span>;
}

function valueFilter(field: string, value: string): CellFilter | null {
  return value === "" ? null : { field, value };
}

/** A model with its colour; its simulator badge where it is one. */
function ModelCell({ row }: { row: TraceSummary }): ReactNode {
  const [first, ...others] = row.models;
  if (first === undefined) return <Nothing />;
  return (
    <span className="flex min-w-0 items-center gap-1.5" title={row.models.join("\n")}>
      <ModelDot model={first} />
      <span className="truncate">{first}</span>
      {others.length === 0 ? null : <span className="shrink-0 text-muted">+{others.length}</span>}
      {row.providers.includes("sim") ? <SimulatorBadge /> : null}
    </span>
  );
}

function StatusCell({ row }: { row: TraceSummary }): ReactNode {
  if (row.status === "error") {
    return (
      <span title={row.errorCode} className="flex min-w-0 items-center">
        <StatusMark
          state="error"
          {...(row.errorCode === "" ? {} : { label: row.errorCode })}
          className="max-w-full text-bad-text"
        />
      </span>
    );
  }
  return (
    <span className="flex min-w-0 items-center gap-1">
      <StatusMark state={row.status} className="text-muted" />
      {row.complete ? null : (
        <span title="A parent span was named but has not arrived." className="text-muted">
          incomplete
        </span>
      )}
    </span>
  );
}

/** Every column there is, in the order in which they stand. */
export const traceColumns: readonly TraceColumn[] = [
  column("time", "Started", {
    minWidth: 88,
    definition: "When the trace's first span started.",
    cell: (row, zone) => <RelativeTime at={row.startedAt} zone={zone} className="text-muted" />,
  }),
  column("status", "Status", {
    minWidth: 116,
    definition: "How the trace ended: the code of its first error, if there was one.",
    cell: (row) => <StatusCell row={row} />,
    filter: (row) =>
      row.errorCode === ""
        ? { field: "status", value: row.status }
        : { field: "error", value: row.errorCode },
  }),
  column("name", "Name", {
    minWidth: 106,
    definition: "The root span's name.",
    cell: (row) => textCell(row.name),
    filter: (row) => valueFilter("name", row.name),
  }),
  column("model", "Model", {
    minWidth: 158,
    definition: "The models that answered in this trace.",
    cell: (row) => <ModelCell row={row} />,
    filter: (row) => valueFilter("model", row.models[0] ?? ""),
  }),
  column("input", "Input", {
    minWidth: 96,
    width: "minmax(96px, 1fr)",
    definition: "The beginning of the last user message.",
    cell: (row) => <span className="text-soft">{textCell(row.inputPreview)}</span>,
  }),
  column("output", "Output", {
    minWidth: 96,
    width: "minmax(96px, 1fr)",
    definition: "The beginning of the answer.",
    cell: (row) => <span className="text-soft">{textCell(row.outputPreview)}</span>,
  }),
  column("latency", "Latency", {
    minWidth: 74,
    numeric: true,
    definition: "From the start of the first span to the end of the last.",
    cell: (row) => <DurationFigure value={row.durationMs} light />,
  }),
  column("ttft", "TTFT", {
    minWidth: 74,
    numeric: true,
    definition: "Time to first token, of streamed answers.",
    cell: (row) => <DurationFigure value={row.ttftMs} light />,
  }),
  column("tokens", "Tokens", {
    minWidth: 66,
    numeric: true,
    definition: "Input and output tokens, each call counted once.",
    cell: (row) => (
      <CountFigure
        value={row.inputTokens + row.outputTokens}
        definition={`${row.inputTokens} in, ${row.outputTokens} out`}
        light
      />
    ),
  }),
  column("cost", "Cost", {
    minWidth: 90,
    numeric: true,
    definition: "US dollars, by the price list; a dash when a model has no price.",
    cell: (row) => <UsdFigure value={row.costUsd} light />,
  }),
  column("spans", "Spans", {
    minWidth: 68,
    numeric: true,
    definition: "Spans of the trace that have arrived.",
    cell: (row) => <CountFigure value={row.spanCount} light />,
  }),
  column("input_tokens", "Tokens in", {
    minWidth: 84,
    numeric: true,
    definition: "Tokens read by models.",
    cell: (row) => <CountFigure value={row.inputTokens} light />,
  }),
  column("output_tokens", "Tokens out", {
    minWidth: 88,
    numeric: true,
    definition: "Tokens written by models.",
    cell: (row) => <CountFigure value={row.outputTokens} light />,
  }),
  column("errors", "Errors", {
    minWidth: 68,
    numeric: true,
    definition: "Spans that failed.",
    cell: (row) => <CountFigure value={row.errorCount} light />,
  }),
  column("provider", "Provider", {
    minWidth: 110,
    definition: "Who ran the models.",
    cell: (row) => textCell(row.providers.join(", ")),
    filter: (row) => valueFilter("provider", row.providers[0] ?? ""),
  }),
  column("user", "User", {
    minWidth: 130,
    definition: "The application's user.",
    cell: (row) => textCell(row.userId),
    filter: (row) => valueFilter("user", row.userId),
  }),
  column("session", "Session", {
    minWidth: 130,
    definition: "The conversation.",
    cell: (row) => textCell(row.sessionId),
    filter: (row) => valueFilter("session", row.sessionId),
  }),
  column("environment", "Environment", {
    minWidth: 110,
    definition: "Where the application runs.",
    cell: (row) => textCell(row.environment),
    filter: (row) => valueFilter("environment", row.environment),
  }),
  column("tags", "Tags", {
    minWidth: 140,
    definition: "Tags of the trace's spans.",
    cell: (row) => textCell(row.tags.join(", ")),
    filter: (row) => valueFilter("tag", row.tags[0] ?? ""),
  }),
  column("trace", "Trace id", {
    minWidth: 250,
    definition: "The trace's id.",
    cell: (row) => <code>{row.traceId}</code>,
    filter: (row) => ({ field: "trace", value: row.traceId }),
  }),
];

/** Shown until the reader chooses others. */
export const defaultColumnIds: readonly string[] = [
  "time",
  "status",
  "name",
  "model",
  "input",
  "output",
  "latency",
  "ttft",
  "tokens",
  "cost",
];

/** Reads `time,status,cost`; unknown names are left out, and none at all means the default. */
export function readColumns(text: string | null | undefined): readonly TraceColumn[] {
  const ids = text === null || text === undefined || text === "" ? defaultColumnIds : text.split(",");
  const chosen = traceColumns.filter((each) => ids.includes(each.id));
  return chosen.length > 0 ? chosen : traceColumns.filter((each) => defaultColumnIds.includes(each.id));
}
