import { useState, type ReactNode } from "react";
import { formatBytes } from "../../../components/format.ts";
import { positioned } from "../../trace-view/position-keys.ts";
import type { Segment } from "../diff/text-diff.ts";

/** A longer equal stretch inside a line that changed shows its two ends. */
const equalMaxCharacters = 900;
const equalEndCharacters = 280;
/** What a side shows at first of a change that goes on and on, and how much more each press brings. */
const shownAtFirst = 6000;
const shownFactor = 8;

const marks = {
  removed:
    "rounded-sm bg-bad-soft text-bad-text underline decoration-dotted decoration-1 underline-offset-2 [box-decoration-break:clone]",
  added:
    "rounded-sm bg-good-soft text-good-text underline decoration-solid decoration-1 underline-offset-2 [box-decoration-break:clone]",
} as const;

/** All of a side is new: its sign says so, and underlined it would be hard to read. */
const wholeMarks = {
  removed: "bg-bad-soft no-underline [box-decoration-break:clone]",
  added: "bg-good-soft no-underline [box-decoration-break:clone]",
} as const;

/** The first `max` characters of segments, and how many are left. */
function clip(segments: readonly Segment[], max: number): { shown: Segment[]; hidden: number } {
  const shown: Segment[] = [];
  let hidden = 0;
  let room = max;
  for (const segment of segments) {
    if (room > 0)
      shown.push(segment.text.length <= room ? segment : { ...segment, text: segment.text.slice(0, room) });
    hidden += Math.max(0, segment.text.length - Math.max(0, room));
    room -= segment.text.length;
  }
  return { shown, hidden };
}

/** One side of a diff: what only it has is underlined and tinted. */
export function Segments({
  segments,
  mono = false,
  signed = false,
}: {
  segments: readonly Segment[];
  mono?: boolean;
  /** A sign stands beside the text, so that where all of it changed the words need no line of their own. */
  signed?: boolean;
}): ReactNode {
  const [max, setMax] = useState(shownAtFirst);
  const { shown, hidden } = clip(segments, max);
  const whole = signed && segments.every((segment) => segment.kind !== "equal");
  return (
    <div
      className={`min-h-[1lh] whitespace-pre-wrap [overflow-wrap:anywhere] ${mono ? "font-mono text-table" : ""}`}
    >
      {positioned(shown).map(({ key, item }) => (
        <SegmentText key={key} segment={item} whole={whole} />
      ))}
      {hidden === 0 ? null : (
        <TextButton onClick={() => setMax(max * shownFactor)}>… {formatBytes(hidden)} more</TextButton>
      )}
    </div>
  );
}

function SegmentText({ segment, whole }: { segment: Segment; whole: boolean }): ReactNode {
  if (segment.kind === "equal") return <EqualText text={segment.text} />;
  // An empty line that was taken or added would not be seen.
  const text = segment.text.replaceAll(/^\n|(?<=\n)\n/g, "↵\n");
  const className = (whole ? wholeMarks : marks)[segment.kind];
  return segment.kind === "removed" ? (
    <del className={className}>{text}</del>
  ) : (
    <ins className={className}>{text}</ins>
  );
}

function EqualText({ text }: { text: string }): ReactNode {
  const [whole, setWhole] = useState(false);
  if (whole || text.length <= equalMaxCharacters) return text;
  return (
    <>
      {text.slice(0, equalEndCharacters)}
      <TextButton onClick={() => setWhole(true)}>
        … {formatBytes(text.length - 2 * equalEndCharacters)} equal …
      </TextButton>
      {text.slice(-equalEndCharacters)}
    </>
  );
}

/** A quiet button in the flow of a text. */
export function TextButton({ onClick, children }: { onClick: () => void; children: ReactNode }): ReactNode {
  return (
    <button
      type="button"
      onClick={onClick}
      className="mx-1 rounded-sm bg-pressed px-1.5 font-sans text-table text-accent-text hover:underline"
    >
      {children}
    </button>
  );
}
