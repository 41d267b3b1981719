import type { TraceDetail } from "@weir/schema";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { SimulatorBadge } from "../../../components/badge.tsx";
import { Button } from "../../../components/button.tsx";
import { CopyButton } from "../../../components/code-block.tsx";
import { Figure } from "../../../components/figure.tsx";
import {
  exactCount,
  exactDuration,
  exactUsd,
  formatCount,
  formatDuration,
  formatUsd,
  shortId,
} from "../../../components/format.ts";
import { ModelDot } from "../../../components/model-dot.tsx";
import { RelativeTime } from "../../../components/relative-time.tsx";
import { StatusMark } from "../../../components/status-mark.tsx";
import { FilterLink } from "../navigation-context.tsx";
import type { SpanTree } from "../tree/span-tree.ts";
import { downloadWords, useTraceDownload } from "./trace-download.ts";

/** What a trace is, in two lines, with the way to others like it. */
export function TraceHeader({
  trace,
  tree,
  projectId,
  metadata,
}: {
  trace: TraceDetail;
  tree: SpanTree;
  projectId: string | undefined;
  /** Of the root span, once it has been read. */
  metadata: Readonly<Record<string, string>>;
}): ReactNode {
  return (
    <header className="shrink-0 border-b border-line bg-surface px-4 pt-3 pb-2.5">
      <div className="flex flex-wrap items-start gap-x-2 gap-y-1">
        <h1 className="min-w-0 flex-1 basis-40 text-heading [overflow-wrap:anywhere]">
          {trace.name === "" ? "unnamed trace" : trace.name}
        </h1>
        <HeaderActions trace={trace} projectId={projectId} />
      </div>
      <div className="mt-1 flex flex-wrap items-baseline gap-x-5 gap-y-1">
        <StatusMark
          state={trace.status}
          {...(trace.status === "error" && trace.errorCode !== "" ? { label: trace.errorCode } : {})}
          className={trace.status === "error" ? "text-bad-text" : ""}
        />
        <span className="text-soft">
          <RelativeTime at={trace.startedAt} />
        </span>
        <Measures trace={trace} />
        <Models trace={trace} />
      </div>
      <Owners trace={trace} metadata={metadata} />
      <Incomplete trace={trace} tree={tree} />
    </header>
  );
}

function HeaderActions({
  trace,
  projectId,
}: {
  trace: TraceDetail;
  projectId: string | undefined;
}): ReactNode {
  const download = useTraceDownload({ trace, projectId });
  return (
    <span className="-mt-0.5 flex shrink-0 items-center gap-1">
      <code className="text-label text-muted max-narrow:hidden" title={trace.traceId}>
        {shortId(trace.traceId)}
      </code>
      <CopyButton text={trace.traceId} label="Copy trace id" />
      <Button
        size="small"
        variant="ghost"
        onClick={download.start}
        disabled={download.running}
        title={downloadWords(trace.spans.length).before}
      >
        <Download />
        {download.running ? `${download.doneCount} of ${trace.spans.length}` : "JSON"}
      </Button>
      <output className="text-table">
        {download.lack === "" ? null : (
          <StatusMark state="degraded" label={download.lack} className="text-warn-text" />
        )}
        {download.failure === "" ? null : (
          <span className="text-bad-text" title={download.failure}>
            <StatusMark state="error" label="Download failed" />
            <span className="sr-only">: {download.failure}</span>
          </span>
        )}
      </output>
    </span>
  );
}

function Measure({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <span className="inline-flex items-baseline gap-1.5">
      <span className="text-label text-muted">{label}</span>
      {children}
    </span>
  );
}

function Measures({ trace }: { trace: TraceDetail }): ReactNode {
  const tokens = `${formatCount(trace.inputTokens)} → ${formatCount(trace.outputTokens)}`;
  return (
    <>
      <Measure label="duration">
        <Figure text={formatDuration(trace.durationMs)} exact={exactDuration(trace.durationMs)} light />
      </Measure>
      {trace.ttftMs === null ? null : (
        <Measure label="TTFT">
          <Figure
            text={formatDuration(trace.ttftMs)}
            exact={exactDuration(trace.ttftMs)}
            definition="Time to first token"
            light
          />
        </Measure>
      )}
      {trace.inputTokens + trace.outputTokens === 0 ? null : (
        <Measure label="tokens">
          <Figure
            text={tokens}
            exact={`${exactCount(trace.inputTokens)} in, ${exactCount(trace.outputTokens)} out`}
            definition="Each model call counted once"
            light
          />
        </Measure>
      )}
      {trace.generationCount === 0 ? null : (
        <Measure label="cost">
          <Figure
            text={formatUsd(trace.costUsd)}
            exact={exactUsd(trace.costUsd)}
            definition="Each model call counted once"
            light
          />
        </Measure>
      )}
      {trace.spanCount < 2 ? null : (
        <Measure label="spans">
          <Figure
            text={formatCount(trace.spanCount)}
            exact={`${exactCount(trace.spanCount)} spans, ${exactCount(trace.generationCount)} generations, ${exactCount(trace.errorCount)} failed`}
            light
          />
          {trace.errorCount === 0 ? null : (
            <span className="text-table text-bad-text">
              <StatusMark state="error" label={`${formatCount(trace.errorCount)} failed`} />
            </span>
          )}
        </Measure>
      )}
    </>
  );
}

/** Beyond this many, the rest of the models is a count. */
const modelsShown = 4;

function Models({ trace }: { trace: TraceDetail }): ReactNode {
  return (
    <span className="inline-flex min-w-0 flex-wrap items-center gap-x-3">
      {trace.models.slice(0, modelsShown).map((model) => (
        <span key={model} className="inline-flex min-w-0 items-start gap-1.5">
          <ModelDot model={model} className="mt-1.5" />
          <FilterLink field="model" value={model} />
        </span>
      ))}
      {trace.models.length > modelsShown ? (
        <span className="text-muted" title={trace.models.slice(modelsShown).join("\n")}>
          +{trace.models.length - modelsShown} models
        </span>
      ) : null}
      {trace.providers.includes("sim") ? <SimulatorBadge /> : null}
    </span>
  );
}

function Owners({
  trace,
  metadata,
}: {
  trace: TraceDetail;
  metadata: Readonly<Record<string, string>>;
}): ReactNode {
  const pairs = Object.entries(metadata).slice(0, 6);
  const known = trace.userId + trace.sessionId + trace.environment + trace.tags.join("");
  if (known === "" && pairs.length === 0) return null;
  return (
    <div className="mt-1.5 flex flex-wrap items-baseline gap-x-4 gap-y-1 text-table">
      {trace.userId === "" ? null : <Owner label="user" field="user" value={trace.userId} />}
      {trace.sessionId === "" ? null : <Owner label="session" field="session" value={trace.sessionId} />}
      {trace.environment === "" ? null : (
        <Owner label="environment" field="environment" value={trace.environment} />
      )}
      {trace.tags.map((tag) => (
        <Owner key={tag} label="tag" field="tag" value={tag} />
      ))}
      {pairs.map(([name, value]) => (
        <Owner key={name} label={name} field={`metadata.${name}`} value={value} />
      ))}
    </div>
  );
}

function Owner({ label, field, value }: { label: string; field: string; value: string }): ReactNode {
  return (
    <span className="inline-flex max-w-72 min-w-0 items-baseline gap-1.5">
      <span className="shrink-0 text-label text-muted">{label}</span>
      {/* Room for the ring of a link that has the focus, which the cut would take away. */}
      <span className="-m-0.5 min-w-0 truncate p-0.5" title={value}>
        <FilterLink field={field} value={value} />
      </span>
    </span>
  );
}

/** Says what has not arrived, since a tree with a hole looks like a tree without one. */
function Incomplete({ trace, tree }: { trace: TraceDetail; tree: SpanTree }): ReactNode {
  const notes: string[] = [];
  if (tree.orphanCount > 0) {
    notes.push(
      tree.orphanCount === 1
        ? "The parent of one span has not arrived; the span stands at the top."
        : `The parents of ${exactCount(tree.orphanCount)} spans have not arrived; these spans stand at the top.`,
    );
  } else if (!trace.complete) {
    notes.push("A parent span was named that has not arrived.");
  }
  if (tree.cycleCount > 0)
    notes.push("Some spans name each other as parents; the loop was cut at the earliest.");
  if (notes.length === 0) return null;
  return (
    <p className="mt-1.5 flex items-baseline text-table text-warn-text">
      <StatusMark
        state="degraded"
        label="Incomplete"
        word={false}
        className="mr-1.5 shrink-0 translate-y-px"
      />
      <span>{notes.join(" ")}</span>
    </p>
  );
}
