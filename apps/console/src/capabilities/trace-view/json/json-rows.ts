import { appendPath, entriesOf, isBranch, sizeInWords } from "./json-value.ts";

interface JsonRowBase {
  key: string;
  depth: number;
}
interface JsonBranchRow extends JsonRowBase {
  type: "branch";
  path: string;
  name: string;
  inArray: boolean;
  open: boolean;
  array: boolean;
  size: string;
  value: Record<string, unknown> | unknown[];
}
interface JsonLeafRow extends JsonRowBase {
  type: "leaf";
  path: string;
  name: string;
  inArray: boolean;
  value: unknown;
}
/** Stands for the entries beyond what one page of a long array or object shows. */
interface JsonMoreRow extends JsonRowBase {
  type: "more";
  path: string;
  hiddenCount: number;
}
export type JsonRow = JsonBranchRow | JsonLeafRow | JsonMoreRow;

export interface JsonFolding {
  /** Paths whose state differs from what their depth and size give them. */
  toggled: ReadonlySet<string>;
  /** Pages of entries that are shown for a path, where it is more than one. */
  pages: ReadonlyMap<string, number>;
  /** Branches above this depth are open by themselves. */
  openDepth: number;
}

/** Entries of one branch that are shown at a time. */
export const pageCount = 200;
/** A branch with more entries than this starts closed, whatever its depth. */
const openMaxEntries = 60;

function isOpen(folding: JsonFolding, path: string, depth: number, entryCount: number): boolean {
  const byItself = depth < folding.openDepth && (entryCount <= openMaxEntries || depth === 0);
  return folding.toggled.has(path) ? !byItself : byItself;
}

/** The rows of a JSON value as a tree, for what is open now. Closed branches cost nothing. */
export function jsonRows(value: unknown, folding: JsonFolding): JsonRow[] {
  const rows: JsonRow[] = [];
  const visit = (
    item: unknown,
    at: { path: string; name: string; inArray: boolean; depth: number },
  ): void => {
    if (!isBranch(item)) {
      rows.push({ type: "leaf", key: at.path, value: item, ...at });
      return;
    }
    const entries = entriesOf(item);
    const open = isOpen(folding, at.path, at.depth, entries.length);
    const array = Array.isArray(item);
    rows.push({ type: "branch", key: at.path, open, array, size: sizeInWords(item), value: item, ...at });
    if (!open) return;
    const shown = (folding.pages.get(at.path) ?? 1) * pageCount;
    for (const [name, child] of entries.slice(0, shown)) {
      visit(child, { path: appendPath(at.path, name, array), name, inArray: array, depth: at.depth + 1 });
    }
    const hiddenCount = entries.length - shown;
    if (hiddenCount > 0) {
      rows.push({ type: "more", key: `${at.path}…`, path: at.path, depth: at.depth + 1, hiddenCount });
    }
  };
  visit(value, { path: "", name: "", inArray: false, depth: 0 });
  return rows;
}

export interface JsonMatch {
  path: string;
  /** Paths to open so that it shows, from the root down, each with its depth and number of entries. */
  ancestors: { path: string; depth: number; entryCount: number; page: number }[];
}

/** Finds names and scalar values that hold a text, in reading order, at most `max`. */
export function findInJson(value: unknown, query: string, max = 1000): JsonMatch[] {
  const needle = query.toLowerCase();
  const matches: JsonMatch[] = [];
  if (needle === "") return matches;
  const visit = (item: unknown, path: string, name: string, ancestors: JsonMatch["ancestors"]): void => {
    if (matches.length >= max) return;
    const branch = isBranch(item);
    const text = branch ? name : `${name}\n${typeof item === "string" ? item : JSON.stringify(item)}`;
    if (text.toLowerCase().includes(needle)) matches.push({ path, ancestors });
    if (!branch) return;
    const entries = entriesOf(item);
    const array = Array.isArray(item);
    for (const [at, [childName, child]] of entries.entries()) {
      const page = Math.floor(at / pageCount) + 1;
      const own = { path, depth: ancestors.length, entryCount: entries.length, page };
      visit(child, appendPath(path, childName, array), array ? "" : childName, [...ancestors, own]);
    }
  };
  visit(value, "", "", []);
  return matches;
}

/** The folding with a match's ancestors open. */
export function revealMatch(folding: JsonFolding, match: JsonMatch): JsonFolding {
  const toggled = new Set(folding.toggled);
  const pages = new Map(folding.pages);
  for (const { path, depth, entryCount, page } of match.ancestors) {
    if (!isOpen(folding, path, depth, entryCount)) {
      if (toggled.has(path)) toggled.delete(path);
      else toggled.add(path);
    }
    if (page > (pages.get(path) ?? 1)) pages.set(path, page);
  }
  return { ...folding, toggled, pages };
}
