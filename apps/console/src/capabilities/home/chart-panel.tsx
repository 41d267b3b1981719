import { clsx } from "clsx";
import { ChartColumn, Download, Split, Table2 } from "lucide-react";
import { lazy, Suspense, useState, type ReactNode } from "react";
import { IconButton } from "../../components/button.tsx";
import { downloadText, toCsv } from "../../components/download.ts";
import { formatClock, type TimeZone } from "../../components/format.ts";
import { ScrollRegion } from "../../components/scroll-region.tsx";
import { Skeleton } from "../../components/skeleton.tsx";
import { ChangeMark } from "./changes-list.tsx";
import { marksOfBucket, marksText, type ChartMark } from "./changes.ts";
import { chartRows, dashOf, shadeOf, type ChartContent, type ChartSeries } from "./chart-series.ts";

const TimeChart = lazy(async () => {
  const { TimeChart: component } = await import("./time-chart.tsx");
  return { default: component };
});

const chartHeight = 168;

export interface ChartPanelProps {
  content: ChartContent;
  from: number;
  to: number;
  zone: TimeZone;
  /** What changed under what is drawn. */
  marks: readonly ChartMark[];
  onZoom: (bounds: { start: number; end: number }) => void;
  /** Whether the models are shown apart, and how to change that; absent where a chart always shows them. */
  split?: boolean;
  onSplit?: () => void;
  /** Opens the rows behind a series in the whole range, or in one bucket. */
  onOpen: (rows: { filter: string; bucket: number | null }) => void;
}

/** Bars that are not there yet, at the size of those that will be. */
function BarsSkeleton(): ReactNode {
  const heights = [34, 52, 41, 68, 57, 74, 49, 63, 38, 55, 71, 46, 60, 52, 66, 43];
  return (
    <div aria-hidden="true" className="flex h-full items-end gap-2 pt-2 pr-5 pb-6 pl-14">
      {heights.map((height, at) => (
        // Bars of a skeleton have no identity but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={at} className="skeleton flex-1" style={{ height: `${height}%` }} />
      ))}
    </div>
  );
}

/** A chart before its figures are known; nothing moves when they come. */
export function ChartSkeleton({ title }: { title: string }): ReactNode {
  return (
    <div className="flex min-w-0 flex-col bg-surface px-4 pt-3 pb-3">
      <div className="mb-1 flex h-6 items-center font-medium">{title}</div>
      <div style={{ height: chartHeight }}>
        <BarsSkeleton />
      </div>
      <div className="mt-1.5 flex h-[42px] gap-4 pt-1">
        <Skeleton width={96} />
        <Skeleton width={120} />
      </div>
    </div>
  );
}

/** A chart with its title, its legend that reads the crosshair, its table and its CSV. */
export function ChartPanel(props: ChartPanelProps): ReactNode {
  const { content, from, to, zone, marks, onZoom, onOpen } = props;
  const [bucket, setBucket] = useState<number | null>(null);
  const [marked, setMarked] = useState("");
  const [table, setTable] = useState(false);
  const empty = content.series.every(({ values }) => values.every((value) => value === null || value === 0));
  const changesIn = (at: number): string => marksText(marksOfBucket(content, marks, at));
  const save = (): void =>
    downloadText({
      name: `weir-${content.id}.csv`,
      type: "text/csv",
      text: toCsv(chartRows(content, changesIn)),
    });
  // What is marked gives way to the title and the time.
  const headWords = marked === "" ? "min-w-0 truncate" : "shrink-0 whitespace-nowrap";
  return (
    <section aria-label={content.title} className="flex min-w-0 flex-col bg-surface px-4 pt-3 pb-3">
      <header className="mb-1 flex h-6 items-center gap-1">
        <h2 className={clsx("font-medium", headWords)} title={content.definition}>
          {content.title}
        </h2>
        <span className={clsx("pl-2 text-table text-muted", headWords)}>
          {bucket === null ? null : bucketText(content, bucket, zone)}
        </span>
        {marked === "" ? null : (
          <span className="flex min-w-0 items-center gap-1.5 pl-2 text-table text-soft">
            <ChangeMark />
            <span className="truncate">{marked}</span>
          </span>
        )}
        <span className="ml-auto flex shrink-0">
          {props.onSplit === undefined ? null : (
            <IconButton
              size="small"
              label={props.split === true ? "Show all models together" : "Show each model’s p95"}
              pressed={props.split === true}
              onClick={props.onSplit}
            >
              <Split />
            </IconButton>
          )}
          <IconButton
            size="small"
            label={table ? "Show the chart" : "Show as a table"}
            onClick={() => setTable(!table)}
          >
            {table ? <ChartColumn /> : <Table2 />}
          </IconButton>
          <IconButton size="small" label="Save as CSV" onClick={save}>
            <Download />
          </IconButton>
        </span>
      </header>
      {table ? (
        <ChartTable content={content} zone={zone} changesIn={changesIn} onOpen={onOpen} />
      ) : (
        <div className="relative" style={{ height: chartHeight }}>
          <Suspense fallback={<BarsSkeleton />}>
            <TimeChart
              content={content}
              from={from}
              to={to}
              zone={zone}
              marks={marks}
              height={chartHeight}
              onCursor={(at, text) => {
                setBucket(at);
                setMarked(text);
              }}
              onZoom={onZoom}
              onOpen={(at, series) =>
                onOpen({ bucket: at, filter: series?.filter(series.values[at] ?? null) ?? "" })
              }
            />
          </Suspense>
          {empty ? (
            <span className="pointer-events-none absolute inset-0 flex items-center justify-center pl-14 text-table text-muted">
              None in this range
            </span>
          ) : null}
        </div>
      )}
      <Legend content={content} bucket={bucket} onOpen={onOpen} />
    </section>
  );
}

function bucketText(content: ChartContent, bucket: number, zone: TimeZone): string {
  const start = content.times[bucket];
  if (start === undefined) return "";
  const withSeconds = content.bucketMs < 60_000;
  const first = formatClock(start, { zone, withDay: true, withSeconds });
  return content.kind === "bars" || content.bucketMs > 0
    ? `${first} – ${formatClock(start + content.bucketMs, { zone, withSeconds })}`
    : first;
}

/** What each series is, its figure for the range or at the crosshair, and the way to its rows. */
function Legend({
  content,
  bucket,
  onOpen,
}: {
  content: ChartContent;
  bucket: number | null;
  onOpen: ChartPanelProps["onOpen"];
}): ReactNode {
  return (
    <ul className="mt-1.5 flex h-[42px] flex-wrap content-start gap-x-3 gap-y-0.5 overflow-y-auto text-table">
      {content.series.map((series) => {
        const value = bucket === null ? series.total : (series.values[bucket] ?? null);
        return (
          <li key={series.key} className="min-w-0">
            <button
              type="button"
              onClick={() => onOpen({ filter: series.filter(series.total), bucket: null })}
              title={`${series.label}: ${content.exact(value)}\nOpens these rows.`}
              className="flex h-5 max-w-60 min-w-0 items-center gap-1.5 rounded-sm px-0.5 hover:underline"
            >
              <Swatch series={series} kind={content.kind} />
              <span className="truncate text-soft">{series.label}</span>
              <span
                className={clsx("shrink-0", bucket !== null ? "text-text" : "text-muted")}
                // The range's figure is the longest: its width keeps the legend still under the crosshair.
                style={{ minWidth: `${content.format(series.total).length}ch` }}
              >
                {content.format(value)}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** A square for bars, a stroke for lines, as they look in the chart. */
function Swatch({ series, kind }: { series: ChartSeries; kind: ChartContent["kind"] }): ReactNode {
  return (
    <svg viewBox="0 0 16 10" className="h-2.5 w-4 shrink-0" aria-hidden="true">
      {kind === "bars" ? (
        <rect x="3" width="10" height="10" rx="2" style={{ fill: shadeOf(series) }} />
      ) : (
        <path
          d="M0 5h16"
          strokeWidth="2"
          style={{ stroke: series.colour }}
          {...(series.variant === 0 ? {} : { strokeDasharray: dashOf(series).join(" ") })}
        />
      )}
    </svg>
  );
}

function ChartTable({
  content,
  zone,
  changesIn,
  onOpen,
}: {
  content: ChartContent;
  zone: TimeZone;
  changesIn: (bucket: number) => string;
  onOpen: ChartPanelProps["onOpen"];
}): ReactNode {
  const newestFirst = content.times.map((time, at) => ({ time, at })).toReversed();
  return (
    <ScrollRegion
      label={`${content.title} as a table`}
      className="overflow-auto border-y border-line"
      height={chartHeight}
    >
      <table className="w-full text-table">
        <thead className="sticky top-0 bg-surface text-label text-muted">
          <tr>
            <th className="py-1 pr-3 text-left font-normal">Time</th>
            {content.series.map((series) => (
              <th
                key={series.key}
                className="max-w-40 truncate px-2 text-right font-normal"
                title={series.label}
              >
                {series.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {newestFirst.map(({ time, at }) => (
            <tr key={time} className="border-t border-line hover:bg-hover">
              <td className="h-6 pr-3 whitespace-nowrap">
                {formatClock(time, { zone, withDay: true, withSeconds: content.bucketMs < 60_000 })}
                <ChangesOfBucket text={changesIn(at)} />
              </td>
              {content.series.map((series) => {
                const value = series.values[at] ?? null;
                return (
                  <td key={series.key} className="px-2 text-right">
                    <button
                      type="button"
                      title={content.exact(value)}
                      className="h-6 w-full min-w-6 text-right -outline-offset-2 hover:underline"
                      onClick={() => onOpen({ filter: series.filter(value), bucket: at })}
                    >
                      {content.format(value)}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

/** The mark of what changed in a row's bucket, which says it when it is pointed at or read out. */
function ChangesOfBucket({ text }: { text: string }): ReactNode {
  if (text === "") return null;
  return (
    <span className="ml-1.5 inline-flex" title={text}>
      <ChangeMark />
      <span className="sr-only">{text}</span>
    </span>
  );
}
