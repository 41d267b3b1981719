import { clsx } from "clsx";
import type { ReactNode } from "react";
import { differenceProps } from "../use-differences.ts";

/** Which of the two: A on the left, B on the right. Colour never says it alone. */
export function SideLetter({ side }: { side: "left" | "right" }): ReactNode {
  return (
    <span className="inline-flex size-4.5 shrink-0 items-center justify-center rounded-sm bg-pressed text-label font-semibold">
      {side === "left" ? "A" : "B"}
    </span>
  );
}

/** The sign before what only one side has. */
function SideSign({ side }: { side: "left" | "right" }): ReactNode {
  return (
    <span
      aria-hidden="true"
      className={clsx(
        "w-3 shrink-0 text-center font-mono text-table font-semibold select-none",
        side === "left" ? "text-bad-text" : "text-good-text",
      )}
    >
      {side === "left" ? "−" : "+"}
    </span>
  );
}

const cell = "flex min-w-0 gap-2 px-4 py-0.5";

/** The two versions of something, side by side; one under the other where the window is narrow. */
export function ChangedPair({ left, right }: { left: ReactNode; right: ReactNode }): ReactNode {
  return (
    <div
      {...differenceProps}
      className="grid -outline-offset-2 focus:outline-2 focus:outline-accent medium:grid-cols-2"
    >
      <PairCell side="left">{left}</PairCell>
      <PairCell side="right">{right}</PairCell>
    </div>
  );
}

function PairCell({ side, children }: { side: "left" | "right"; children: ReactNode }): ReactNode {
  const empty = children === null;
  return (
    <div
      className={clsx(
        cell,
        side === "left" && "medium:border-r medium:border-line",
        empty && "bg-sunken max-medium:hidden",
      )}
    >
      {empty ? (
        <span className="sr-only">Nothing on this side.</span>
      ) : (
        <>
          <SideSign side={side} />
          <span className="sr-only">{side === "left" ? "A:" : "B:"}</span>
          <div className="min-w-0 flex-1">{children}</div>
        </>
      )}
    </div>
  );
}

/** What both sides have: twice beside each other so that the eye stays in its column, once where they are stacked. */
export function EqualPair({ children }: { children: ReactNode }): ReactNode {
  return (
    <div className="grid text-soft medium:grid-cols-2">
      <div className={clsx(cell, "medium:border-r medium:border-line")}>
        <span className="w-3 shrink-0" />
        <div className="min-w-0 flex-1">{children}</div>
      </div>
      <div aria-hidden="true" className={clsx(cell, "max-medium:hidden")}>
        <span className="w-3 shrink-0" />
        <div className="min-w-0 flex-1">{children}</div>
      </div>
    </div>
  );
}
