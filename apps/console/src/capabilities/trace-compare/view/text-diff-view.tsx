import { useMemo, useState, type ReactNode } from "react";
import { exactCount } from "../../../components/format.ts";
import { positioned } from "../../trace-view/position-keys.ts";
import { toBlocks, withoutLastLineEnd, type TextBlock } from "../diff/text-blocks.ts";
import { splitLines, type DiffPrecision, type TextDiff } from "../diff/text-diff.ts";
import { FoldLine } from "./fold-line.tsx";
import { Segments, TextButton } from "./segments.tsx";
import { ChangedPair, EqualPair } from "./side-pair.tsx";

/** Equal lines that are shown around a change, so that one sees where it is. */
const contextLines = 2;
/** Folding fewer lines than this would save nothing. */
const foldedMinLines = 4;
const contextMaxCharacters = 600;
const blocksAtOnce = 150;

/** A text in both its versions, line beside line. */
export function TextDiffView({ diff, mono = false }: { diff: TextDiff; mono?: boolean }): ReactNode {
  const blocks = useMemo(() => toBlocks(diff.segments), [diff]);
  const [shownMax, setShownMax] = useState(blocksAtOnce);
  const shown = blocks.slice(0, shownMax);
  return (
    <div className="py-1">
      <PrecisionNote precision={diff.precision} />
      {positioned(shown).map(({ key, at, item }) =>
        item.type === "change" ? (
          <ChangedPair key={key} left={side(item, "left", mono)} right={side(item, "right", mono)} />
        ) : (
          <EqualLines key={key} block={item} first={at === 0} last={at === blocks.length - 1} mono={mono} />
        ),
      )}
      {blocks.length > shownMax ? (
        <p className="px-4 py-2 text-table text-muted">
          {exactCount(blocks.length - shownMax)} more stretches.
          <TextButton onClick={() => setShownMax(shownMax + blocksAtOnce)}>
            Show {blocksAtOnce} more
          </TextButton>
        </p>
      ) : null}
    </div>
  );
}

function side(
  block: Extract<TextBlock, { type: "change" }>,
  which: "left" | "right",
  mono: boolean,
): ReactNode {
  const segments = block[which];
  return segments.length === 0 ? null : (
    <Segments segments={withoutLastLineEnd(segments)} mono={mono} signed />
  );
}

const precisionWords: Readonly<Record<DiffPrecision, string>> = {
  word: "",
  line: "Compared by line: some changed stretches are too long or too different to compare by word.",
  whole: "Too long and too different to compare within: all between the equal ends is shown as one change.",
};

function PrecisionNote({ precision }: { precision: DiffPrecision }): ReactNode {
  return precision === "word" ? null : (
    <p className="px-4 py-1 text-table text-muted">{precisionWords[precision]}</p>
  );
}

/** Cuts equal text into what is context for the changes around it and what can be folded. */
function cutEqual(
  text: string,
  { first, last }: { first: boolean; last: boolean },
): { head: string; middle: string; tail: string; lineCount: number } {
  const lines = splitLines(text);
  const headCount = first ? 0 : contextLines;
  const tailCount = last ? 0 : contextLines;
  if (lines.length - headCount - tailCount < foldedMinLines && text.length <= contextMaxCharacters) {
    return { head: text, middle: "", tail: "", lineCount: 0 };
  }
  const head = lines.slice(0, headCount).join("");
  const tail = tailCount === 0 ? "" : lines.slice(Math.max(headCount, lines.length - tailCount)).join("");
  const long = (context: string): boolean => context.length > contextMaxCharacters;
  // A line of the length of a book is no context.
  const keptHead = long(head) ? "" : head;
  const keptTail = long(tail) ? "" : tail;
  const middle = text.slice(keptHead.length, text.length - keptTail.length);
  return {
    head: keptHead,
    middle,
    tail: keptTail,
    lineCount: splitLines(middle).length,
  };
}

function EqualLines({
  block,
  first,
  last,
  mono,
}: {
  block: Extract<TextBlock, { type: "equal" }>;
  first: boolean;
  last: boolean;
  mono: boolean;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const { head, middle, tail, lineCount } = cutEqual(block.text, { first, last });
  return (
    <>
      <EqualText text={head} mono={mono} />
      {middle === "" ? null : (
        <>
          <FoldLine open={open} onToggle={() => setOpen(!open)}>
            {exactCount(lineCount)} equal {lineCount === 1 ? "line" : "lines"}
          </FoldLine>
          {open ? <EqualText text={middle} mono={mono} /> : null}
        </>
      )}
      <EqualText text={tail} mono={mono} />
    </>
  );
}

function EqualText({ text, mono }: { text: string; mono: boolean }): ReactNode {
  if (text === "") return null;
  return (
    <EqualPair>
      <Segments segments={withoutLastLineEnd([{ kind: "equal", text }])} mono={mono} />
    </EqualPair>
  );
}
