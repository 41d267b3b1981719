import type { SpanDetail } from "@weir/schema";
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
  /** Both are JSON and were put into one form before. */
  json: boolean;
}

export type ComparisonTask =
  | { type: "call"; calls: Sides<ComparedCall> }
  | { type: "body"; bodies: Sides<string> };

const budgetFrom = (nowMs: number): DiffBudget => ({ endsAtMs: nowMs + comparisonMs });

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
export function compareCalls({ left, right }: Sides<ComparedCall>, nowMs = Date.now()): CallComparison {
  const budget = budgetFrom(nowMs);
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

function readBody(text: string): { text: string; cut: boolean; json: boolean } {
  const { head, restSha256, restLost, unkeptBytes } = readStoredBody(text);
  const cut = restSha256 !== "" || restLost || unkeptBytes > 0 || head.length > bodyMaxCharacters;
  if (cut) return { text: head.slice(0, bodyMaxCharacters), cut, json: false };
  try {
    return { text: JSON.stringify(JSON.parse(head), null, 2), cut, json: true };
  } catch (error) {
    // A stream's text is no JSON and is compared as it stands.
    if (error instanceof SyntaxError) return { text: head, cut, json: false };
    throw error;
  }
}

/** Compares two recorded bodies: JSON in one form, anything else as it stands. */
export function compareBodies({ left, right }: Sides<string>, nowMs = Date.now()): BodyComparison {
  const sides = { left: readBody(left), right: readBody(right) };
  const json = sides.left.json && sides.right.json;
  const texts = json ? { left: sides.left.text, right: sides.right.text } : asTheyStand({ left, right });
  return {
    diff: diffText(texts, budgetFrom(nowMs)),
    cut: sides.left.cut || sides.right.cut,
    json,
  };
}

function asTheyStand({ left, right }: Sides<string>): Sides<string> {
  const head = (text: string): string => readStoredBody(text).head.slice(0, bodyMaxCharacters);
  return { left: head(left), right: head(right) };
}
