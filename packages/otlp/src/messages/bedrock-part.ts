import { partValue, toolArguments } from "@weir/providers";
import type { Message, MessagePart } from "@weir/schema";
import { isObject } from "../attribute-bag.ts";

interface Block {
  [name: string]: unknown;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * Whether a message's content is of Bedrock's Converse API, as Strands Agents writes it: blocks without a type,
 * each named by its only field. A tool's result without its `toolResult` around it is no such content.
 */
export function isBedrockContent(content: unknown, role: Message["role"]): content is unknown[] {
  if (!Array.isArray(content) || content.length === 0) return false;
  if (role === "tool") return content.every((block) => isObject(block) && isObject(block.toolResult));
  return content.every((block) => isBedrockBlock(block));
}

function isBedrockBlock(block: unknown): boolean {
  if (!isObject(block) || Object.keys(block).length !== 1) return false;
  return typeof block.text === "string" || blockNames.some((name) => isObject(block[name]));
}

const blockNames = [
  "toolUse",
  "toolResult",
  "reasoningContent",
  "image",
  "document",
  "video",
  "cachePoint",
  "guardContent",
  "citationsContent",
] as const;

export function readBedrockParts(blocks: readonly unknown[]): MessagePart[] {
  return blocks.flatMap((block) => (isObject(block) ? [readBlock(block)] : []));
}

function readBlock(block: Block): MessagePart {
  if (typeof block.text === "string") return { type: "text", content: block.text };
  if (isObject(block.toolUse)) {
    const { toolUseId, name, input } = block.toolUse;
    return { type: "tool_call", id: text(toolUseId), name: text(name), arguments: toolArguments(input) };
  }
  if (isObject(block.toolResult)) return readToolResult(block.toolResult);
  if (isObject(block.reasoningContent) && isObject(block.reasoningContent.reasoningText)) {
    return { type: "reasoning", content: text(block.reasoningContent.reasoningText.text) };
  }
  return { type: "other", name: Object.keys(block)[0] ?? "content", value: block };
}

function readToolResult(result: Block): MessagePart {
  return {
    type: "tool_call_response",
    id: text(result.toolUseId),
    response: partValue(onlyValue(result.content)),
    ...(result.status === "error" ? { isError: true } : {}),
  };
}

/** A result that is one text, or one JSON value, reads best as that. */
function onlyValue(content: unknown): unknown {
  const only: unknown = Array.isArray(content) && content.length === 1 ? content[0] : undefined;
  return (isObject(only) ? (only.text ?? only.json) : undefined) ?? content ?? "";
}
