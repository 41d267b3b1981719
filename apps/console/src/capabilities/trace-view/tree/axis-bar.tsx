import { useRef, useState, type PointerEvent, type ReactNode } from "react";
import { axisTicks, clampWindow, positionIn, type TimeWindow } from "./time-axis.ts";

/** The time axis above the bars. Dragging over it zooms to what was dragged over. */
export function AxisBar({
  window,
  durationMs,
  widthPx,
  onWindow,
}: {
  window: TimeWindow;
  durationMs: number;
  widthPx: number;
  onWindow: (window: TimeWindow) => void;
}): ReactNode {
  const track = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const shareAt = (event: PointerEvent): number => {
    const box = track.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return 0;
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const end = (): void => {
    if (drag !== null && Math.abs(drag.to - drag.from) * widthPx >= 4) {
      const at = (share: number): number => window.fromMs + share * (window.toMs - window.fromMs);
      const fromMs = at(Math.min(drag.from, drag.to));
      onWindow(clampWindow({ fromMs, toMs: at(Math.max(drag.from, drag.to)) }, durationMs));
    }
    setDrag(null);
  };
  return (
    <div
      ref={track}
      title="Drag to zoom"
      className="relative mx-2 h-full min-w-0 flex-1 cursor-crosshair touch-none overflow-hidden select-none"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: shareAt(event), to: shareAt(event) });
      }}
      onPointerMove={(event) => {
        if (drag !== null) setDrag({ ...drag, to: shareAt(event) });
      }}
      onPointerUp={end}
      onPointerCancel={() => setDrag(null)}
    >
      {axisTicks({ window, widthPx }).map((tick) => {
        const at = positionIn(window, tick.atMs);
        return (
          <span
            key={tick.atMs}
            className="absolute inset-y-0 border-l border-line pl-1 text-label leading-[27px] whitespace-nowrap text-muted"
            style={{ left: `${at * 100}%` }}
          >
            {at * widthPx > widthPx - 44 ? "" : tick.label}
          </span>
        );
      })}
      {drag === null ? null : (
        <span
          className="absolute inset-y-0 border-x border-accent bg-accent/20"
          style={{
            left: `${Math.min(drag.from, drag.to) * 100}%`,
            width: `${Math.abs(drag.to - drag.from) * 100}%`,
          }}
        />
      )}
    </div>
  );
}

/** The axis' lines, carried down behind all rows. */
export function AxisLines({ window, widthPx }: { window: TimeWindow; widthPx: number }): ReactNode {
  return axisTicks({ window, widthPx }).map((tick) => (
    <span
      key={tick.atMs}
      className="absolute inset-y-0 w-px bg-line/60"
      style={{ left: `${positionIn(window, tick.atMs) * 100}%` }}
    />
  ));
}
