import { describe, expect, test } from "vitest";
import { agentTrace } from "../fixtures/agent-trace.ts";
import { appSpan } from "../fixtures/build.ts";
import { createSpanSearch } from "./span-search.ts";
import { buildSpanTree } from "./span-tree.ts";
import { treeCommand } from "./tree-keys.ts";
import {
  collapseAll,
  matchingRows,
  revealSpan,
  visibleRows,
  type TreeFolding,
  type TreeRowItem,
} from "./visible-rows.ts";

const open: TreeFolding = { collapsed: new Set(), openRuns: new Set() };
const tree = buildSpanTree(agentTrace().trace.spans);
const nameOf = (row: TreeRowItem): string =>
  row.type === "span" ? row.node.span.name : `+${row.nodes.length}`;

describe("visible rows", () => {
  test("fold a long run of like siblings, and say how many failed in it", () => {
    const rows = visibleRows(tree, open);
    const run = rows.find((row) => row.type === "run");
    expect(run?.type === "run" ? [run.nodes.length, run.errorCount] : null).toEqual([37, 1]);
    expect(rows.filter((row) => nameOf(row) === "read_gauge")).toHaveLength(3);
  });
  test("leave out what lies in a collapsed branch", () => {
    const rows = visibleRows(tree, { ...open, collapsed: collapseAll(tree) });
    expect(rows.map(nameOf)).not.toContain("manual search");
    expect(rows.map(nameOf)).toContain("recover");
  });
  test("open what hides a span that was chosen elsewhere, be it a branch or a run", () => {
    const hidden = tree.nodes.find((node) => node.span.status === "error" && node.span.name === "read_gauge");
    if (hidden === undefined) throw new Error("the fixture has a failed read_gauge");
    const folding = revealSpan({ ...open, collapsed: collapseAll(tree) }, hidden, tree);
    const rows = visibleRows(tree, folding);
    expect(rows.some((row) => row.type === "span" && row.node === hidden)).toBe(true);
    expect(revealSpan(folding, hidden, tree)).toBe(folding);
  });
});

describe("search within the trace", () => {
  const search = createSpanSearch(tree);
  test("finds by every word, and shows the way down to each match", () => {
    const found = search.find("EMBEDDING text", false);
    expect(found?.size).toBe(1);
    const rows = matchingRows(tree, found ?? new Set());
    expect(rows.map((row) => [nameOf(row), row.context])).toEqual([
      ["plant-operator", true],
      ["recover", true],
      ["manual search", true],
      ["embeddings text-embedding-4", false],
    ]);
  });
  test("shows only what failed", () => {
    expect(search.find("", true)?.size).toBe(2);
    expect(search.find("valve", true)?.size).toBe(1);
  });
  test("an empty search is none", () => {
    expect(search.find("  ", false)).toBeNull();
  });
});

describe("keys", () => {
  const rows = visibleRows(
    buildSpanTree([appSpan(1, {}), appSpan(2, { parent: 1 }), appSpan(3, { parent: 2, status: "error" })]),
    open,
  );
  const press = (key: string, at: number) => treeCommand({ key, rows, at, pageRows: 10 });
  test("J, K and the arrows walk and stop at the ends", () => {
    expect(press("j", 0)).toEqual({ type: "move", to: 1 });
    expect(press("ArrowUp", 0)).toEqual({ type: "move", to: 0 });
    expect(press("End", 0)).toEqual({ type: "move", to: 2 });
    expect(press("PageDown", 0)).toEqual({ type: "move", to: 2 });
  });
  test("left closes an open branch, then goes to the parent", () => {
    expect(press("ArrowLeft", 1)).toEqual({ type: "toggle", at: 1, open: false });
    expect(press("ArrowLeft", 2)).toEqual({ type: "move", to: 1 });
  });
  test("E goes to the next span that failed", () => {
    expect(press("e", 0)).toEqual({ type: "move", to: 2 });
  });
  test("other keys are left to the page", () => {
    expect(press("q", 0)).toBeNull();
  });
});
