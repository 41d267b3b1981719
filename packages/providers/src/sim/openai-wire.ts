import type { JsonObject } from "../contract.ts";
import type { Piece, PlannedAnswer } from "./answer.ts";
import { joinPieces } from "./wire.ts";
import type { AnswerHead, AnswerWire, SimulatedError, StreamWriter } from "./wire.ts";

const fingerprint = "weir-sim";

/** Writes answers the way OpenAI's chat completions do, with reasoning as `reasoning_content`. */
export const openAiWire: AnswerWire = { body, stream, errorBody, errorEvent };

function body(head: AnswerHead, answer: PlannedAnswer): JsonObject {
  const { reasoning, text, calls } = joinPieces(answer.pieces);
  const message: JsonObject = { role: "assistant", content: calls.length > 0 ? null : text, refusal: null };
  if (reasoning !== "") message.reasoning_content = reasoning;
  if (calls.length > 0) {
    message.tool_calls = calls.map((call, index) => ({
      id: callId(head, index),
      type: "function",
      function: { name: call.name, arguments: call.arguments },
    }));
  }
  return {
    id: head.id,
    object: "chat.completion",
    created: Math.floor(head.createdAtMs / 1000),
    model: head.model,
    system_fingerprint: fingerprint,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(answer) }],
    usage: usageOf(head, answer),
  };
}

function stream(head: AnswerHead, answer: PlannedAnswer): StreamWriter {
  // Everything but the delta is the same for each chunk, so it is written once.
  const fixed = JSON.stringify({
    id: head.id,
    object: "chat.completion.chunk",
    created: Math.floor(head.createdAtMs / 1000),
    model: head.model,
    system_fingerprint: fingerprint,
  }).slice(0, -1);
  const usageTail = head.includeUsage ? ',"usage":null' : "";
  const chunk = (delta: unknown, finish: string | null): string =>
    `data: ${fixed},"choices":[{"index":0,"delta":${JSON.stringify(delta)},"logprobs":null,"finish_reason":${JSON.stringify(finish)}}]${usageTail}}\n\n`;
  return {
    start: () => chunk({ role: "assistant", content: "" }, null),
    piece: (piece) => chunk(deltaOf(head, piece), null),
    end: () => {
      const usage = head.includeUsage
        ? `data: ${fixed},"choices":[],"usage":${JSON.stringify(usageOf(head, answer))}}\n\n`
        : "";
      return `${chunk({}, finishReason(answer))}${usage}data: [DONE]\n\n`;
    },
  };
}

function deltaOf(head: AnswerHead, piece: Piece): JsonObject {
  if (piece.kind === "text") return { content: piece.text };
  if (piece.kind === "reasoning") return { reasoning_content: piece.text };
  const called = piece.name === undefined ? { arguments: piece.text } : { name: piece.name, arguments: "" };
  const identity = piece.name === undefined ? {} : { id: callId(head, piece.call), type: "function" };
  return { tool_calls: [{ index: piece.call, ...identity, function: called }] };
}

function callId(head: AnswerHead, index: number): string {
  return `call_sim_${head.id.slice(-8)}_${index}`;
}

function finishReason(answer: PlannedAnswer): string {
  return answer.finish === "tools" ? "tool_calls" : answer.finish;
}

function usageOf(head: AnswerHead, answer: PlannedAnswer): JsonObject {
  return {
    prompt_tokens: head.inputTokens,
    completion_tokens: answer.outputTokens,
    total_tokens: head.inputTokens + answer.outputTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: answer.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function errorBody(error: SimulatedError): JsonObject {
  return { error: { message: error.message, type: error.type, param: null, code: error.code } };
}

function errorEvent(error: SimulatedError): string {
  return `data: ${JSON.stringify(errorBody(error))}\n\n`;
}
