import type { SpanDetail } from "@weir/schema";
import { indentJson } from "../../trace-view/json/json-tokens.ts";
import { parseJson } from "../../trace-view/json/json-value.ts";
import { readStoredBody } from "../../trace-view/raw/stored-body.ts";
import { compareMessages, sideToolNames, type MessageDiff } from "./compare-messages.ts";
import { diffText, type DiffBudget, type Sides, type TextDiff } from "./text-diff.ts";
import { diffValues, type ValueDiff } from "./value-diff.ts";

/** How long a comparison may take before the rest of it is compared coarsely. */
const comparisonMs = 3000;
/** Of longer bodies only the beginnings are compared. */
const bodyMaxCharacters = 2_000_000;

/** What of a span a comparison reads; everything else stays where it is. */
export type ComparedCall = Pick<SpanDetail, "input" | "output" | "parameters" | "tools">;

/** Two calls compared. */
export interface CallComparison {
  input: MessageDiff[];
  output: MessageDiff[];
  /** Parameters and offered tools, place by place. */
  settings: ValueDiff;
}

export interface BodyComparison {
  diff: TextDiff;
  /** Only the beginnings were compared: a body is longer than its record holds or than a page can compare. */
  cut: boolean;
  /** Both are JSON and were indented before. */
  json: boolean;
}

export type ComparisonTask =
  | { type: "call"; calls: Sides<ComparedCall> }
  | { type: "body"; bodies: Sides<string> };

const newBudget = (): DiffBudget => ({ endsAtMs: Date.now() + comparisonMs });

/** What the figures of the two calls say already. */
const toldElsewhere: ReadonlySet<string> = new Set(["model", "stream"]);

/** Parameters and tools as one value: tools by name, since their order says nothing. */
function settingsOf({ parameters: sent, tools }: ComparedCall): Record<string, unknown> {
  const parameters = Object.fromEntries(Object.entries(sent).filter(([name]) => !toldElsewhere.has(name)));
  if (tools.length === 0) return parameters;
  const byName = tools.map(({ name, ...rest }) => [name, rest]);
  return { ...parameters, tools: Object.fromEntries(byName) };
}

/** Compares what went into two model calls and what came out. */
export function compareCalls({ left, right }: Sides<ComparedCall>): CallComparison {
  const budget = newBudget();
  const names = sideToolNames({
    left: [...left.input, ...left.output],
    right: [...right.input, ...right.output],
  });
  // The answers first: they are what one came for, should time run out.
  const output = compareMessages({ left: left.output, right: right.output }, { budget, names });
  const settings = diffValues({ left: settingsOf(left), right: settingsOf(right) }, budget);
  const input = compareMessages({ left: left.input, right: right.input }, { budget, names });
  return { input, output, settings };
}

/** What is recorded of a body, and its JSON indented; null for what is cut or is none, as a stream's text is. */
function readBody(text: string): { head: string; json: string | null; cut: boolean } {
  const { head, restSha256, restLost, unkeptBytes } = readStoredBody(text);
  const cut = restSha256 !== "" || restLost || unkeptBytes > 0 || head.length > bodyMaxCharacters;
  const json = !cut && parseJson(head).ok ? indentJson(head) : null;
  return { head: head.slice(0, bodyMaxCharacters), json, cut };
}

/** Compares two recorded bodies: JSON with one value per line, anything else as it stands. */
export function compareBodies(bodies: Sides<string>): BodyComparison {
  const left = readBody(bodies.left);
  const right = readBody(bodies.right);
  const cut = left.cut || right.cut;
  if (left.json !== null && right.json !== null) {
    return { diff: diffText({ left: left.json, right: right.json }, newBudget()), cut, json: true };
  }
  return { diff: diffText({ left: left.head, right: right.head }, newBudget()), cut, json: false };
}
