import { diffArrays } from "diff";
import { splitWords } from "./text-diff.ts";

/** Two items that belong together, or one that the other side lacks. Positions count from 0; -1 where there is none. */
export type Aligned<Item> =
  | { type: "equal"; left: Item; right: Item; leftAt: number; rightAt: number }
  | { type: "paired"; left: Item; right: Item; leftAt: number; rightAt: number }
  | { type: "left"; left: Item; leftAt: number }
  | { type: "right"; right: Item; rightAt: number };

export interface AlignOptions<Item> {
  left: readonly Item[];
  right: readonly Item[];
  /** Items with the same key are equal. */
  keyOf: (item: Item, side: "left" | "right") => string;
  /** How well two items go together, 0 to 1; 0 for those that may never be paired. */
  affinity: (left: Item, right: Item) => number;
}

/** Beyond this many lists are not searched for the shortest difference. */
const editsMax = 2000;
/** A gap of more pairs than this is paired in order, without looking for what fits best. */
const pairsMax = 4000;

interface Placed<Item> {
  item: Item;
  at: number;
}

/** Equal items are found first, in order; what lies between them is paired by what fits best, also in order. */
export function align<Item>({ left, right, keyOf, affinity }: AlignOptions<Item>): Aligned<Item>[] {
  const leftKeys = left.map((item) => keyOf(item, "left"));
  const rightKeys = right.map((item) => keyOf(item, "right"));
  const changes = diffArrays(leftKeys, rightKeys, { maxEditLength: editsMax }) ?? [
    { value: leftKeys, count: leftKeys.length, removed: true, added: false },
    { value: rightKeys, count: rightKeys.length, removed: false, added: true },
  ];
  const result: Aligned<Item>[] = [];
  let leftAt = 0;
  let rightAt = 0;
  let removed: Placed<Item>[] = [];
  let added: Placed<Item>[] = [];
  const flush = (): void => {
    result.push(...pairGap({ removed, added, affinity }));
    removed = [];
    added = [];
  };
  for (const change of changes) {
    if (!change.removed && !change.added) flush();
    for (let step = 0; step < change.count; step += 1) {
      const before = left[leftAt];
      const after = right[rightAt];
      if (!change.added && !change.removed) {
        if (before !== undefined && after !== undefined)
          result.push({ type: "equal", left: before, right: after, leftAt, rightAt });
      } else if (change.removed && before !== undefined) removed.push({ item: before, at: leftAt });
      else if (change.added && after !== undefined) added.push({ item: after, at: rightAt });
      if (!change.added) leftAt += 1;
      if (!change.removed) rightAt += 1;
    }
  }
  flush();
  return result;
}

interface Gap<Item> {
  removed: readonly Placed<Item>[];
  added: readonly Placed<Item>[];
  affinity: (left: Item, right: Item) => number;
}

const pairOf = <Item>(before: Placed<Item>, after: Placed<Item>): Aligned<Item> => ({
  type: "paired",
  left: before.item,
  right: after.item,
  leftAt: before.at,
  rightAt: after.at,
});

/** Pairs the items of a gap without changing their order, so that the sum of their affinities is largest. */
function pairGap<Item>(gap: Gap<Item>): Aligned<Item>[] {
  const { removed, added } = gap;
  if (removed.length * added.length > pairsMax) return pairByPlace(gap);
  const { scores, best, width } = scoreGap(gap);
  const result: Aligned<Item>[] = [];
  let row = 0;
  let column = 0;
  while (row < removed.length || column < added.length) {
    const before = removed[row];
    const after = added[column];
    const at = row * width + column;
    const pair = scores[at] ?? 0;
    if (
      before !== undefined &&
      after !== undefined &&
      pair > 0 &&
      best[at] === pair + (best[at + width + 1] ?? 0)
    ) {
      result.push(pairOf(before, after));
      row += 1;
      column += 1;
    } else if (before !== undefined && (after === undefined || best[at] === best[at + width])) {
      result.push({ type: "left", left: before.item, leftAt: before.at });
      row += 1;
    } else if (after !== undefined) {
      result.push({ type: "right", right: after.item, rightAt: after.at });
      column += 1;
    }
  }
  return result;
}

/** The affinity of every pair, and the best sum for what is left of both lists from each position on. */
function scoreGap<Item>({ removed, added, affinity }: Gap<Item>): {
  scores: Float64Array;
  best: Float64Array;
  width: number;
} {
  const width = added.length + 1;
  const scores = new Float64Array((removed.length + 1) * width);
  const best = new Float64Array((removed.length + 1) * width);
  for (const [row, before] of [...removed.entries()].toReversed()) {
    for (const [column, after] of [...added.entries()].toReversed()) {
      const at = row * width + column;
      const pair = affinity(before.item, after.item);
      scores[at] = pair;
      const paired = pair > 0 ? pair + (best[at + width + 1] ?? 0) : 0;
      best[at] = Math.max(paired, best[at + width] ?? 0, best[at + 1] ?? 0);
    }
  }
  return { scores, best, width };
}

/** The first with the first, the second with the second, where they may be paired at all. */
function pairByPlace<Item>({ removed, added, affinity }: Gap<Item>): Aligned<Item>[] {
  const result: Aligned<Item>[] = [];
  for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
    const before = removed[at];
    const after = added[at];
    if (before !== undefined && after !== undefined && affinity(before.item, after.item) > 0) {
      result.push(pairOf(before, after));
      continue;
    }
    if (before !== undefined) result.push({ type: "left", left: before.item, leftAt: before.at });
    if (after !== undefined) result.push({ type: "right", right: after.item, rightAt: after.at });
  }
  return result;
}

/** Words of a text that are looked at to see what it is like. */
const likenessWords = 1200;

/** How much two texts have in common, 0 to 1: the share of words that are in both, of their beginnings. */
export function likeness(left: string, right: string): number {
  const before = bagOf(left);
  const after = bagOf(right);
  let common = 0;
  let total = 0;
  for (const [word, count] of before) {
    common += Math.min(count, after.get(word) ?? 0);
    total += count;
  }
  for (const count of after.values()) total += count;
  return total === 0 ? 1 : (2 * common) / total;
}

function bagOf(text: string): Map<string, number> {
  const bag = new Map<string, number>();
  for (const word of splitWords(text.slice(0, likenessWords * 6)).slice(0, likenessWords)) {
    if (word.trim() !== "") bag.set(word, (bag.get(word) ?? 0) + 1);
  }
  return bag;
}
