import { useIsFetching, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { SpanDetail } from "@weir/schema";
import { GitCompareArrows } from "lucide-react";
import { useMemo, useRef, type ReactNode } from "react";
import type { ConsoleSearch } from "../../app/search-params.ts";
import { useShortcuts } from "../../app/shortcuts.ts";
import { useConsoleSearch } from "../../app/use-console-search.ts";
import { Button } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { KeyHint } from "../../components/key-hint.tsx";
import { TabPanel, Tabs } from "../../components/tabs.tsx";
import { PanelSkeleton } from "../trace-view/panel-skeleton.tsx";
import { ScrollRegion } from "../../components/scroll-region.tsx";
import type { SpanChoice } from "./choose-spans.ts";
import type { Sides } from "./diff/text-diff.ts";
import { callFigures, traceFigures } from "./figures.ts";
import { callComparisonQuery } from "./run-comparison.ts";
import { useDifferences } from "./use-differences.ts";
import { useSides, type ComparedSides } from "./use-sides.ts";
import { CompareToolbar } from "./view/compare-toolbar.tsx";
import { ConversationDiff, SameNotice } from "./view/conversation-diff.tsx";
import { FiguresTable, SettingsDiff } from "./view/figures-table.tsx";
import { RawDiff } from "./view/raw-diff.tsx";
import { SideHeader } from "./view/side-header.tsx";

/** The list that a comparison was begun from: its rows without what belongs to the comparison. */
function listSearch(search: ConsoleSearch): ConsoleSearch {
  return {
    ...search,
    left: undefined,
    right: undefined,
    leftSpan: undefined,
    rightSpan: undefined,
    show: undefined,
    tab: undefined,
  };
}

/** Two traces beside each other: figures, conversations by word, raw bodies. The URL names both. */
export function ComparePage(): ReactNode {
  const { search } = useConsoleSearch();
  if (search.left === undefined || search.right === undefined) return <TwoNeeded search={search} />;
  return <Comparison />;
}

function TwoNeeded({ search }: { search: ConsoleSearch }): ReactNode {
  const navigate = useNavigate();
  const back = listSearch(search);
  useShortcuts("Compare", [
    { keys: "escape", label: "Back to the list", run: () => void navigate({ to: "/traces", search: back }) },
  ]);
  return (
    <EmptyState
      icon={<GitCompareArrows />}
      title="A comparison needs two traces"
      action={
        <Button asChild>
          <Link to="/traces" search={back}>
            Choose two traces
          </Link>
        </Button>
      }
    >
      Select two rows of the trace list with <KeyHint keys="X" /> or their boxes, then press{" "}
      <KeyHint keys="D" />. The page’s address then names both, and can be shared.
    </EmptyState>
  );
}

const tabs = [
  { value: "conversation", label: "Conversation" },
  { value: "request", label: "Raw request" },
  { value: "response", label: "Raw response" },
] as const;

function Comparison(): ReactNode {
  const { search, changeSearch } = useConsoleSearch();
  const navigate = useNavigate();
  const sides = useSides(search);
  const box = useRef<HTMLDivElement>(null);
  const differences = useDifferences(box);
  const comparing = useIsFetching({ queryKey: ["comparison"] }) > 0;
  const back = listSearch(search);
  const onlyDifferences = search.show === "differences";
  const tab = tabs.find(({ value }) => value === search.tab)?.value ?? "conversation";
  const toggle = (): void =>
    changeSearch({ show: onlyDifferences ? undefined : "differences" }, { replace: true });
  const swap = (): void =>
    changeSearch(
      { left: search.right, right: search.left, leftSpan: search.rightSpan, rightSpan: search.leftSpan },
      { replace: true },
    );
  const openTab = (value: string): void =>
    changeSearch({ tab: value === "conversation" ? undefined : value }, { replace: true });
  useShortcuts("Compare", [
    { keys: "n", label: "Next difference", run: () => differences.step(1) },
    { keys: "p", label: "Previous difference", run: () => differences.step(-1) },
    { keys: "o", label: "Only differences, or all", run: toggle },
    { keys: "s", label: "Swap A and B", run: swap },
    {
      keys: "r",
      label: "Raw bodies, and back to the conversation",
      run: () =>
        openTab(tab === "conversation" ? "request" : tab === "request" ? "response" : "conversation"),
    },
    { keys: "escape", label: "Back to the list", run: () => void navigate({ to: "/traces", search: back }) },
  ]);
  return (
    <>
      <CompareToolbar
        back={back}
        differences={differences}
        ready={sides.details !== undefined && !comparing}
        onlyDifferences={onlyDifferences}
        onOnlyDifferences={toggle}
        onSwap={swap}
      />
      <ScrollRegion landmark={false} boxRef={box} label="Comparison" className="min-h-0 flex-1 overflow-auto">
        <div className="top-0 z-10 grid border-b border-line bg-surface medium:sticky medium:grid-cols-2">
          <SideHeader
            side="left"
            state={sides.states.left}
            span={sides.chosen?.spans.left}
            onSpan={(leftSpan) => changeSearch({ leftSpan }, { replace: true })}
          />
          <SideHeader
            side="right"
            state={sides.states.right}
            span={sides.chosen?.spans.right}
            onSpan={(rightSpan) => changeSearch({ rightSpan }, { replace: true })}
          />
        </div>
        <Body
          sides={sides}
          tab={tab}
          onTab={openTab}
          onlyDifferences={onlyDifferences}
          project={search.project}
        />
      </ScrollRegion>
    </>
  );
}

const choiceWords: Readonly<Record<SpanChoice, string>> = {
  chosen: "Below, the spans chosen above are compared.",
  roots: "Below, the conversations of the root spans are compared.",
  generations: "Below, the first model call of each is compared.",
  first: "Below, the first span of each is compared.",
};

function Body({
  sides,
  tab,
  onTab,
  onlyDifferences,
  project,
}: {
  sides: ComparedSides;
  tab: string;
  onTab: (tab: string) => void;
  onlyDifferences: boolean;
  project: string | undefined;
}): ReactNode {
  const { states, chosen, details, detailError } = sides;
  const { trace: left } = states.left;
  const { trace: right } = states.right;
  const figures = useMemo(
    () => (left === undefined || right === undefined ? [] : traceFigures({ left, right })),
    [left, right],
  );
  const callRows = useMemo(() => (details === undefined ? [] : callFigures(details)), [details]);
  if (states.left.error !== null || states.right.error !== null) return null;
  if (left === undefined || right === undefined || chosen === undefined) {
    return <PanelSkeleton label="Reading the two traces" />;
  }
  const several = left.spans.length > 1 || right.spans.length > 1;
  return (
    <>
      {states.left.traceId === states.right.traceId ? (
        <SameNotice what="Both sides are the same trace." />
      ) : null}
      <FiguresTable rows={figures} callRows={callRows} onlyDifferences={onlyDifferences} />
      {several ? (
        <p className="px-4 py-1.5 text-table text-muted">
          The figures are of the whole traces. {choiceWords[chosen.why]}
        </p>
      ) : null}
      {details !== undefined ? (
        <Compared
          details={details}
          tab={tab}
          onTab={onTab}
          onlyDifferences={onlyDifferences}
          project={project}
        />
      ) : detailError === null ? (
        <PanelSkeleton label="Reading the two calls" />
      ) : (
        <ErrorState
          compact
          title="A call could not be read"
          error={detailError}
          stillWorks="The figures above."
          onRetry={sides.retryDetails}
        />
      )}
    </>
  );
}

function Compared({
  details,
  tab,
  onTab,
  onlyDifferences,
  project,
}: {
  details: Sides<SpanDetail>;
  tab: string;
  onTab: (tab: string) => void;
  onlyDifferences: boolean;
  project: string | undefined;
}): ReactNode {
  const { data, error, refetch, isFetching } = useQuery(callComparisonQuery(details));
  return (
    <>
      {data === undefined ? null : <SettingsDiff diff={data.settings} onlyDifferences={onlyDifferences} />}
      <div className="border-t border-line">
        <Tabs value={tab} onChange={onTab} tabs={tabs} label="What is compared">
          <TabPanel value="conversation" className="-outline-offset-2">
            {data !== undefined ? (
              <ConversationDiff
                comparison={data}
                spans={details}
                projectId={project}
                onlyDifferences={onlyDifferences}
              />
            ) : error === null ? (
              <PanelSkeleton label="Comparing the two calls" />
            ) : (
              <ErrorState
                compact
                title="The two calls could not be compared"
                error={error}
                onRetry={() => void refetch()}
                retrying={isFetching}
              />
            )}
          </TabPanel>
          <TabPanel value="request" className="-outline-offset-2">
            <RawDiff spans={details} body="rawRequest" />
          </TabPanel>
          <TabPanel value="response" className="-outline-offset-2">
            <RawDiff spans={details} body="rawResponse" />
          </TabPanel>
        </Tabs>
      </div>
    </>
  );
}
