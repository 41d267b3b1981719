import type { JsonObject } from "../contract.ts";
import { parseJson } from "../json.ts";
import type { Piece, PlannedAnswer } from "./answer.ts";
import { joinPieces } from "./wire.ts";
import type { AnswerHead, AnswerWire, SimulatedError, StreamWriter } from "./wire.ts";

/** Writes answers the way Anthropic's Messages API does. */
export const anthropicWire: AnswerWire = { body, stream, errorBody, errorEvent };

/** Clients send thinking back with its signature; this one says where it came from. */
const signature = Buffer.from("weir-sim: no model wrote this thinking").toString("base64");

function body(head: AnswerHead, answer: PlannedAnswer): JsonObject {
  const { reasoning, text, calls } = joinPieces(answer.pieces);
  const content: JsonObject[] = [];
  if (reasoning !== "") content.push({ type: "thinking", thinking: reasoning, signature });
  if (text !== "") content.push({ type: "text", text });
  calls.forEach((call, index) => {
    content.push({
      type: "tool_use",
      id: callId(head, index),
      name: call.name,
      input: inputOf(call.arguments),
    });
  });
  return {
    ...messageOf(head),
    content,
    stop_reason: stopReason(answer),
    stop_sequence: answer.stopText === "" ? null : answer.stopText,
    usage: usageOf(head, answer),
  };
}

/** An answer that was cut in the middle of its arguments has none that could be read. */
function inputOf(text: string): unknown {
  return parseJson(text) ?? {};
}

function messageOf(head: AnswerHead): JsonObject {
  return { id: head.id, type: "message", role: "assistant", model: head.model };
}

function stream(head: AnswerHead, answer: PlannedAnswer): StreamWriter {
  let index = -1;
  let open = "";
  const close = (): string => {
    if (open === "") return "";
    const signed = open.startsWith("reasoning")
      ? deltaEvent(index, { type: "signature_delta", signature })
      : "";
    open = "";
    return `${signed}${sse("content_block_stop", { index })}`;
  };
  return {
    start: () =>
      sse("message_start", {
        message: {
          ...messageOf(head),
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { ...inputUsage(head), output_tokens: 0 },
        },
      }) + sse("ping", {}),
    piece: (piece) => {
      const block = piece.kind === "tool" ? `tool ${piece.call}` : piece.kind;
      let text = "";
      if (block !== open) {
        text = close();
        index += 1;
        open = block;
        text += sse("content_block_start", { index, content_block: emptyBlock(head, piece) });
      }
      return piece.text === "" ? text : text + deltaEvent(index, deltaOf(piece));
    },
    end: () =>
      close() +
      sse("message_delta", {
        delta: {
          stop_reason: stopReason(answer),
          stop_sequence: answer.stopText === "" ? null : answer.stopText,
        },
        usage: usageOf(head, answer),
      }) +
      sse("message_stop", {}),
  };
}

function sse(type: string, fields: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

function deltaEvent(index: number, delta: JsonObject): string {
  return sse("content_block_delta", { index, delta });
}

function emptyBlock(head: AnswerHead, piece: Piece): JsonObject {
  if (piece.kind === "text") return { type: "text", text: "" };
  if (piece.kind === "reasoning") return { type: "thinking", thinking: "", signature: "" };
  return { type: "tool_use", id: callId(head, piece.call), name: piece.name ?? "", input: {} };
}

function deltaOf(piece: Piece): JsonObject {
  if (piece.kind === "text") return { type: "text_delta", text: piece.text };
  if (piece.kind === "reasoning") return { type: "thinking_delta", thinking: piece.text };
  return { type: "input_json_delta", partial_json: piece.text };
}

function callId(head: AnswerHead, index: number): string {
  return `toolu_sim_${head.id.slice(-8)}_${index}`;
}

function stopReason(answer: PlannedAnswer): string {
  if (answer.finish === "tools") return "tool_use";
  if (answer.finish === "length") return "max_tokens";
  return answer.stopText === "" ? "end_turn" : "stop_sequence";
}

function inputUsage(head: AnswerHead): JsonObject {
  return {
    input_tokens: head.inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  };
}

function usageOf(head: AnswerHead, answer: PlannedAnswer): JsonObject {
  const details =
    answer.reasoningTokens > 0 ? { output_tokens_details: { thinking_tokens: answer.reasoningTokens } } : {};
  return { ...inputUsage(head), output_tokens: answer.outputTokens, ...details };
}

function errorBody(error: SimulatedError): JsonObject {
  return { type: "error", error: { type: error.type, message: error.message } };
}

function errorEvent(error: SimulatedError): string {
  return `event: error\ndata: ${JSON.stringify(errorBody(error))}\n\n`;
}
