import { clsx } from "clsx";
import type { CSSProperties, ReactNode } from "react";
import { formatDuration } from "../../../components/format.ts";
import { modelColour } from "../../../components/model-colour.ts";
import { gapsOf, gapThresholdMs } from "./gaps.ts";
import type { SpanNode } from "./span-tree.ts";
import { stripes } from "./stripes.ts";
import { positionIn, type TimeWindow } from "./time-axis.ts";

/** A stretch of time as a share of the track; null when none of it lies in the window. */
function stretch(window: TimeWindow, fromMs: number, toMs: number): CSSProperties | null {
  const left = Math.max(0, positionIn(window, fromMs));
  const right = Math.min(1, positionIn(window, toMs));
  if (right < 0 || left > 1 || right < left) return null;
  return { left: `${left * 100}%`, width: `${(right - left) * 100}%` };
}

const barClass = "absolute top-1/2 -translate-y-1/2 forced-color-adjust-none";

/** From this width on, a bar shows where its first token came. */
const markFromPx = 10;

/** The colour of a span's bar: a model's own hue for its calls, grey for the work around them. */
function barColour(node: SpanNode): string {
  const { span } = node;
  if (span.status === "error") return "var(--bad-mark)";
  const model = span.modelAnswered || span.modelAsked;
  return model !== "" ? modelColour(model) : "var(--chart-rest)";
}

/**
 * A span on the time axis. The part before the first token is pale and ends in a mark; a failed span is red and
 * striped, since colour must not be the only sign; stretches in which no child ran are hatched out.
 */
export function SpanBar({
  node,
  window,
  traceDurationMs,
  trackPx,
  thin = false,
}: {
  node: SpanNode;
  window: TimeWindow;
  traceDurationMs: number;
  trackPx: number;
  /** The narrow form: a line under the name. */
  thin?: boolean;
}): ReactNode {
  const { span } = node;
  const whole = stretch(window, node.startMs, node.endMs);
  if (whole === null) {
    const before = node.endMs < window.fromMs;
    return (
      <span
        className={clsx(
          "absolute top-1/2 -translate-y-1/2 text-label text-muted",
          before ? "left-0" : "right-0",
        )}
        aria-hidden="true"
      >
        {before ? "‹" : "›"}
      </span>
    );
  }
  const colour = barColour(node);
  const failed = span.status === "error";
  // On a bar of a few pixels the mark would be all there is to see.
  const barPx = (span.durationMs / Math.max(window.toMs - window.fromMs, 1e-6)) * trackPx;
  const firstTokenMs = span.ttftMs === null || barPx < markFromPx ? null : node.startMs + span.ttftMs;
  const waiting =
    firstTokenMs === null ? null : stretch(window, node.startMs, Math.min(firstTokenMs, node.endMs));
  const firstTokenAt = firstTokenMs === null ? -1 : positionIn(window, firstTokenMs);
  const height = thin ? "h-[3px]" : "h-2.5";
  return (
    <>
      <span
        className={clsx(barClass, "min-w-[2px] rounded-[2px]", height)}
        style={{
          ...whole,
          background:
            failed && !thin
              ? stripes("135deg", `${colour} 0 4px, oklch(from ${colour} l c h / 0.55) 4px 7px`)
              : colour,
        }}
      />
      {waiting === null || thin ? null : (
        <span className={clsx(barClass, "rounded-l-[2px] bg-surface/55", height)} style={waiting} />
      )}
      {thin
        ? null
        : gapsOf(node, gapThresholdMs(traceDurationMs)).map((gap) => {
            const place = stretch(window, gap.startMs, gap.endMs);
            return place === null ? null : (
              <span
                key={gap.startMs}
                title={`${formatDuration(gap.endMs - gap.startMs)} in which no child span ran`}
                className={clsx(barClass, "border-x border-line-strong", height)}
                style={{
                  ...place,
                  background: stripes("90deg", `var(--surface) 0 3px, ${colour} 3px 4px`),
                }}
              />
            );
          })}
      {firstTokenAt < 0 || firstTokenAt > 1 || thin ? null : (
        <span
          title={`First token after ${formatDuration(span.ttftMs)}`}
          className={clsx(barClass, "h-4 w-[2px] -translate-x-1/2 rounded-full bg-text")}
          style={{ left: `${firstTokenAt * 100}%` }}
        />
      )}
    </>
  );
}
