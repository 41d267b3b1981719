import { useQuery } from "@tanstack/react-query";
import type { TraceDetail } from "@weir/schema";
import { clsx } from "clsx";
import { SearchX } from "lucide-react";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import { useShortcuts } from "../../app/shortcuts.ts";
import { Button } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Skeleton } from "../../components/skeleton.tsx";
import { TraceHeader } from "./header/trace-header.tsx";
import { readTab, writeTab, type TraceNavigation } from "./navigation.ts";
import { NavigatorProvider } from "./navigation-context.tsx";
import { openSpan } from "./open-span.ts";
import { PanelSkeleton } from "./panel-skeleton.tsx";
import { SpanPanel } from "./span/span-panel.tsx";
import { isTraceNotFound, spanQuery, traceQuery } from "./trace-queries.ts";
import { scrollsAsOne, TraceBody } from "./trace-body.tsx";
import { buildSpanTree, type SpanNode } from "./tree/span-tree.ts";
import { useElementSize } from "./tree/use-element-size.ts";

interface TraceViewProps {
  traceId: string;
  /** Absent for the session's only or first project. */
  projectId?: string | undefined;
  /** The span that is open; without one the view picks the first that has something to read. */
  spanId?: string | undefined;
  /** The open tab as the URL holds it: `messages`, `cost`, `raw.response` … */
  tab?: string | undefined;
  /** Called for everything that changes the URL. */
  onNavigate: (to: TraceNavigation) => void;
  /** Gives links their addresses, so that they can be opened in a new tab. */
  hrefOf?: ((to: TraceNavigation) => string) | undefined;
  /** In a peek, J and K belong to the list behind it; on a page they walk the spans. */
  layout: "peek" | "page";
}

/** A trace whole: header, tree with waterfall, and the span that is open. Fills its container. */
export function TraceView(props: TraceViewProps): ReactNode {
  const { traceId, projectId, onNavigate, hrefOf } = props;
  const { data, error, refetch, isFetching, errorUpdatedAt } = useQuery(traceQuery(projectId, traceId));
  const navigator = useMemo(() => ({ go: onNavigate, hrefOf }), [onNavigate, hrefOf]);
  if (data !== undefined) {
    return (
      <NavigatorProvider value={navigator}>
        <LoadedTrace key={data.traceId} {...props} trace={data} />
      </NavigatorProvider>
    );
  }
  if (error === null) return <TraceSkeleton />;
  if (isTraceNotFound(error)) {
    return <TraceNotFound traceId={traceId} onRetry={() => void refetch()} retrying={isFetching} />;
  }
  return (
    <ErrorState
      title="This trace could not be read"
      error={error}
      since={errorUpdatedAt}
      stillWorks="Recording goes on; nothing of the trace is lost."
      onRetry={() => void refetch()}
      retrying={isFetching}
    />
  );
}

/** From this width on, a trace of one span shows its cost beside its messages. */
const asideFromPx = 1180;

function useSettled<Value>(value: Value, settleMs: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleMs);
    return () => clearTimeout(timer);
  }, [value, settleMs]);
  return settled;
}

function LoadedTrace({
  trace,
  projectId,
  spanId,
  tab,
  onNavigate,
  layout,
}: TraceViewProps & { trace: TraceDetail }): ReactNode {
  const tree = useMemo(() => buildSpanTree(trace.spans), [trace.spans]);
  const wished = spanId === undefined ? undefined : tree.bySpanId.get(spanId);
  const [chosenId, setChosenId] = useState<string>();
  const selected = useMemo(() => openSpan(tree, { wishedId: spanId, chosenId }), [tree, spanId, chosenId]);
  // What the view chose by itself stays chosen, whatever arrives later.
  if (wished === undefined && selected !== null && selected.span.spanId !== chosenId) {
    setChosenId(selected.span.spanId);
  }
  const openTab = readTab(tab);
  const [size, attachSize] = useElementSize();
  // Holding an arrow key passes many spans: only the one where it rests is read.
  const settled = useSettled(selected, 90);
  const root = tree.roots[0]?.span;
  const { data: rootDetail } = useQuery({
    ...spanQuery(projectId, trace.traceId, root?.spanId ?? ""),
    enabled: root !== undefined && settled?.span.spanId === root.spanId,
  });
  const select = (node: SpanNode): void => onNavigate({ type: "view", spanId: node.span.spanId });
  const step = (by: number): void => {
    const next = tree.nodes[(selected?.index ?? 0) + by];
    if (next !== undefined) select(next);
  };
  useShortcuts("Trace", [
    {
      keys: "r",
      label: "Raw record, and back to the messages",
      run: () => onNavigate({ type: "view", tab: openTab.tab === "raw" ? "messages" : writeTab("raw") }),
    },
    ...(layout === "page" && tree.nodes.length > 1
      ? [
          { keys: "j", label: "Next span", run: () => step(1) },
          { keys: "k", label: "Span before", run: () => step(-1) },
        ]
      : []),
  ]);
  const shown = settled !== null && tree.nodes.includes(settled) ? settled : selected;
  const panel =
    shown === null ? null : (
      <SpanPanel
        projectId={projectId}
        traceId={trace.traceId}
        summary={shown.span}
        openTab={openTab}
        headed={tree.nodes.length > 1}
        aside={tree.nodes.length === 1 && size.widthPx >= asideFromPx}
      />
    );
  return (
    <div
      ref={attachSize}
      className={clsx(
        "flex h-full min-h-0 flex-col bg-surface",
        scrollsAsOne(size) && "overflow-x-hidden overflow-y-auto",
      )}
    >
      <TraceHeader trace={trace} tree={tree} projectId={projectId} metadata={rootDetail?.metadata ?? {}} />
      {spanId !== undefined && wished === undefined ? (
        <output className="block border-b border-line bg-warn-soft px-4 py-1.5 text-table text-warn-text">
          Span {spanId} is not in this trace, or has not arrived yet.
        </output>
      ) : null}
      {size.widthPx === 0 ? null : (
        <TraceBody tree={tree} selected={selected} onSelect={select} panel={panel} size={size} />
      )}
    </div>
  );
}

function TraceNotFound({
  traceId,
  onRetry,
  retrying,
}: {
  traceId: string;
  onRetry: () => void;
  retrying: boolean;
}): ReactNode {
  return (
    <EmptyState
      icon={<SearchX />}
      title="No such trace"
      action={
        <Button onClick={onRetry} disabled={retrying}>
          Look again
        </Button>
      }
    >
      <p>
        Nothing is recorded under <code className="[overflow-wrap:anywhere]">{traceId}</code> in this project.
        It may belong to another project, it may have been deleted, or it ended a moment ago and is still on
        its way: records show within two seconds.
      </p>
    </EmptyState>
  );
}

function TraceSkeleton(): ReactNode {
  return (
    <div className="flex h-full flex-col bg-surface">
      <div className="shrink-0 border-b border-line px-4 pt-3 pb-2.5">
        <Skeleton className="my-1" width={220} />
        <div className="mt-2.5 flex gap-5">
          {[56, 72, 64, 80, 120].map((width) => (
            <Skeleton key={width} className="my-1" width={width} />
          ))}
        </div>
      </div>
      <PanelSkeleton label="Reading the trace" />
    </div>
  );
}
