import type { SpanSummary } from "@weir/schema";
import { clsx } from "clsx";
import { ChevronRight, Unlink } from "lucide-react";
import { memo, type CSSProperties, type ReactNode } from "react";
import { exactDuration, formatDuration, formatUsd } from "../../../components/format.ts";
import { StatusMark } from "../../../components/status-mark.tsx";
import { KindIcon, kindWord } from "./kind-mark.tsx";
import { SpanBar } from "./span-bar.tsx";
import { stripes } from "./stripes.ts";
import type { TimeWindow } from "./time-axis.ts";
import type { RunRowItem, SpanRowItem, TreeRowItem } from "./visible-rows.ts";

export const rowHeightPx = 32;
const indentPx = 14;
/** Deeper levels are no longer indented: the name must keep its room. */
const indentMaxLevels = 14;

/** From this width of the bars' column on, a name has room for the cost beside it. */
const priceFromPx = 200;

export interface TreeRowActions {
  select: (item: SpanRowItem) => void;
  toggle: (item: SpanRowItem) => void;
  openRun: (item: RunRowItem) => void;
}

export interface TreeRowProps {
  item: TreeRowItem;
  /** Where the row lies in the list. */
  topPx: number;
  rowId: string;
  selected: boolean;
  active: boolean;
  wide: boolean;
  /** Width of the name column in the wide form. */
  nameWidth: string;
  /** Width of the bars' column. */
  trackPx: number;
  window: TimeWindow;
  traceDurationMs: number;
  actions: TreeRowActions;
}

/** One line of the tree with its bar on the time axis. */
export const TreeRow = memo(function TreeRow(props: TreeRowProps): ReactNode {
  return props.item.type === "span" ? (
    <SpanRow {...props} item={props.item} />
  ) : (
    <RunRow {...props} item={props.item} />
  );
});

function indentOf(depth: number): number {
  return 6 + Math.min(depth, indentMaxLevels) * indentPx;
}

const guideLines = stripes("to right", `var(--line) 0 1px, transparent 1px ${indentPx}px`);

/** Indents a name and draws the hairlines that lead the eye down a level; a background, to spare each row an element. */
function nameStyle(depth: number, extraPx = 0): CSSProperties {
  const style: CSSProperties = { paddingLeft: indentOf(depth) + extraPx };
  if (depth === 0) return style;
  const widthPx = Math.min(depth, indentMaxLevels) * indentPx;
  return { ...style, background: `${guideLines} 13px 0 / ${widthPx}px 100% no-repeat` };
}

/** A row is laid out and painted by itself: nothing in it can move anything else. */
const rowClass = "absolute inset-x-0 flex h-8 contain-strict cursor-default items-center text-table";

function SpanRow({
  item,
  topPx,
  rowId,
  selected,
  active,
  wide,
  nameWidth,
  trackPx,
  window,
  traceDurationMs,
  actions,
}: TreeRowProps & { item: SpanRowItem }): ReactNode {
  const { node, expanded } = item;
  const { span } = node;
  const branch = node.children.length > 0;
  return (
    // Keys are handled by the tree as a whole, which holds the focus.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={rowId}
      role="treeitem"
      tabIndex={-1}
      aria-level={node.depth + 1}
      aria-selected={selected}
      {...(branch ? { "aria-expanded": expanded } : {})}
      onClick={() => actions.select(item)}
      className={clsx(
        rowClass,
        selected ? "bg-selected" : "hover:bg-hover",
        active && "ring-1 ring-accent ring-inset",
        span.status === "error" && "shadow-[inset_2px_0_0_var(--bad-mark)]",
      )}
      style={{ top: topPx }}
    >
      <div
        className="flex h-full min-w-0 flex-1 items-center gap-1.5 pr-2"
        style={wide ? { ...nameStyle(node.depth), flex: `0 0 ${nameWidth}` } : nameStyle(node.depth)}
      >
        <Toggle item={item} onToggle={actions.toggle} />
        <KindIcon kind={span.kind} />
        <span
          className={clsx("min-w-0 truncate", item.context && "text-muted")}
          title={`${span.name} (${kindWord(span.kind)})`}
        >
          {span.name === "" ? "unnamed" : span.name}
        </span>
        <RowNotes item={item} wide={wide} priced={trackPx >= priceFromPx} />
      </div>
      {wide ? (
        <div className={clsx("relative mx-2 h-full min-w-0 flex-1", item.context && "opacity-60")}>
          <SpanBar node={node} window={window} traceDurationMs={traceDurationMs} trackPx={trackPx} />
        </div>
      ) : null}
      <span
        className={clsx("w-[68px] shrink-0 pr-3 text-right", item.context ? "text-muted" : "text-soft")}
        title={exactDuration(span.durationMs)}
      >
        {formatDuration(span.durationMs)}
      </span>
      {wide ? null : (
        <span className="absolute inset-x-3 bottom-0 h-[5px]">
          <SpanBar node={node} window={window} traceDurationMs={traceDurationMs} trackPx={trackPx} thin />
        </span>
      )}
    </div>
  );
}

function Toggle({ item, onToggle }: { item: SpanRowItem; onToggle: (item: SpanRowItem) => void }): ReactNode {
  if (item.node.children.length === 0) return <span className="w-3.5 shrink-0" />;
  return (
    // The arrow keys open and close; this is for the mouse, and the row already says whether it is open.
    <span
      aria-hidden="true"
      className="-m-1 flex shrink-0 rounded-sm p-1 text-muted hover:bg-pressed hover:text-text"
      title={item.expanded ? "Collapse (←)" : "Expand (→)"}
      onClick={(event) => {
        event.stopPropagation();
        onToggle(item);
      }}
    >
      <ChevronRight className={clsx("size-3.5", item.expanded && "rotate-90")} />
    </span>
  );
}

/** What a row says besides its name: what went wrong, whose call it was, what it cost. */
function RowNotes({ item, wide, priced }: { item: SpanRowItem; wide: boolean; priced: boolean }): ReactNode {
  const { node, expanded } = item;
  const { span } = node;
  const hidden = !expanded && node.descendantCount > 0;
  const about = wide ? aboutOf(span) : "";
  return (
    <>
      {span.status === "ok" ? null : (
        <span
          className={clsx("shrink-0", span.status === "error" ? "font-medium text-bad-text" : "text-muted")}
        >
          <StatusMark
            state={span.status}
            label={span.status === "error" ? span.errorCode || "error" : "cancelled"}
          />
        </span>
      )}
      {node.misplaced === "" ? null : (
        <span
          className="inline-flex shrink-0 items-center gap-1 text-warn-text"
          title={misplacedWords[node.misplaced]}
        >
          <Unlink className="size-3" aria-hidden="true" />
          {node.misplaced}
        </span>
      )}
      {hidden ? (
        <span
          className="shrink-0 rounded-sm bg-sunken px-1 text-label text-muted"
          title={`${node.descendantCount} spans below`}
        >
          +{node.descendantCount.toLocaleString("en-US")}
        </span>
      ) : null}
      {hidden && node.descendantErrorCount > 0 ? (
        <span className="shrink-0 text-bad-text">
          <StatusMark state="error" label={String(node.descendantErrorCount)} />
        </span>
      ) : null}
      {about === "" ? null : <span className="min-w-0 shrink-[20] truncate text-muted">{about}</span>}
      {wide && priced && span.costUsd !== null && span.costUsd > 0 && span.counted ? (
        <span className="ml-auto shrink-0 text-muted">{formatUsd(span.costUsd)}</span>
      ) : null}
    </>
  );
}

/** What the name leaves out: the model of a call, the kind of anything else. */
function aboutOf(span: SpanSummary): string {
  const model = span.modelAnswered || span.modelAsked;
  const asked = span.modelAsked.split("/").at(-1) ?? "";
  if (model === "") return span.name.includes(kindWord(span.kind)) ? "" : kindWord(span.kind);
  return span.name.includes(model) || (asked !== "" && span.name.includes(asked)) ? "" : model;
}

const misplacedWords = {
  orphan: "The span that this one names as its parent has not arrived.",
  cycle: "The ancestors of this span lead back to it; the loop was cut here.",
} as const;

function RunRow({ item, topPx, rowId, active, actions }: TreeRowProps & { item: RunRowItem }): ReactNode {
  const [first] = item.nodes;
  const totalMs = item.nodes.reduce((sum, node) => sum + node.span.durationMs, 0);
  return (
    // Keys are handled by the tree as a whole, which holds the focus.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={rowId}
      role="treeitem"
      tabIndex={-1}
      aria-level={item.depth + 1}
      aria-expanded={false}
      aria-selected={false}
      onClick={() => actions.openRun(item)}
      className={clsx(rowClass, "hover:bg-hover", active && "ring-1 ring-accent ring-inset")}
      style={{ top: topPx }}
    >
      <span className="flex h-full min-w-0 flex-1 items-center gap-2 pr-3" style={nameStyle(item.depth, 20)}>
        <span className="truncate text-accent-text">
          {item.nodes.length.toLocaleString("en-US")} more{" "}
          <span className="font-medium">{first?.span.name ?? ""}</span>
        </span>
        <span className="shrink-0 text-muted">{formatDuration(totalMs)} together</span>
        {item.errorCount === 0 ? null : (
          <span className="shrink-0 font-medium text-bad-text">
            <StatusMark state="error" label={`${item.errorCount} failed`} />
          </span>
        )}
      </span>
    </div>
  );
}
