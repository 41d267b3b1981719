import type { JsonObject } from "../contract.ts";
import type { Piece, PlannedAnswer } from "./answer.ts";

/** What both protocols need to write an answer down. */
export interface AnswerHead {
  id: string;
  /** The model as the caller wrote it. */
  model: string;
  createdAtMs: number;
  inputTokens: number;
  includeUsage: boolean;
}

/** How one protocol writes an answer: as one body, and as the events of a stream. */
export interface AnswerWire {
  body(head: AnswerHead, answer: PlannedAnswer): JsonObject;
  stream(head: AnswerHead, answer: PlannedAnswer): StreamWriter;
  /** An error as the body of a response. */
  errorBody(error: SimulatedError): JsonObject;
  /** An error in the middle of a stream. */
  errorEvent(error: SimulatedError): string;
}

/** Writes the SSE text of a stream, step by step. */
export interface StreamWriter {
  /** Before the first token is known. */
  start(): string;
  piece(piece: Piece): string;
  end(): string;
}

export interface SimulatedError {
  status: number;
  /** The protocol's own word for the kind of error. */
  type: string;
  /** OpenAI's `code`; null where it gives none. */
  code: string | null;
  message: string;
  headers?: Record<string, string>;
}

/** The texts of an answer put together again, for protocols that answer at once. */
export function joinPieces(pieces: readonly Piece[]): {
  reasoning: string;
  text: string;
  calls: { name: string; arguments: string }[];
} {
  let reasoning = "";
  let text = "";
  const calls: { name: string; arguments: string }[] = [];
  for (const piece of pieces) {
    if (piece.kind === "reasoning") reasoning += piece.text;
    else if (piece.kind === "text") text += piece.text;
    else if (piece.name !== undefined) calls[piece.call] = { name: piece.name, arguments: "" };
    else {
      const call = calls[piece.call];
      if (call !== undefined) call.arguments += piece.text;
    }
  }
  return { reasoning, text, calls };
}
