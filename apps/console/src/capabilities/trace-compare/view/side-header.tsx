import { Link } from "@tanstack/react-router";
import type { SpanSummary, TraceDetail } from "@weir/schema";
import { clsx } from "clsx";
import type { ReactNode } from "react";
import { SimulatorBadge } from "../../../components/badge.tsx";
import { Button } from "../../../components/button.tsx";
import { ErrorState } from "../../../components/error-state.tsx";
import { shortId } from "../../../components/format.ts";
import { ModelDot } from "../../../components/model-dot.tsx";
import { RelativeTime } from "../../../components/relative-time.tsx";
import { Skeleton } from "../../../components/skeleton.tsx";
import { StatusMark } from "../../../components/status-mark.tsx";
import { isTraceNotFound } from "../../trace-view/trace-queries.ts";
import { comparableSpans } from "../choose-spans.ts";
import { SideLetter } from "./side-pair.tsx";

export interface SideState {
  traceId: string;
  trace: TraceDetail | undefined;
  error: unknown;
  retrying: boolean;
  retry: () => void;
}

interface SideHeaderProps {
  side: "left" | "right";
  state: SideState;
  /** The span of it that is compared. */
  span: SpanSummary | undefined;
  onSpan: (spanId: string) => void;
}

/** Which trace stands on this side, and which of its spans. */
export function SideHeader({ side, state, span, onSpan }: SideHeaderProps): ReactNode {
  const { trace, error } = state;
  return (
    <section
      aria-label={side === "left" ? "Trace A" : "Trace B"}
      className={clsx(
        "flex min-w-0 gap-2 px-4 py-2",
        side === "left" ? "medium:border-r medium:border-line" : "max-medium:border-t max-medium:border-line",
      )}
    >
      <SideLetter side={side} />
      <div className="min-w-0 flex-1">
        {trace !== undefined ? (
          <Summary trace={trace} span={span} onSpan={onSpan} side={side} />
        ) : error === null ? (
          <div aria-busy="true" className="flex flex-col gap-2.5 py-1">
            <Skeleton width={180} />
            <Skeleton width={260} />
          </div>
        ) : (
          <Missing state={state} />
        )}
      </div>
    </section>
  );
}

function Missing({ state }: { state: SideState }): ReactNode {
  if (!isTraceNotFound(state.error)) {
    return (
      <ErrorState
        compact
        title="This trace could not be read"
        error={state.error}
        stillWorks="Recording goes on; nothing of the trace is lost."
        onRetry={state.retry}
        retrying={state.retrying}
      />
    );
  }
  return (
    <div role="alert">
      <h2>
        <StatusMark state="error" label="No such trace" />
      </h2>
      <p className="mt-1 max-w-[60ch] text-soft">
        Nothing is recorded under <code className="[overflow-wrap:anywhere]">{state.traceId}</code> in this
        project. It may belong to another project, or it may have been deleted.
      </p>
      <Button size="small" className="mt-2" onClick={state.retry} disabled={state.retrying}>
        Look again
      </Button>
    </div>
  );
}

function Summary({
  trace,
  span,
  onSpan,
  side,
}: Pick<SideHeaderProps, "span" | "onSpan" | "side"> & { trace: TraceDetail }): ReactNode {
  const [model] = trace.models;
  return (
    <>
      <div className="flex min-w-0 items-baseline gap-2">
        <h2 className="min-w-0 truncate text-body font-semibold">
          <Link
            to="/traces/$traceId"
            params={{ traceId: trace.traceId }}
            search={({ project, zone }) => ({ project, zone, span: span?.spanId })}
            className="text-accent-text hover:underline"
            title="Open the trace"
          >
            {trace.name === "" ? "unnamed trace" : trace.name}
          </Link>
        </h2>
        <code className="shrink-0 text-label text-muted" title={trace.traceId}>
          {shortId(trace.traceId)}
        </code>
      </div>
      <div className="flex min-w-0 flex-wrap items-center gap-x-3 text-table text-soft">
        {model === undefined ? null : (
          <span className="inline-flex min-w-0 items-center gap-1.5" title={trace.models.join("\n")}>
            <ModelDot model={model} />
            <span className="truncate">{model}</span>
            {trace.models.length > 1 ? <span className="text-muted">+{trace.models.length - 1}</span> : null}
            {trace.providers.includes("sim") ? <SimulatorBadge /> : null}
          </span>
        )}
        <StatusMark
          state={trace.status}
          {...(trace.errorCode === "" ? {} : { label: trace.errorCode })}
          className={trace.status === "error" ? "text-bad-text" : ""}
        />
        <RelativeTime at={trace.startedAt} className="text-muted" />
        <SpanPicker trace={trace} span={span} onSpan={onSpan} side={side} />
      </div>
    </>
  );
}

/** More would make a list that nobody reads; the URL takes any span. */
const pickedMax = 300;

function SpanPicker({
  trace,
  span,
  onSpan,
  side,
}: Pick<SideHeaderProps, "span" | "onSpan" | "side"> & { trace: TraceDetail }): ReactNode {
  const all = comparableSpans(trace);
  if (all.length < 2) return null;
  const shown = all.slice(0, pickedMax);
  if (span !== undefined && !shown.includes(span)) shown.push(span);
  const label = `Span of ${side === "left" ? "A" : "B"} that is compared`;
  return (
    <label className="inline-flex min-w-0 items-center gap-1.5">
      <span className="text-label text-muted">span</span>
      <select
        aria-label={label}
        value={span?.spanId}
        onChange={(event) => onSpan(event.currentTarget.value)}
        className="h-6 max-w-56 min-w-0 rounded-md border border-line-strong bg-surface px-1 text-table text-text"
      >
        {shown.map((each, at) => (
          <option key={each.spanId} value={each.spanId}>
            {at + 1}. {each.name}
          </option>
        ))}
      </select>
    </label>
  );
}
