import { Fragment, useEffect, useMemo, useRef, type ReactNode } from "react";
import { splitForLayout } from "../messages/fold-text.ts";
import type { TextMatch } from "./find-in-text.ts";

/**
 * Text of any length, in pieces that the browser lays out only when they come into view. Selecting and the
 * browser's own search go across the pieces.
 */
export function TextView({
  text,
  label,
  wrap,
  matches = [],
  currentMatch = -1,
}: {
  text: string;
  label: string;
  wrap: boolean;
  matches?: readonly TextMatch[];
  /** Position in `matches` of the one to show. */
  currentMatch?: number;
}): ReactNode {
  const box = useRef<HTMLPreElement>(null);
  const pieces = useMemo(() => splitForLayout(text), [text]);
  useEffect(() => {
    if (currentMatch >= 0)
      box.current?.querySelector("mark[data-current]")?.scrollIntoView({ block: "center" });
  }, [currentMatch, matches]);
  let offset = 0;
  return (
    <pre
      ref={box}
      // Scrollable regions must be reachable by keyboard.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      aria-label={label}
      role="group"
      className={`overflow-x-auto py-2 text-table -outline-offset-2 ${wrap ? "whitespace-pre-wrap [overflow-wrap:anywhere]" : ""}`}
    >
      {pieces.map((piece) => {
        const from = offset;
        offset += piece.length;
        return (
          <code
            key={from}
            className="block px-3 [contain-intrinsic-size:auto_900px] [content-visibility:auto] only:[content-visibility:visible]"
          >
            <MarkedPiece piece={piece} from={from} matches={matches} currentMatch={currentMatch} />
          </code>
        );
      })}
    </pre>
  );
}

function MarkedPiece({
  piece,
  from,
  matches,
  currentMatch,
}: {
  piece: string;
  from: number;
  matches: readonly TextMatch[];
  currentMatch: number;
}): ReactNode {
  // A piece ends with the line end that separates it from the next block; drawn, it would be an empty line.
  const shown = piece.endsWith("\n") ? piece.slice(0, -1) : piece;
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [index, match] of matches.entries()) {
    const start = match.start - from;
    if (start < 0 || start >= shown.length) continue;
    const end = Math.min(shown.length, match.end - from);
    parts.push(shown.slice(at, start));
    parts.push(
      <mark
        key={match.start}
        {...(index === currentMatch ? { "data-current": "" } : {})}
        className="rounded-sm bg-warn-soft text-warn-text data-current:bg-accent-fill data-current:text-on-accent"
      >
        {shown.slice(start, end)}
      </mark>,
    );
    at = end;
  }
  if (parts.length === 0) return shown;
  parts.push(shown.slice(at));
  // oxlint-disable-next-line react/no-array-index-key -- pieces of one fixed text
  return parts.map((part, index) => <Fragment key={index}>{part}</Fragment>);
}
