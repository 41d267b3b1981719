import { clsx } from "clsx";
import { Fragment, useEffect, useMemo, useRef, type ReactNode } from "react";
import { ScrollRegion } from "../../../components/scroll-region.tsx";
import { splitForLayout } from "../messages/fold-text.ts";
import { positioned } from "../position-keys.ts";
import type { TextMatch } from "./find-in-text.ts";

const noMatches: readonly TextMatch[] = [];

/**
 * Text of any length, in pieces that the browser lays out only when they come into view. Selecting and the
 * browser's own search go across the pieces.
 */
export function TextView({
  text,
  label,
  wrap,
  matches = noMatches,
  currentMatch = -1,
}: {
  text: string;
  label: string;
  wrap: boolean;
  matches?: readonly TextMatch[];
  /** Position in `matches` of the one to show. */
  currentMatch?: number;
}): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const pieces = useMemo(() => splitForLayout(text), [text]);
  const target = matches[currentMatch]?.start;
  useEffect(() => {
    if (target !== undefined)
      box.current?.querySelector(`mark[data-at="${target}"]`)?.scrollIntoView({ block: "center" });
  }, [target]);
  return (
    <ScrollRegion landmark={false} boxRef={box} label={label} className="overflow-x-auto">
      <pre
        className={clsx(
          "py-2 text-table",
          wrap ? "whitespace-pre-wrap [overflow-wrap:anywhere]" : "w-max min-w-full",
        )}
      >
        {pieces.map((piece) => (
          <code
            key={piece.from}
            className="block px-3 [contain-intrinsic-size:auto_900px] [content-visibility:auto] only:[content-visibility:visible]"
          >
            <MarkedPiece piece={piece.text} from={piece.from} matches={matches} target={target} />
          </code>
        ))}
      </pre>
    </ScrollRegion>
  );
}

function MarkedPiece({
  piece,
  from,
  matches,
  target,
}: {
  piece: string;
  from: number;
  matches: readonly TextMatch[];
  /** Where the match begins that is shown now. */
  target: number | undefined;
}): ReactNode {
  // A piece ends with the line end that separates it from the next block; drawn, it would be an empty line.
  const shown = piece.endsWith("\n") ? piece.slice(0, -1) : piece;
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of matches) {
    const start = match.start - from;
    if (start < 0 || start >= shown.length) continue;
    const end = Math.min(shown.length, match.end - from);
    parts.push(shown.slice(at, start));
    parts.push(
      <mark
        key={match.start}
        data-at={match.start}
        {...(match.start === target ? { "data-current": "" } : {})}
        className="rounded-sm bg-warn-soft text-warn-text data-current:bg-accent-fill data-current:text-on-accent"
      >
        {shown.slice(start, end)}
      </mark>,
    );
    at = end;
  }
  if (parts.length === 0) return shown;
  parts.push(shown.slice(at));
  return positioned(parts).map(({ key, item }) => <Fragment key={key}>{item}</Fragment>);
}
