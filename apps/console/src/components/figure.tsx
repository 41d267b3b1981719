import { clsx } from "clsx";
import type { ReactNode } from "react";
import {
  exactCount,
  exactDuration,
  exactUsd,
  formatBytes,
  formatCount,
  formatDuration,
  formatUsd,
} from "./format.ts";
import { Tooltip } from "./tooltip.tsx";

/**
 * A number in its short form; hovering or focusing it gives the exact value and, where there is one, the
 * definition. Figures in a table of thousands use `title` instead (`light`), which costs no component per cell.
 */
export function Figure({
  text,
  exact,
  definition,
  light = false,
  className,
}: {
  text: string;
  exact: string;
  definition?: string;
  light?: boolean;
  className?: string;
}): ReactNode {
  if (light) {
    return (
      <span title={definition === undefined ? exact : `${exact}\n${definition}`} className={className}>
        {text}
      </span>
    );
  }
  return (
    <Tooltip
      content={
        <span className="block">
          <span className="block font-medium">{exact}</span>
          {definition === undefined ? null : <span className="block text-muted">{definition}</span>}
        </span>
      }
    >
      <span className={clsx("tabular-nums", className)}>{text}</span>
    </Tooltip>
  );
}

interface ValueProps {
  value: number | null | undefined;
  definition?: string;
  light?: boolean;
  className?: string;
}

/** A duration in milliseconds. */
export function DurationFigure({ value, ...rest }: ValueProps): ReactNode {
  return <Figure text={formatDuration(value)} exact={exactDuration(value)} {...rest} />;
}

/** US dollars. */
export function UsdFigure({ value, ...rest }: ValueProps): ReactNode {
  return <Figure text={formatUsd(value)} exact={exactUsd(value)} {...rest} />;
}

/** A count of anything. */
export function CountFigure({ value, ...rest }: ValueProps): ReactNode {
  return <Figure text={formatCount(value)} exact={exactCount(value)} {...rest} />;
}

/** A size in bytes. */
export function BytesFigure({ value, ...rest }: ValueProps): ReactNode {
  return (
    <Figure
      text={formatBytes(value)}
      exact={value === null || value === undefined ? "no value" : `${exactCount(value)} bytes`}
      {...rest}
    />
  );
}
