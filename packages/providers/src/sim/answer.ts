import { createRandom, hashText, pick } from "./random.ts";
import type { Random } from "./random.ts";
import type { SimulatorParameters } from "./parameters.ts";
import type { ChatRequest, OfferedTool } from "./request.ts";
import { sampleSchema } from "./schema-sample.ts";
import { tokenPieces } from "../token-estimate.ts";

/**
 * In a user's message, `sim:tools` makes `sim/chat` call every offered tool in parallel (at most four), and
 * `sim:tool=<name>` the one so named.
 */
const toolMarker = /\bsim:(?:tools\b|tool=([\w.-]+))/;
const parallelMax = 4;

/** One token of an answer; a tool's first piece has its name and no arguments yet. */
export type Piece =
  | { kind: "reasoning"; text: string }
  | { kind: "text"; text: string }
  | { kind: "tool"; call: number; name?: string; text: string };

export interface PlannedAnswer {
  pieces: Piece[];
  finish: "stop" | "length" | "tools";
  /** The caller's stop text that ended the answer; empty where none did. */
  stopText: string;
  reasoningTokens: number;
  /** All tokens of the answer, reasoning included: one for each piece. */
  outputTokens: number;
}

/** Decides the whole answer before its first token, so that the same request and seed give the same answer. */
export function planAnswer(parameters: SimulatorParameters, request: ChatRequest): PlannedAnswer {
  const random = createRandom(hashText(request.lastUserText, parameters.seed));
  const pieces: Piece[] = reasoningPieces(parameters.reasoning, random);
  const called = toolsToCall(parameters, request);
  let stopText = "";
  if (called.length > 0) pieces.push(...toolPieces(called, random));
  else {
    const text = answerText(parameters, request, random);
    const stopped = cutAtStop(text, request.stopTexts);
    stopText = stopped.stopText;
    for (const piece of tokenPieces(stopped.text)) pieces.push({ kind: "text", text: piece });
  }
  const isCut = pieces.length > request.maxTokens;
  if (isCut) pieces.length = request.maxTokens;
  return {
    pieces,
    finish: isCut ? "length" : called.length > 0 ? "tools" : "stop",
    stopText: isCut ? "" : stopText,
    reasoningTokens: pieces.filter((piece) => piece.kind === "reasoning").length,
    outputTokens: pieces.length,
  };
}

function toolsToCall(parameters: SimulatorParameters, request: ChatRequest): OfferedTool[] {
  const { tools, toolChoice } = request;
  if (toolChoice === "none" || tools.length === 0) return [];
  const marker = parameters.name === "chat" ? toolMarker.exec(request.lastUserText) : null;
  const askedFor = marker?.[1];
  const marked =
    marker === null ? [] : askedFor === undefined ? tools : tools.filter((tool) => tool.name === askedFor);
  const most = request.parallelTools ? parallelMax : 1;
  if (typeof toolChoice === "object")
    return tools.filter((tool) => tool.name === toolChoice.name).slice(0, 1);
  if (toolChoice === "any") return (marked.length > 0 ? marked : tools.slice(0, 1)).slice(0, most);
  return request.endsInToolResult ? [] : marked.slice(0, most);
}

function toolPieces(tools: readonly OfferedTool[], random: Random): Piece[] {
  const pieces: Piece[] = [];
  tools.forEach((tool, call) => {
    pieces.push({ kind: "tool", call, name: tool.name, text: "" });
    const value = sampleSchema(
      { type: "object", ...(typeof tool.schema === "object" ? tool.schema : {}) },
      random,
    );
    for (const text of tokenPieces(JSON.stringify(value))) pieces.push({ kind: "tool", call, text });
  });
  return pieces;
}

function answerText(parameters: SimulatorParameters, request: ChatRequest, random: Random): string {
  if (request.answerSchema !== null) {
    const isFree = JSON.stringify(request.answerSchema) === "{}";
    return JSON.stringify(isFree ? { simulated: true } : sampleSchema(request.answerSchema, random));
  }
  if (parameters.name === "echo")
    return request.lastUserText || "(The last user message has no text to echo.)";
  return fill("This is Weir's simulator and not a model. ", parameters.tokens, random);
}

function reasoningPieces(tokens: number, random: Random): Piece[] {
  if (tokens === 0) return [];
  const text = fill("Simulated reasoning: ", tokens, random);
  return tokenPieces(text).map((piece) => ({ kind: "reasoning", text: piece }));
}

function cutAtStop(text: string, stopTexts: readonly string[]): { text: string; stopText: string } {
  let end = text.length;
  let stopText = "";
  for (const candidate of stopTexts) {
    const at = text.indexOf(candidate);
    if (at !== -1 && at < end) {
      end = at;
      stopText = candidate;
    }
  }
  return { text: text.slice(0, end), stopText };
}

const sentences = [
  "Water takes the lowest way and keeps the level that it finds.",
  "A gate that is raised by a hand lets through what a field needs.",
  "Upstream the flow is wide and slow, downstream it is quick and loud.",
  "Every cubic metre that passes is counted once.",
  "The keeper reads the gauge in the morning and again at night.",
  "After rain the pond rises, and the spillway carries the rest.",
] as const;

/** Text of exactly so many simulated tokens (four characters each). */
function fill(opening: string, tokens: number, random: Random): string {
  const length = tokens * 4;
  let text = opening;
  while (text.length < length) text += `${pick(sentences, random)} `;
  return text.slice(0, length);
}
