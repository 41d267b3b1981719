import { useEffect, useRef, useState, type ReactNode } from "react";
import uPlot from "uplot";
import { onThemeChange } from "../../app/theme.ts";
import { zoneName } from "../../app/zoned-time.ts";
import { formatClock, type TimeZone } from "../../components/format.ts";
import { marksText, type ChartMark } from "./changes.ts";
import { dashOf, seriesAt, shadeOf, stack, type ChartContent, type ChartSeries } from "./chart-series.ts";
import { wallClock } from "./wall-clock.ts";

export interface TimeChartProps {
  content: ChartContent;
  /** The range of the x axis in milliseconds. */
  from: number;
  to: number;
  zone: TimeZone;
  /** Vertical lines at what changed. */
  marks: readonly ChartMark[];
  height: number;
  /** The bucket under the shared crosshair, null when there is none; and what the marks beside it say. */
  onCursor: (bucket: number | null, marked: string) => void;
  onZoom: (bounds: { start: number; end: number }) => void;
  onOpen: (bucket: number, series: ChartSeries | undefined) => void;
}

/** Turns `var(--chart-1)` into the colour that a canvas can paint with, in the theme of the moment. */
function paint(host: HTMLElement, colour: string): string {
  const probe = document.createElement("span");
  probe.style.color = colour;
  // A canvas is not repainted where colours are forced, and its legend keeps its own as well.
  probe.style.setProperty("forced-color-adjust", "none");
  host.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

/** Tick labels: the day where a day begins or ticks are days apart, else the time of day. */
function timeLabels(splits: number[], step: number, zone: TimeZone): string[] {
  return splits.map((at) => {
    const ms = at * 1000;
    const clock = formatClock(ms, { zone, withSeconds: step < 60 });
    const midnight = clock.startsWith("00:00");
    if (step < 86_400 && !midnight) return clock;
    return new Intl.DateTimeFormat("en-GB", {
      day: "numeric",
      month: "short",
      timeZone: zoneName(zone),
    }).format(ms);
  });
}

/** A value whose neighbours are missing has no line to be seen by: it is drawn as a point. */
function lonelyPoints(chart: uPlot, series: number, show: boolean): number[] | null {
  const values = chart.data[series];
  if (show || values === undefined) return null;
  const lonely: number[] = [];
  for (let at = 0; at < values.length; at += 1) {
    const missing = (value: number | null | undefined): boolean => value === null || value === undefined;
    if (!missing(values[at]) && missing(values[at - 1]) && missing(values[at + 1])) lonely.push(at);
  }
  return lonely;
}

function seriesOptions(content: ChartContent, host: HTMLElement): uPlot.Series[] {
  const step = host.clientWidth / Math.max(1, content.times.length);
  const gap = step > 8 ? 2 : step > 5 ? 1 : 0;
  const drawn = content.series.map((series): uPlot.Series => {
    const stroke = paint(host, series.colour);
    if (content.kind === "lines") {
      return {
        label: series.label,
        stroke,
        width: 1.5,
        points: { size: 5, fill: stroke, filter: lonelyPoints },
        spanGaps: false,
        ...(series.variant === 0 ? {} : { dash: dashOf(series) }),
      };
    }
    const bars = uPlot.paths.bars?.({ align: 1, size: [1, Number.POSITIVE_INFINITY], gap });
    return {
      label: series.label,
      fill: paint(host, shadeOf(series)),
      width: 0,
      points: { show: false },
      ...(bars === undefined ? {} : { paths: bars }),
    };
  });
  // The highest layer is painted first, each lower one over it.
  return [{}, ...(content.kind === "bars" ? drawn.toReversed() : drawn)];
}

function chartData(content: ChartContent): uPlot.AlignedData {
  const times = content.times.map((time) => time / 1000);
  if (content.kind === "bars") return [times, ...stack(content.series).toReversed()];
  return [
    times,
    ...content.series.map(({ values }) =>
      values.map((value) => (content.logarithmic && (value ?? 0) <= 0 ? null : value)),
    ),
  ];
}

const axisWidth = 56;
const axisGap = 6;
/** A wide letter of the labels' font, in pixels. */
const axisLetterWidth = 7;

function axes(props: TimeChartProps, host: HTMLElement): uPlot.Axis[] {
  const line = { stroke: paint(host, "var(--chart-grid)"), width: 1 };
  const text = paint(host, "var(--text-muted)");
  const font = `11px ${getComputedStyle(host).fontFamily}`;
  const format = (value: number | null): string =>
    value === null ? "" : props.content.format(value).replace(/\.0+(?= )/, "");
  return [
    {
      stroke: text,
      font,
      size: 24,
      gap: 4,
      space: 72,
      grid: { show: false },
      ticks: { ...line, size: 3 },
      values: (_chart, splits, _axis, _space, step) => timeLabels(splits, step, props.zone),
    },
    {
      stroke: text,
      font,
      size: (_chart, labels) => labelsWidth(labels ?? []),
      gap: axisGap,
      space: 28,
      grid: line,
      ticks: { show: false },
      ...(props.content.logarithmic ? { splits: logarithmicSplits, filter: everySplit } : {}),
      ...(props.content.whole ? { incrs: wholeSteps } : {}),
      values: (_chart, splits) => splits.map((value) => format(value)),
    },
  ];
}

/** The labels' own width where they are long, as small sums of money are; one width for all others. */
function labelsWidth(labels: readonly string[]): number {
  return Math.max(axisWidth, Math.max(0, ...labels.map((label) => label.length)) * axisLetterWidth + axisGap);
}

/** Between the lines of a chart that counts: 1, 2 and 5 of each power of ten. */
const wholeSteps = Array.from({ length: 13 }, (_, power) =>
  [1, 2, 5].map((step) => step * 10 ** power),
).flat();

/** Room above the highest value, and never an axis without a height. */
function linearRange(_chart: uPlot, _min: number, max: number): uPlot.Range.MinMax {
  return [0, max > 0 ? max * 1.08 : 1];
}

/** uPlot would leave labels of a logarithmic axis out; these splits are thinned already. */
function everySplit(_chart: uPlot, splits: number[]): number[] {
  return splits;
}

/** 1, 2 and 5 of each power of ten, thinned until the labels have room. */
function logarithmicSplits(chart: uPlot, _axis: number, min: number, max: number): number[] {
  const room = Math.max(2, Math.floor(chart.bbox.height / uPlot.pxRatio / 28));
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const splits: number[] = [];
    for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power += 1) {
      for (const step of steps) {
        const value = step * 10 ** power;
        if (value >= min && value <= max) splits.push(value);
      }
    }
    if (splits.length <= room || steps.length === 1) return splits;
  }
  return [];
}

function logarithmicRange(_chart: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax {
  if (min === null || max === null || min <= 0) return [1, 1000];
  return [min * 0.7, Math.max(max, min * 4) * 1.3];
}

function buildOptions(
  latest: { readonly current: TimeChartProps },
  marks: { readonly current: readonly ChartMark[] },
  host: HTMLElement,
  width: number,
): uPlot.Options {
  const { content, from, to, zone, height } = latest.current;
  const colour = paint(host, "var(--text-muted)");
  return {
    width,
    height,
    tzDate: wallClock(zone),
    padding: [8, 20, 0, 0],
    legend: { show: false },
    series: seriesOptions(content, host),
    axes: axes(latest.current, host),
    scales: {
      x: { time: true, range: [from / 1000, to / 1000] },
      y: content.logarithmic ? { distr: 3, log: 10, range: logarithmicRange } : { range: linearRange },
    },
    cursor: {
      y: false,
      points: { show: content.kind === "lines", size: 7 },
      drag: { x: true, y: false, setScale: false, dist: 4 },
      // Only the crosshair is shared: a drag on one chart is not a drag on all of them.
      sync: {
        key: "home",
        setSeries: false,
        filters: { pub: (type) => type === "mousemove" || type === "mouseleave" },
      },
      ...(content.kind === "bars" ? { dataIdx: bucketUnder } : {}),
    },
    hooks: {
      draw: [(chart) => drawMarks(chart, marks.current, colour)],
      setCursor: [
        (chart) => latest.current.onCursor(chart.cursor.idx ?? null, marksUnder(chart, marks.current)),
      ],
      setSelect: [
        (chart) => {
          const { left, width: selected } = chart.select;
          if (selected < 4) return;
          const start = chart.posToVal(left, "x") * 1000;
          const end = chart.posToVal(left + selected, "x") * 1000;
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          latest.current.onZoom({ start, end });
        },
      ],
    },
  };
}

/** In pixels of the page. */
const markRadius = 3.5;
const markReach = 6;

/** What the marks say that the pointer is near enough to mean; a bucket may be no wider than a hair. */
function marksUnder(chart: uPlot, marks: readonly ChartMark[]): string {
  const { left } = chart.cursor;
  if (left === undefined || left < 0) return "";
  return marksText(marks.filter(({ at }) => Math.abs(chart.valToPos(at / 1000, "x") - left) <= markReach));
}

/** A line with a diamond at its head, for each instant at which something changed; the crosshair is dashed. */
function drawMarks(chart: uPlot, marks: readonly ChartMark[], colour: string): void {
  const { ctx, bbox } = chart;
  const pixels = uPlot.pxRatio;
  const radius = markRadius * pixels;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = pixels;
  for (const at of new Set(marks.map((mark) => mark.at))) {
    const x = Math.round(chart.valToPos(at / 1000, "x", true)) + pixels / 2;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const top = bbox.top;
    // The diamond is what is looked for; its line stands back behind the figures.
    ctx.globalAlpha = 0.5;
    ctx.beginPath();
    ctx.moveTo(x, top + radius);
    ctx.lineTo(x, top + bbox.height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    ctx.beginPath();
    ctx.moveTo(x, top - radius);
    ctx.lineTo(x + radius, top);
    ctx.lineTo(x, top + radius);
    ctx.lineTo(x - radius, top);
    ctx.fill();
  }
  ctx.restore();
}

/** Bars stand to the right of their instant, so the bucket is the last one that began before the pointer. */
function bucketUnder(chart: uPlot, _series: number, closest: number, x: number): number {
  const times = chart.data[0];
  if (times === undefined || closest <= 0) return closest;
  return (times[closest] ?? 0) > x ? closest - 1 : closest;
}

function openAtPointer(chart: uPlot, latest: { readonly current: TimeChartProps }): void {
  const { content, onOpen } = latest.current;
  const { left, top } = chart.cursor;
  if (left === undefined || top === undefined || left < 0) return;
  const closest = chart.posToIdx(left);
  const bucket =
    content.kind === "bars" ? bucketUnder(chart, 0, closest, chart.posToVal(left, "x")) : closest;
  onOpen(bucket, seriesAt(content, { bucket, value: chart.posToVal(top, "y") }));
}

/** A uPlot chart: shared crosshair, a drag zooms the range, a click opens the rows of the bucket. */
export function TimeChart(props: TimeChartProps): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  const chart = useRef<uPlot | null>(null);
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => onThemeChange(() => setTheme((count) => count + 1)), []);
  const { content, from, to, zone, marks, height } = props;
  const drawnMarks = useRef(marks);
  const shape = `${content.kind}\n${content.series.map(({ key, colour, variant }) => `${key}\t${colour}\t${variant}`).join("\n")}`;
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const made = new uPlot(
      buildOptions(latest, drawnMarks, element, element.clientWidth),
      chartData(latest.current.content),
      element,
    );
    chart.current = made;
    let pressedAt = 0;
    made.over.addEventListener("pointerdown", (event) => {
      pressedAt = event.clientX;
    });
    made.over.addEventListener("click", (event) => {
      if (Math.abs(event.clientX - pressedAt) < 4) openAtPointer(made, latest);
    });
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
    // What is read through `latest` is listed too: the chart is made anew when its shape, range or colours change,
    // and only given new data when nothing but the values did.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [shape, from, to, zone, height, theme]);
  useEffect(() => {
    chart.current?.setData(chartData(content), true);
  }, [content]);
  useEffect(() => {
    drawnMarks.current = marks;
    chart.current?.redraw();
  }, [marks]);
  return <div ref={host} className="w-full cursor-crosshair" style={{ height }} />;
}
