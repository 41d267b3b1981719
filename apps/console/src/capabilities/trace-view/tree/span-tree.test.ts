import { describe, expect, test } from "vitest";
import { agentTrace } from "../fixtures/agent-trace.ts";
import { appSpan } from "../fixtures/build.ts";
import { hugeTrace } from "../fixtures/huge-trace.ts";
import { gapsOf } from "./gaps.ts";
import { buildSpanTree, parseIsoMs } from "./span-tree.ts";

const names = (nodes: readonly { span: { name: string } }[]): string[] => nodes.map((node) => node.span.name);

describe("a tree of spans", () => {
  test("puts children under their parents in the order of their starts, whatever order they came in", () => {
    const tree = buildSpanTree([
      appSpan(3, { name: "late", parent: 1, offsetMs: 50 }),
      appSpan(4, { name: "inner", parent: 2, offsetMs: 12 }),
      appSpan(2, { name: "early", parent: 1, offsetMs: 10 }),
      appSpan(1, { name: "root", durationMs: 100 }),
    ]);
    expect(names(tree.nodes)).toEqual(["root", "early", "inner", "late"]);
    expect(tree.nodes.map((node) => node.depth)).toEqual([0, 1, 2, 1]);
    expect(tree.nodes[0]?.descendantCount).toBe(3);
  });

  test("keeps a span whose parent never arrived, at the top and marked", () => {
    const tree = buildSpanTree([
      appSpan(1, { name: "root" }),
      appSpan(2, { name: "lost", parent: 77, offsetMs: 5 }),
    ]);
    expect(names(tree.roots)).toEqual(["root", "lost"]);
    expect(tree.roots[1]?.misplaced).toBe("orphan");
    expect(tree.orphanCount).toBe(1);
  });

  test("cuts loops, also of a span that names itself, and loses nobody", () => {
    const tree = buildSpanTree([
      appSpan(1, { name: "root" }),
      appSpan(2, { name: "a", parent: 3, offsetMs: 10 }),
      appSpan(3, { name: "b", parent: 2, offsetMs: 20 }),
      appSpan(4, { name: "self", parent: 4, offsetMs: 30 }),
    ]);
    expect(names(tree.nodes).toSorted()).toEqual(["a", "b", "root", "self"]);
    expect(tree.cycleCount).toBe(2);
    expect(tree.roots.find((node) => node.span.name === "a")?.misplaced).toBe("cycle");
  });

  test("shows both spans when one id came twice", () => {
    const tree = buildSpanTree([appSpan(1, { name: "first" }), appSpan(1, { name: "second", offsetMs: 1 })]);
    expect(names(tree.nodes)).toEqual(["first", "second"]);
    expect(new Set(tree.nodes.map((node) => node.key)).size).toBe(2);
  });

  test("survives a chain of 30,000 spans", () => {
    const chain = Array.from({ length: 30_000 }, (_, at) =>
      appSpan(at, at === 0 ? {} : { parent: at - 1, offsetMs: at }),
    );
    const tree = buildSpanTree(chain);
    expect(tree.nodes.at(-1)?.depth).toBe(29_999);
    expect(tree.nodes[0]?.descendantCount).toBe(29_999);
  });

  test("counts the errors below a span", () => {
    const tree = buildSpanTree(agentTrace().trace.spans);
    expect(tree.errorCount).toBe(2);
    expect(tree.roots[0]?.descendantErrorCount).toBe(2);
  });

  test("takes 30,000 spans whole", () => {
    const { trace } = hugeTrace();
    const tree = buildSpanTree(trace.spans);
    expect(tree.nodes).toHaveLength(30_000);
  });

  test("an empty trace is an empty tree", () => {
    expect(buildSpanTree([])).toMatchObject({ nodes: [], roots: [], durationMs: 0 });
  });
});

test("an instant keeps its microseconds", () => {
  expect(parseIsoMs("2026-11-21T00:00:00.123456Z") - Date.parse("2026-11-21T00:00:00.123Z")).toBeCloseTo(
    0.456,
    2,
  );
});

describe("gaps", () => {
  const tree = buildSpanTree([
    appSpan(1, { durationMs: 1000 }),
    appSpan(2, { parent: 1, offsetMs: 100, durationMs: 300 }),
    appSpan(3, { parent: 1, offsetMs: 200, durationMs: 50 }),
    appSpan(4, { parent: 1, offsetMs: 900, durationMs: 500 }),
  ]);
  test("are where no child ran, overlaps and overhangs counted right", () => {
    const [root] = tree.roots;
    expect(root === undefined ? [] : gapsOf(root, 50)).toEqual([
      { startMs: 0, endMs: 100 },
      { startMs: 400, endMs: 900 },
    ]);
  });
  test("are none in a span without children", () => {
    expect(tree.nodes.slice(1).flatMap((node) => gapsOf(node, 0))).toEqual([]);
  });
});
