import { entriesOf, isBranch, isRecord, appendPath } from "../../trace-view/json/json-value.ts";
import { align } from "./align.ts";
import { diffText, isSpent, type DiffBudget, type Segment, type Sides } from "./text-diff.ts";

/** One place of a structured value. What is absent on a side is null there. */
export interface ValueRow {
  /** `filters[2].city`; empty for the value itself. */
  path: string;
  state: "equal" | "changed" | "removed" | "added";
  left: string | null;
  right: string | null;
  /** By word, for texts that changed in parts. */
  segments: Segment[] | null;
}

export interface ValueDiff {
  rows: ValueRow[];
  /** Places beyond the limit, which were not compared one by one. */
  omitted: number;
}

const rowsMax = 400;
/** Shorter texts are read whole at a glance. */
const wordsFromCharacters = 24;

/** JSON in which the order of names says nothing; a key for equality. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? "null";
  const fields = Object.keys(value)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
  return `{${fields.join(",")}}`;
}

interface Walk {
  rows: ValueRow[];
  omitted: number;
  budget: DiffBudget;
}

const print = (value: unknown): string => JSON.stringify(value) ?? "null";

function add(walk: Walk, row: ValueRow): void {
  if (walk.rows.length < rowsMax) walk.rows.push(row);
  else if (row.state !== "equal") walk.omitted += 1;
}

/** Everything below a value that only one side has, place by place. */
function addAlone(
  walk: Walk,
  path: string,
  { value, state }: { value: unknown; state: "removed" | "added" },
): void {
  if (isBranch(value) && walk.rows.length < rowsMax) {
    for (const [name, each] of entriesOf(value)) {
      addAlone(walk, appendPath(path, name, Array.isArray(value)), { value: each, state });
    }
    return;
  }
  const text = print(value);
  add(walk, {
    path,
    state,
    left: state === "removed" ? text : null,
    right: state === "added" ? text : null,
    segments: null,
  });
}

function addLeaf(walk: Walk, path: string, { left, right }: Sides<unknown>): void {
  const before = print(left);
  const after = print(right);
  const changed = before !== after && canonicalJson(left) !== canonicalJson(right);
  const texts =
    changed &&
    typeof left === "string" &&
    typeof right === "string" &&
    Math.min(left.length, right.length) >= wordsFromCharacters &&
    !isSpent(walk.budget);
  add(walk, {
    path,
    state: changed ? "changed" : "equal",
    left: before,
    right: after,
    segments: texts ? diffText({ left, right }, walk.budget).segments : null,
  });
}

function addFields(walk: Walk, path: string, { left, right }: Sides<Record<string, unknown>>): void {
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const below = appendPath(path, name, false);
    if (!Object.hasOwn(left, name)) addAlone(walk, below, { value: right[name], state: "added" });
    else if (!Object.hasOwn(right, name)) addAlone(walk, below, { value: left[name], state: "removed" });
    else compare(walk, below, { left: left[name], right: right[name] });
  }
}

/** Items that both lists have are found wherever they stand; the others are paired in order. */
function addItems(walk: Walk, path: string, sides: Sides<unknown[]>): void {
  const pairs = align<unknown>({
    ...sides,
    keyOf: canonicalJson,
    affinity: (left, right) => (isBranch(left) === isBranch(right) ? 0.5 : 0),
  });
  for (const pair of pairs) {
    const at = pair.type === "right" ? pair.rightAt : pair.leftAt;
    const below = appendPath(path, String(at), true);
    if (pair.type === "left") addAlone(walk, below, { value: pair.left, state: "removed" });
    else if (pair.type === "right") addAlone(walk, below, { value: pair.right, state: "added" });
    else compare(walk, below, { left: pair.left, right: pair.right });
  }
}

function compare(walk: Walk, path: string, { left, right }: Sides<unknown>): void {
  if (Array.isArray(left) && Array.isArray(right) && left.length + right.length > 0) {
    addItems(walk, path, { left, right });
  } else if (isRecord(left) && isRecord(right) && (isBranch(left) || isBranch(right))) {
    addFields(walk, path, { left, right });
  } else addLeaf(walk, path, { left, right });
}

/** Compares two JSON values place by place, whatever the order of their names. */
export function diffValues(sides: Sides<unknown>, budget: DiffBudget): ValueDiff {
  const walk: Walk = { rows: [], omitted: 0, budget };
  compare(walk, "", sides);
  return { rows: walk.rows, omitted: walk.omitted };
}
