import { diffArrays } from "diff";

/** A run of text that both sides have, or only one of them. */
export interface Segment {
  kind: "equal" | "removed" | "added";
  text: string;
}

/** The finest unit that was compared everywhere: a text that is too long or too different is compared coarsely. */
export type DiffPrecision = "word" | "line" | "whole";

export interface TextDiff {
  segments: Segment[];
  precision: DiffPrecision;
}

/** Two texts: on the left what was, on the right what is. */
export interface Sides<Value> {
  left: Value;
  right: Value;
}

/** Until when a comparison may take its time; afterwards everything is compared coarsely. */
export interface DiffBudget {
  /** Epoch milliseconds. */
  endsAtMs: number;
}

/** Texts of together this many words are compared word by word at once; longer ones by line first. */
const directMaxTokens = 6000;
/** Changed lines of together this many words are compared by word. */
const blockMaxTokens = 12_000;
/** Beyond this many changes the search for the shortest list of them is given up. */
const wordEditsMax = 1500;
const lineEditsMax = 3000;
const stepMs = 600;
/** With a smaller share in common, words side by side would be confetti: the texts are shown whole. */
const commonMinShare = 0.2;

// Scripts without spaces between words are compared by character.
const tokenPattern =
  /\n|[^\S\n]+|\p{N}+(?:[.,]\p{N}+)+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}])[\p{L}\p{M}\p{N}_])+|[^\s\p{L}\p{M}\p{N}_]|./gu;

/** Words, numbers with their fraction, runs of spaces, line ends and single signs. Joined they are the text again. */
export function splitWords(text: string): string[] {
  return text.match(tokenPattern) ?? [];
}

/** Lines with their line ends. Joined they are the text again. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Whether there is no time left. */
export function isSpent(budget: DiffBudget): boolean {
  return Date.now() >= budget.endsAtMs;
}

function push(segments: Segment[], segment: Segment): void {
  if (segment.text === "") return;
  const last = segments.at(-1);
  if (last?.kind === segment.kind) last.text += segment.text;
  else segments.push({ ...segment });
}

/** Diffs two lists of tokens; null when that takes too many changes or too much time. */
function diffTokens(
  { left, right }: Sides<string[]>,
  { editsMax, budget }: { editsMax: number; budget: DiffBudget },
): Segment[] | null {
  const timeout = Math.min(stepMs, budget.endsAtMs - Date.now());
  if (timeout <= 0) return null;
  const changes = diffArrays(left, right, { maxEditLength: editsMax, timeout });
  if (changes === undefined) return null;
  const segments: Segment[] = [];
  for (const { value, added, removed } of changes) {
    push(segments, { kind: added ? "added" : removed ? "removed" : "equal", text: value.join("") });
  }
  return segments;
}

/** Removed before added, however the search found them. */
function whole({ left, right }: Sides<string>): Segment[] {
  const segments: Segment[] = [];
  push(segments, { kind: "removed", text: left });
  push(segments, { kind: "added", text: right });
  return segments;
}

/** Takes up equal islands that are smaller than the changes around them: a space or an "a" in common says nothing. */
function absorbIslands(segments: readonly Segment[]): Segment[] {
  const result: Segment[] = [];
  let removed = "";
  let added = "";
  const flush = (): void => {
    for (const segment of whole({ left: removed, right: added })) push(result, segment);
    removed = "";
    added = "";
  };
  for (const [at, segment] of segments.entries()) {
    if (segment.kind === "removed") removed += segment.text;
    else if (segment.kind === "added") added += segment.text;
    else if (isIsland({ text: segment.text, before: removed + added, after: changeAfter(segments, at) })) {
      removed += segment.text;
      added += segment.text;
    } else {
      flush();
      push(result, segment);
    }
  }
  flush();
  return result;
}

/**
 * Moves what was only added, or only removed, so that it is whole lines where it can be: a line put between two others
 * that begin alike is otherwise found from the middle of one to the middle of the next.
 */
function moveToLines(segments: readonly Segment[]): Segment[] {
  const result: Segment[] = [];
  let carried = "";
  for (const [at, each] of segments.entries()) {
    const segment = { ...each, text: carried === "" ? each.text : each.text.slice(carried.length) };
    carried = "";
    const before = result.at(-1);
    const after = segments[at + 1];
    const alone = before?.kind === "equal" && after?.kind === "equal" && segment.kind !== "equal";
    if (alone && segment.text.includes("\n")) {
      const tail = segment.text.slice(segment.text.lastIndexOf("\n") + 1);
      const head = segment.text.slice(0, segment.text.indexOf("\n") + 1);
      // What is equal stays between two changes: only at the ends of the text may nothing be left of it.
      const mayGive = before.text.length > tail.length || result.length === 1;
      const mayTake = after.text.length > head.length || at + 2 === segments.length;
      if (tail !== "" && mayGive && before.text.endsWith(tail)) {
        before.text = before.text.slice(0, before.text.length - tail.length);
        push(result, { ...segment, text: tail + segment.text.slice(0, segment.text.length - tail.length) });
        push(result, { kind: "equal", text: tail });
        continue;
      }
      if (tail !== "" && mayTake && after.text.startsWith(head)) {
        before.text += head;
        push(result, { ...segment, text: segment.text.slice(head.length) + head });
        carried = head;
        continue;
      }
    }
    push(result, segment);
  }
  return result.filter((segment) => segment.text !== "");
}

function changeAfter(segments: readonly Segment[], at: number): string {
  let text = "";
  for (let next = at + 1; segments[next] !== undefined && segments[next]?.kind !== "equal"; next += 1) {
    text += segments[next]?.text ?? "";
  }
  return text;
}

function isIsland({ text, before, after }: { text: string; before: string; after: string }): boolean {
  if (before === "" || after === "" || text.includes("\n")) return false;
  const letters = text.trim();
  // Between two changed words a space is no common ground; more than a short word is.
  return letters === "" ? before.trim() !== "" && after.trim() !== "" : letters.length <= 2;
}

/** Words against words; the whole texts when they have too little in common. */
function diffWords(sides: Sides<string>, budget: DiffBudget): Segment[] | null {
  const tokens = { left: splitWords(sides.left), right: splitWords(sides.right) };
  const little = tooLittle(sides);
  // No search can find more in common than the words that are in both, in whatever order.
  if (little(commonWords(tokens))) return whole(sides);
  if (tokens.left.length + tokens.right.length > blockMaxTokens) return null;
  const raw = diffTokens(tokens, { editsMax: wordEditsMax, budget });
  if (raw === null) return null;
  const segments = absorbIslands(raw);
  const common = raw.reduce((sum, each) => sum + (each.kind === "equal" ? each.text.trim().length : 0), 0);
  return little(common) ? whole(sides) : moveToLines(segments);
}

/** Whether so many characters in common are too few. What is only longer than the other has all of the other in it. */
function tooLittle({ left, right }: Sides<string>): (common: number) => boolean {
  const longer = Math.max(left.length, right.length);
  const shorter = Math.min(left.length, right.length);
  return (common) => common < commonMinShare * longer && common < 0.5 * shorter;
}

/** Characters of the words that both have. */
function commonWords({ left, right }: Sides<string[]>): number {
  const counts = new Map<string, number>();
  for (const word of left) counts.set(word, (counts.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of right) {
    const count = counts.get(word) ?? 0;
    if (count === 0) continue;
    counts.set(word, count - 1);
    common += word.trim().length;
  }
  return common;
}

/** Lines against lines, then the words of the lines that changed; `tried` says that by word the whole is too much. */
function diffLines(sides: Sides<string>, budget: DiffBudget, tried: boolean): TextDiff {
  const lines = { left: splitLines(sides.left), right: splitLines(sides.right) };
  const coarse = diffTokens(lines, { editsMax: lineEditsMax, budget });
  if (coarse === null) return { segments: wholeBetween(sides), precision: "whole" };
  let precision: DiffPrecision = "word";
  const segments: Segment[] = [];
  let removed = "";
  let added = "";
  const flush = (): void => {
    const bothSides = removed !== "" && added !== "";
    const again = tried && removed === sides.left && added === sides.right;
    const fine = bothSides && !again ? diffWords({ left: removed, right: added }, budget) : null;
    if (bothSides && fine === null) precision = "line";
    for (const segment of fine ?? whole({ left: removed, right: added })) push(segments, segment);
    removed = "";
    added = "";
  };
  for (const segment of coarse) {
    if (segment.kind === "removed") removed += segment.text;
    else if (segment.kind === "added") added += segment.text;
    else {
      flush();
      push(segments, segment);
    }
  }
  flush();
  return { segments, precision };
}

/** What two texts have in common at their beginning and end, and all between as one change. */
function wholeBetween({ left, right }: Sides<string>): Segment[] {
  const most = Math.min(left.length, right.length);
  let start = 0;
  while (start < most && left[start] === right[start]) start += 1;
  // Back to a line's beginning, so that no word is cut in two.
  start = left.slice(0, start).lastIndexOf("\n") + 1;
  let end = 0;
  while (end < most - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const lineEnd = left.indexOf("\n", left.length - end);
  end = lineEnd < 0 ? 0 : left.length - lineEnd - 1;
  const segments: Segment[] = [];
  push(segments, { kind: "equal", text: left.slice(0, start) });
  for (const segment of whole({
    left: left.slice(start, left.length - end),
    right: right.slice(start, right.length - end),
  })) {
    push(segments, segment);
  }
  push(segments, { kind: "equal", text: end === 0 ? "" : left.slice(left.length - end) });
  return segments;
}

/**
 * What changed between two texts, by word where that is possible in the time there is; the result says how finely it
 * was compared. The left text is the equal and removed segments, the right text the equal and added ones.
 */
export function diffText(sides: Sides<string>, budget: DiffBudget): TextDiff {
  const { left, right } = sides;
  if (left === right) {
    return { segments: left === "" ? [] : [{ kind: "equal", text: left }], precision: "word" };
  }
  // About four characters make a token; what is far beyond need not be split to know that it is too long.
  const direct = left.length + right.length < directMaxTokens * 4;
  if (direct) {
    const segments = diffWords(sides, budget);
    if (segments !== null) return { segments, precision: "word" };
  }
  return diffLines(sides, budget, direct);
}
