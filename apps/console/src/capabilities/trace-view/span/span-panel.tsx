import { useQuery } from "@tanstack/react-query";
import type { SpanDetail, SpanSummary } from "@weir/schema";
import type { ReactNode } from "react";
import { SimulatorBadge } from "../../../components/badge.tsx";
import { CopyButton } from "../../../components/code-block.tsx";
import { ErrorState } from "../../../components/error-state.tsx";
import { DurationFigure, UsdFigure } from "../../../components/figure.tsx";
import { formatCount } from "../../../components/format.ts";
import { ModelDot } from "../../../components/model-dot.tsx";
import { StatusMark } from "../../../components/status-mark.tsx";
import { TabPanel, Tabs } from "../../../components/tabs.tsx";
import { CostTab } from "../cost/cost-tab.tsx";
import { MessagesTab } from "../messages/messages-tab.tsx";
import { spanTabs, writeTab, type OpenTab, type RawPart, type SpanTab } from "../navigation.ts";
import { useNavigator } from "../navigation-context.tsx";
import { PanelSkeleton } from "../panel-skeleton.tsx";
import { RawTab } from "../raw/raw-tab.tsx";
import { spanQuery } from "../trace-queries.ts";
import { KindMark } from "../tree/kind-mark.tsx";
import { EventsTab } from "./events-tab.tsx";
import { MetadataTab } from "./metadata-tab.tsx";

const tabWords: Record<SpanTab, string> = {
  messages: "Messages",
  cost: "Cost & time",
  metadata: "Metadata",
  raw: "Raw",
  events: "Events & links",
};

/** One span whole: what was said, what it cost, and every byte of it. */
export function SpanPanel({
  projectId,
  traceId,
  summary,
  openTab,
  headed,
  aside,
}: {
  projectId: string | undefined;
  traceId: string;
  summary: SpanSummary;
  openTab: OpenTab;
  /** False where the trace's own header already says everything: a trace of one span. */
  headed: boolean;
  /** True where there is room for cost and time beside the messages. */
  aside: boolean;
}): ReactNode {
  const { go } = useNavigator();
  const { data, error, refetch, isFetching, errorUpdatedAt } = useQuery(
    spanQuery(projectId, traceId, summary.spanId),
  );
  const show = (tab: string): void => go({ type: "view", spanId: summary.spanId, tab });
  const onOpenRaw = (part: RawPart): void => show(writeTab("raw", part));
  const counted = (tab: SpanTab): string | undefined => {
    if (data === undefined || tab !== "events") return undefined;
    const count = data.events.length + data.links.length;
    return count === 0 ? undefined : String(count);
  };
  const content = (render: (span: SpanDetail) => ReactNode): ReactNode => {
    if (data !== undefined) return render(data);
    if (error === null) return <PanelSkeleton label="Reading the span" />;
    return (
      <ErrorState
        compact
        title="This span could not be read"
        error={error}
        since={errorUpdatedAt}
        stillWorks="The tree, and the spans that were read before."
        onRetry={() => void refetch()}
        retrying={isFetching}
      />
    );
  };
  return (
    <section aria-label={`Span ${summary.name}`} className="flex h-full min-h-0 flex-col bg-surface">
      {headed ? <SpanHeader span={summary} /> : null}
      <Tabs
        label="Parts of the span"
        value={openTab.tab}
        onChange={show}
        tabs={spanTabs.map((tab) => ({ value: tab, label: tabWords[tab], count: counted(tab) }))}
      >
        <TabPanel value="messages" {...(aside ? { className: "flex min-h-0 flex-1" } : {})}>
          {content((span) => (
            <>
              <div className={aside ? "min-w-0 flex-1 overflow-auto" : ""}>
                <MessagesTab key={span.spanId} span={span} projectId={projectId} onOpenRaw={onOpenRaw} />
              </div>
              {aside ? (
                <aside
                  aria-label="Cost and time"
                  className="w-[420px] shrink-0 overflow-auto border-l border-line"
                >
                  <CostTab span={span} compact />
                </aside>
              ) : null}
            </>
          ))}
        </TabPanel>
        <TabPanel value="cost">
          {content((span) => (
            <CostTab span={span} />
          ))}
        </TabPanel>
        <TabPanel value="metadata">
          {content((span) => (
            <MetadataTab span={span} />
          ))}
        </TabPanel>
        <TabPanel value="raw">
          {content((span) => (
            <RawTab span={span} projectId={projectId} part={openTab.rawPart} onPart={onOpenRaw} />
          ))}
        </TabPanel>
        <TabPanel value="events">
          {content((span) => (
            <EventsTab span={span} />
          ))}
        </TabPanel>
      </Tabs>
    </section>
  );
}

function SpanHeader({ span }: { span: SpanSummary }): ReactNode {
  const model = span.modelAnswered || span.modelAsked;
  const tokens = span.inputTokens + span.outputTokens;
  return (
    <header className="flex shrink-0 items-start gap-3 px-4 pt-2 pb-1 text-table">
      <span className="flex min-h-6 min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-0.5">
        <KindMark kind={span.kind} word />
        <h2 className="min-w-0 truncate text-body font-semibold" title={span.name}>
          {span.name}
        </h2>
        {span.status === "ok" ? null : <StatusMark state={span.status} />}
        <span className="flex min-w-0 flex-wrap items-center gap-x-3 text-soft">
          {model === "" ? null : (
            <span className="inline-flex min-w-0 items-center gap-1.5">
              <ModelDot model={model} />
              <span className="truncate">{model}</span>
            </span>
          )}
          {span.provider === "sim" ? <SimulatorBadge /> : null}
          <DurationFigure value={span.durationMs} light />
          {tokens === 0 ? null : (
            <span title={`${span.inputTokens} in, ${span.outputTokens} out`}>
              {formatCount(span.inputTokens)} → {formatCount(span.outputTokens)} tokens
            </span>
          )}
          {span.costUsd === null ? null : <UsdFigure value={span.costUsd} light />}
        </span>
      </span>
      <CopyButton text={span.spanId} label="Copy span id" />
    </header>
  );
}
