import type { JsonObject } from "../contract.ts";
import type { ReasoningPart, RedactedReasoningPart } from "../translate/canonical.ts";
import { arrayOf, objectOf, textOf } from "../json.ts";
import { numberOrNull } from "../translate/numbers.ts";

type Reasoning = ReasoningPart | RedactedReasoningPart;

/**
 * OpenAI's chat protocol has no field for reasoning. OpenAI-compatible servers and clients have settled on
 * two: `reasoning_content`, the plain text, and `reasoning_details`, a list that also carries signatures and
 * encrypted reasoning. Both are written; a client that sends the assistant's message back as it got it
 * returns the signed blocks that Anthropic asks for.
 */

/** One entry of `reasoning_details` for a piece of readable reasoning. */
export function reasoningTextDetail(options: {
  index: number;
  text?: string;
  signature?: string;
}): JsonObject {
  return {
    type: "reasoning.text",
    index: options.index,
    ...(options.text === undefined ? {} : { text: options.text }),
    ...(options.signature === undefined ? {} : { signature: options.signature }),
  };
}

/** One entry of `reasoning_details` for reasoning that only its provider can read. */
export function reasoningEncryptedDetail(options: { index: number; data: string }): JsonObject {
  return { type: "reasoning.encrypted", index: options.index, data: options.data };
}

/** Fields of an assistant message (or delta) that carry these parts; empty when there are none. */
export function writeReasoningFields(parts: readonly Reasoning[]): JsonObject {
  if (parts.length === 0) return {};
  const text = parts.map((part) => (part.type === "reasoning" ? part.text : "")).join("");
  return {
    ...(text === "" ? {} : { reasoning_content: text }),
    reasoning_details: parts.map((part, index) =>
      part.type === "reasoning"
        ? reasoningTextDetail({
            index,
            text: part.text,
            ...(part.signature === "" ? {} : { signature: part.signature }),
          })
        : reasoningEncryptedDetail({ index, data: part.data }),
    ),
  };
}

/** The readable reasoning of a message or delta, whichever name the server gives it. */
export function readReasoningText(holder: JsonObject): string {
  return textOf(holder["reasoning_content"]) || textOf(holder["reasoning"]);
}

/** A piece of `reasoning_details`. Pieces with one index belong to one block. */
export interface ReasoningDetail {
  index: number;
  text: string;
  signature: string;
  /** Encrypted reasoning; empty for readable reasoning. */
  data: string;
}

export function readReasoningDetails(holder: JsonObject): ReasoningDetail[] {
  return arrayOf(holder["reasoning_details"]).map((item, position) => {
    const detail = objectOf(item);
    return {
      index: numberOrNull(detail["index"]) ?? position,
      text: textOf(detail["text"]) || textOf(detail["summary"]),
      signature: textOf(detail["signature"]),
      data: textOf(detail["data"]),
    };
  });
}

/** Reads the reasoning of a whole message; pieces that a client collected from a stream are put together. */
export function readMessageReasoning(message: JsonObject, path: string): Reasoning[] {
  const parts: Reasoning[] = [];
  let lastIndex: number | null = null;
  for (const detail of readReasoningDetails(message)) {
    const last = parts.at(-1);
    if (detail.data !== "") {
      parts.push({ type: "redacted_reasoning", data: detail.data, path: `${path}.reasoning_details` });
    } else if (last?.type === "reasoning" && lastIndex === detail.index) {
      last.text += detail.text;
      last.signature += detail.signature;
    } else {
      const { text, signature } = detail;
      parts.push({ type: "reasoning", text, signature, path: `${path}.reasoning_details` });
    }
    lastIndex = detail.index;
  }
  const text = readReasoningText(message);
  if (text !== "" && !parts.some((part) => part.type === "reasoning" && part.text !== "")) {
    const signed = parts.find((part) => part.type === "reasoning");
    // Details that hold a signature only refer to the text that stands beside them.
    if (signed?.type === "reasoning") signed.text = text;
    else parts.unshift({ type: "reasoning", text, signature: "", path: `${path}.reasoning_content` });
  }
  return parts;
}
