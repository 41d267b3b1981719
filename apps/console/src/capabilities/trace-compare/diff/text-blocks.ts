import type { Segment } from "./text-diff.ts";

/** A stretch of two texts, laid out in rows whose sides begin at the same height. */
export type TextBlock =
  | { type: "equal"; text: string }
  | { type: "change"; left: Segment[]; right: Segment[] };

interface Draft {
  blocks: TextBlock[];
  /** Equal text at the end of what was read, from its line's beginning: a change may still follow in that line. */
  open: { left: Segment[]; right: Segment[]; changed: boolean };
}

const atLineStart = (segments: readonly Segment[]): boolean =>
  segments.length === 0 || segments.at(-1)?.text.endsWith("\n") === true;

function close(draft: Draft): void {
  const { left, right, changed } = draft.open;
  draft.open = { left: [], right: [], changed: false };
  if (left.length + right.length === 0) return;
  if (changed) draft.blocks.push({ type: "change", left, right });
  else addEqual(draft, left.map((segment) => segment.text).join(""));
}

function addEqual(draft: Draft, text: string): void {
  if (text === "") return;
  const last = draft.blocks.at(-1);
  if (last?.type === "equal") last.text += text;
  else draft.blocks.push({ type: "equal", text });
}

function addToOpen(draft: Draft, text: string): void {
  if (text === "") return;
  draft.open.left.push({ kind: "equal", text });
  draft.open.right.push({ kind: "equal", text });
}

/**
 * Cuts a diff at the line ends that both sides have: equal lines stand by themselves, and a line in which anything
 * changed is one block with both its versions.
 */
export function toBlocks(segments: readonly Segment[]): TextBlock[] {
  const draft: Draft = { blocks: [], open: { left: [], right: [], changed: false } };
  for (const [at, segment] of segments.entries()) {
    if (segment.kind !== "equal") {
      draft.open[segment.kind === "removed" ? "left" : "right"].push(segment);
      draft.open.changed = true;
      const paired = segment.kind === "removed" && segments[at + 1]?.kind === "added";
      if (!paired && atLineStart(draft.open.left) && atLineStart(draft.open.right)) close(draft);
      continue;
    }
    const firstEnd = segment.text.indexOf("\n") + 1;
    if (firstEnd === 0) {
      addToOpen(draft, segment.text);
      continue;
    }
    addToOpen(draft, segment.text.slice(0, firstEnd));
    close(draft);
    const lastEnd = segment.text.lastIndexOf("\n") + 1;
    addEqual(draft, segment.text.slice(firstEnd, lastEnd));
    addToOpen(draft, segment.text.slice(lastEnd));
  }
  close(draft);
  return draft.blocks;
}

/** A side of a block as it is drawn: without the line end that the next block's beginning stands for. */
export function withoutLastLineEnd(segments: readonly Segment[]): Segment[] {
  const last = segments.at(-1);
  if (last === undefined || !last.text.endsWith("\n")) return [...segments];
  const text = last.text.slice(0, -1);
  return text === "" && segments.length > 1
    ? segments.slice(0, -1)
    : [...segments.slice(0, -1), { ...last, text }];
}
