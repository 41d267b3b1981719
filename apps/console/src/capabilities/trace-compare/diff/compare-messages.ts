import type { Message, MessagePart } from "@weir/schema";
import { copyText, isBranch, parseJsonDocument } from "../../trace-view/json/json-value.ts";
import {
  messageText,
  toolArguments,
  toolNames,
  toolResultValue,
} from "../../trace-view/messages/conversation.ts";
import { align, likeness, type Aligned } from "./align.ts";
import { diffText, type DiffBudget, type Sides, type TextDiff } from "./text-diff.ts";
import { canonicalJson, diffValues, type ValueDiff } from "./value-diff.ts";

/** Names of the tools that were called, by the call's id, on each side. */
export type SideToolNames = Sides<ReadonlyMap<string, string>>;

/** A part of a message that both sides have, or only one. */
export type PartDiff =
  | { type: "equal"; part: MessagePart }
  | { type: "only"; side: "left" | "right"; part: MessagePart }
  | {
      type: "text";
      what: "text" | "reasoning" | "result";
      /** Of a result, the tools that gave it. */
      name?: Sides<string>;
      diff: TextDiff;
    }
  | { type: "values"; what: "call" | "result" | "other"; name: Sides<string>; diff: ValueDiff }
  /** Two that cannot be compared within: an image and another. */
  | { type: "replaced"; left: MessagePart; right: MessagePart };

/** A message that both sides have, or only one. Positions count from 0. */
export type MessageDiff =
  | { type: "equal"; message: Message; leftAt: number; rightAt: number }
  | { type: "only"; side: "left" | "right"; message: Message; at: number }
  | {
      type: "changed";
      left: Pick<Message, "role" | "name">;
      right: Pick<Message, "role" | "name">;
      leftAt: number;
      rightAt: number;
      parts: PartDiff[];
    };

/** What a part says. Ids of calls are new with every call, so that equal calls have other ids: they are left out. */
function partKey(part: MessagePart, names: ReadonlyMap<string, string>): string {
  switch (part.type) {
    case "tool_call":
      return canonicalJson(["call", part.name, toolArguments(part.arguments).value]);
    case "tool_call_response":
      return canonicalJson([
        "result",
        names.get(part.id) ?? "",
        part.isError === true,
        toolResultValue(part.response),
      ]);
    default:
      return canonicalJson(part);
  }
}

function messageKey(message: Message, names: ReadonlyMap<string, string>): string {
  return canonicalJson([message.role, message.name ?? "", message.parts.map((part) => partKey(part, names))]);
}

/** System and developer messages are the same thing under two names. */
const kinOf = (role: Message["role"]): string => (role === "developer" ? "system" : role);

/** Messages of one role go together even when nothing in them is the same: the question and the other question. */
function messageAffinity(left: Message, right: Message): number {
  if (kinOf(left.role) !== kinOf(right.role)) return 0;
  return 0.25 + 0.75 * likeness(messageText(left), messageText(right));
}

function partAffinity(left: MessagePart, right: MessagePart): number {
  if (left.type !== right.type) return 0;
  if (left.type === "tool_call" && right.type === "tool_call" && left.name !== right.name) return 0.1;
  if (left.type === "text" && right.type === "text")
    return 0.25 + 0.75 * likeness(left.content, right.content);
  return 0.5;
}

/** Longer texts are not tried as JSON: they are compared by word. */
const documentMaxCharacters = 200_000;

/** A text that is a whole JSON document, or null. */
function documentOf(value: unknown): Record<string, unknown> | unknown[] | null {
  if (isBranch(value)) return value;
  if (typeof value !== "string" || value.length > documentMaxCharacters) return null;
  const parsed = parseJsonDocument(value);
  return parsed.ok && isBranch(parsed.value) ? parsed.value : null;
}

/** Two texts: place by place when both are JSON, by word otherwise. */
function diffContents(
  what: "text" | "reasoning" | "result",
  { left, right }: Sides<unknown>,
  { name, budget }: { name: Sides<string>; budget: DiffBudget },
): PartDiff {
  const documents = { left: documentOf(left), right: documentOf(right) };
  if (what !== "reasoning" && documents.left !== null && documents.right !== null) {
    const diff = diffValues(documents, budget);
    // The same values in other words: only the words themselves show what differs. Of two tools their names do.
    if (name.left !== name.right || diff.rows.some((row) => row.state !== "equal")) {
      return { type: "values", what: what === "text" ? "other" : what, name, diff };
    }
  }
  const diff = diffText({ left: copyText(left), right: copyText(right) }, budget);
  return what === "result" ? { type: "text", what, name, diff } : { type: "text", what, diff };
}

function diffPart(left: MessagePart, right: MessagePart, context: DiffContext): PartDiff {
  const { budget, names } = context;
  if (left.type === "text" && right.type === "text") {
    const name = { left: "JSON", right: "JSON" };
    return diffContents("text", { left: left.content, right: right.content }, { name, budget });
  }
  if (left.type === "reasoning" && right.type === "reasoning") {
    return {
      type: "text",
      what: "reasoning",
      diff: diffText({ left: left.content, right: right.content }, budget),
    };
  }
  if (left.type === "tool_call" && right.type === "tool_call") {
    return {
      type: "values",
      what: "call",
      name: { left: left.name, right: right.name },
      diff: diffValues(
        { left: toolArguments(left.arguments).value, right: toolArguments(right.arguments).value },
        budget,
      ),
    };
  }
  if (left.type === "tool_call_response" && right.type === "tool_call_response") {
    const name = { left: names.left.get(left.id) ?? "a tool", right: names.right.get(right.id) ?? "a tool" };
    const sides = { left: toolResultValue(left.response), right: toolResultValue(right.response) };
    return diffContents("result", sides, { name, budget });
  }
  if (left.type === "other" && right.type === "other") {
    return {
      type: "values",
      what: "other",
      name: { left: left.name, right: right.name },
      diff: diffValues({ left: left.value, right: right.value }, budget),
    };
  }
  return { type: "replaced", left, right };
}

export interface DiffContext {
  budget: DiffBudget;
  names: SideToolNames;
}

function diffParts(left: Message, right: Message, context: DiffContext): PartDiff[] {
  const pairs = align<MessagePart>({
    left: left.parts,
    right: right.parts,
    keyOf: (part, side) => partKey(part, context.names[side]),
    affinity: partAffinity,
  });
  return pairs.map((pair): PartDiff => {
    if (pair.type === "equal") return { type: "equal", part: pair.left };
    if (pair.type === "left") return { type: "only", side: "left", part: pair.left };
    if (pair.type === "right") return { type: "only", side: "right", part: pair.right };
    return diffPart(pair.left, pair.right, context);
  });
}

function toMessageDiff(pair: Aligned<Message>, context: DiffContext): MessageDiff {
  switch (pair.type) {
    case "equal":
      return { type: "equal", message: pair.left, leftAt: pair.leftAt, rightAt: pair.rightAt };
    case "left":
      return { type: "only", side: "left", message: pair.left, at: pair.leftAt };
    case "right":
      return { type: "only", side: "right", message: pair.right, at: pair.rightAt };
    case "paired": {
      const { left, right, leftAt, rightAt } = pair;
      return {
        type: "changed",
        left: { role: left.role, name: left.name },
        right: { role: right.role, name: right.name },
        leftAt,
        rightAt,
        parts: diffParts(left, right, context),
      };
    }
  }
}

/** Aligns two conversations and says of each message what changed in it. */
export function compareMessages(sides: Sides<readonly Message[]>, context: DiffContext): MessageDiff[] {
  const pairs = align<Message>({
    ...sides,
    keyOf: (message, side) => messageKey(message, context.names[side]),
    affinity: messageAffinity,
  });
  return pairs.map((pair) => toMessageDiff(pair, context));
}

/** The tools that were called on each side, for `DiffContext`. */
export function sideToolNames(sides: Sides<readonly Message[]>): SideToolNames {
  return { left: toolNames(sides.left), right: toolNames(sides.right) };
}
