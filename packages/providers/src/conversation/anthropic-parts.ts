import type { MessagePart } from "@weir/schema";
import type { JsonObject } from "../contract.ts";
import { arrayOf, isJsonObject, objectOf, textOf } from "../json.ts";
import { mediaPart } from "./media.ts";
import { toolArguments } from "./tool-value.ts";

/** The parts of an Anthropic `content`: a string, or a list of blocks. */
export function anthropicContentParts(content: unknown): MessagePart[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", content }];
  return arrayOf(content).flatMap((block) => (isJsonObject(block) ? blockParts(block) : []));
}

function blockParts(block: JsonObject): MessagePart[] {
  const type = textOf(block.type);
  switch (type) {
    case "text":
      return textParts(block);
    case "thinking":
      return [{ type: "reasoning", content: textOf(block.thinking) }];
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      return [
        {
          type: "tool_call",
          id: textOf(block.id),
          name: textOf(block.name),
          arguments: toolArguments(block.input),
        },
      ];
    case "image":
    case "document":
      return [sourcePart(block, type)];
    default:
      break;
  }
  // Every kind of tool result, the caller's and the provider's own, names the call that it answers.
  if (type.endsWith("tool_result") && typeof block.tool_use_id === "string") return [toolResult(block)];
  return [{ type: "other", name: type || "content", value: block }];
}

function textParts(block: JsonObject): MessagePart[] {
  const parts: MessagePart[] = [{ type: "text", content: textOf(block.text) }];
  const citations = arrayOf(block.citations);
  if (citations.length > 0) parts.push({ type: "other", name: "citations", value: citations });
  return parts;
}

function sourcePart(block: JsonObject, type: string): MessagePart {
  const modality = type === "image" ? "image" : "file";
  const source = objectOf(block.source);
  const mediaType = textOf(source.media_type);
  const declared = mediaType === "" ? {} : { mediaType };
  if (source.type === "base64") return mediaPart({ modality, location: textOf(source.data), ...declared });
  if (source.type === "url") return mediaPart({ modality, location: textOf(source.url), ...declared });
  if (source.type === "text") return { type: "text", content: textOf(source.data) };
  return { type: "other", name: type, value: block };
}

function toolResult(block: JsonObject): MessagePart {
  const content = block.content;
  // A result that is only text reads best as text; anything else stays as the caller wrote it.
  const onlyText =
    Array.isArray(content) && content.length === 1 && objectOf(content[0]).type === "text"
      ? textOf(objectOf(content[0]).text)
      : undefined;
  return {
    type: "tool_call_response",
    id: textOf(block.tool_use_id),
    response: onlyText ?? content ?? "",
    ...(block.is_error === true ? { isError: true } : {}),
  };
}
