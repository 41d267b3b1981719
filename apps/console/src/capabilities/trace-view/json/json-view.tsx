import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { CopyButton } from "../../../components/code-block.tsx";
import { formatBytes } from "../../../components/format.ts";
import { byteLength } from "../messages/fold-text.ts";
import { VirtualList } from "../virtual-list.tsx";
import { jsonRows, revealMatch, type JsonFolding, type JsonMatch, type JsonRow } from "./json-rows.ts";
import { copyText, isWrittenNumber, parseJsonDocument } from "./json-value.ts";

/** Above this many rows the tree gets its own scroll box and draws only what shows. */
const virtualFromRows = 240;

const unfolded = (openDepth: number): JsonFolding => ({ toggled: new Set(), pages: new Map(), openDepth });

/**
 * A JSON value as a tree. Closed branches are never built, long arrays come in pages and long texts folded, so a
 * body of several megabytes opens at once.
 */
export function JsonView({
  value,
  label,
  openDepth = 2,
  match = null,
  matches,
}: {
  value: unknown;
  /** What the value is, for screen readers. */
  label: string;
  openDepth?: number;
  /** The match of a search to show. */
  match?: JsonMatch | null;
  /** Paths of all matches, to mark them. */
  matches?: ReadonlySet<string>;
}): ReactNode {
  const [base, setFolding] = useState(() => unfolded(openDepth));
  const folding = useMemo(() => (match === null ? base : revealMatch(base, match)), [base, match]);
  const rows = useMemo(() => jsonRows(value, folding), [value, folding]);
  const toggle = (path: string): void => {
    const toggled = new Set(folding.toggled);
    if (!toggled.delete(path)) toggled.add(path);
    setFolding({ ...folding, toggled });
  };
  const more = (path: string): void => {
    const pages = new Map(folding.pages);
    pages.set(path, (pages.get(path) ?? 1) + 1);
    setFolding({ ...folding, pages });
  };
  const rowOf = (at: number): ReactNode => {
    const row = rows[at];
    if (row === undefined) return null;
    const current = match !== null && row.type !== "more" && row.path === match.path;
    const marked = row.type !== "more" && matches?.has(row.path) === true;
    return <JsonRowView row={row} current={current} marked={marked} onToggle={toggle} onMore={more} />;
  };
  if (rows.length < virtualFromRows) {
    return (
      <div className="font-mono text-table">
        {rows.map((row, at) => (
          <div key={row.key}>{rowOf(at)}</div>
        ))}
      </div>
    );
  }
  return (
    <VirtualList
      label={label}
      count={rows.length}
      rowPx={20}
      keyOf={(at) => rows[at]?.key ?? at}
      rowOf={rowOf}
      scrollTo={match === null ? -1 : rows.findIndex((row) => row.type !== "more" && row.path === match.path)}
      className="font-mono text-table"
    />
  );
}

/** A text longer than this is folded inside a tree. */
const stringMaxCharacters = 400;

/** One line of a JSON tree. */
function JsonRowView({
  row,
  current,
  marked,
  onToggle,
  onMore,
}: {
  row: JsonRow;
  current: boolean;
  marked: boolean;
  onToggle: (path: string) => void;
  onMore: (path: string) => void;
}): ReactNode {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (current) line.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const indent = { paddingLeft: 4 + Math.min(row.depth, 24) * 14 };
  if (row.type === "more") {
    return (
      <div style={indent} className="leading-5">
        <button
          type="button"
          className="ml-4 text-accent-text hover:underline"
          onClick={() => onMore(row.path)}
        >
          show more ({row.hiddenCount.toLocaleString("en-US")} left)
        </button>
      </div>
    );
  }
  return (
    <div
      ref={line}
      style={indent}
      className={clsx(
        "group/json relative flex items-start gap-1 pr-8 leading-5 hover:bg-hover",
        current && "bg-selected ring-1 ring-accent ring-inset",
        marked && !current && "bg-warn-soft",
      )}
    >
      {row.type === "branch" ? (
        <button
          type="button"
          aria-expanded={row.open}
          onClick={() => onToggle(row.path)}
          className="flex min-w-0 items-center gap-1 text-left -outline-offset-2"
        >
          <ChevronRight
            className={clsx("size-3 shrink-0 text-muted", row.open && "rotate-90")}
            aria-hidden="true"
          />
          <Name row={row} />
          <span className="text-muted">
            {row.array ? "[" : "{"} <span className="font-sans">{row.size}</span> {row.array ? "]" : "}"}
          </span>
        </button>
      ) : (
        <>
          <span className="w-3 shrink-0" />
          <Name row={row} />
          <Scalar value={row.value} />
        </>
      )}
      <span className="absolute top-0 right-1 opacity-0 group-focus-within/json:opacity-100 group-hover/json:opacity-100 [&_button]:size-5">
        <CopyButton
          text={() => copyText(row.value)}
          label={row.path === "" ? "Copy value" : `Copy ${row.path}`}
        />
      </span>
    </div>
  );
}

function Name({ row }: { row: { name: string; inArray: boolean; path: string } }): ReactNode {
  if (row.name === "") return null;
  return (
    <span className={clsx("shrink-0", row.inArray ? "text-muted" : "text-accent-text")} title={row.path}>
      {row.name}:
    </span>
  );
}

/** A scalar in the colour of its type; a long text folds, and JSON inside a text can be opened. */
export function Scalar({ value }: { value: unknown }): ReactNode {
  if (typeof value === "string") return <StringValue text={value} />;
  if (Array.isArray(value)) return <span className="text-muted">[ ] empty</span>;
  const number = typeof value === "number" || isWrittenNumber(value);
  if (typeof value === "object" && value !== null && !number) {
    return <span className="text-muted">{"{ }"} empty</span>;
  }
  const tone = number ? "text-good-text" : "text-warn-text";
  return (
    <span className={clsx("min-w-0 [overflow-wrap:anywhere]", tone)}>
      {JSON.stringify(value) ?? "undefined"}
    </span>
  );
}

function StringValue({ text }: { text: string }): ReactNode {
  const [whole, setWhole] = useState(false);
  const [asJson, setAsJson] = useState(false);
  const long = text.length > stringMaxCharacters;
  const inner = text.length < 200_000 ? parseJsonDocument(text) : ({ ok: false } as const);
  return (
    <span className="min-w-0 flex-1">
      {asJson && inner.ok ? (
        <JsonView value={inner.value} label="JSON inside a text" />
      ) : (
        <span className="whitespace-pre-wrap [overflow-wrap:anywhere]">
          <span className="text-muted" aria-hidden="true">
            &quot;
          </span>
          {long && !whole ? `${text.slice(0, stringMaxCharacters)}…` : text}
          <span className="text-muted" aria-hidden="true">
            &quot;
          </span>
        </span>
      )}
      {long && !asJson ? (
        <button
          type="button"
          className="ml-2 font-sans text-accent-text hover:underline"
          onClick={() => setWhole(!whole)}
        >
          {whole ? "fold" : `show all ${formatBytes(byteLength(text))}`}
        </button>
      ) : null}
      {inner.ok ? (
        <button
          type="button"
          className="ml-2 font-sans text-accent-text hover:underline"
          onClick={() => setAsJson(!asJson)}
        >
          {asJson ? "as text" : "read as JSON"}
        </button>
      ) : null}
    </span>
  );
}
