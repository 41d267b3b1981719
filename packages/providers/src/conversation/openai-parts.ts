import type { MessagePart } from "@weir/schema";
import type { JsonObject } from "../contract.ts";
import { arrayOf, isJsonObject, objectOf, textOf } from "../json.ts";
import { mediaPart } from "./media.ts";
import { toolArguments } from "./tool-value.ts";

/** The parts of a message's `content`, which is a string, a list of parts, or absent. */
export function openAiContentParts(content: unknown): MessagePart[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", content }];
  const parts: MessagePart[] = [];
  for (const item of arrayOf(content)) {
    if (typeof item === "string") parts.push({ type: "text", content: item });
    else if (isJsonObject(item)) parts.push(contentPart(item));
  }
  return parts;
}

function contentPart(item: JsonObject): MessagePart {
  switch (item.type) {
    case "text":
    case "input_text":
    case "output_text":
      return { type: "text", content: textOf(item.text) };
    case "thinking":
      return { type: "reasoning", content: thinkingText(item.thinking) };
    case "refusal":
      return { type: "other", name: "refusal", value: textOf(item.refusal) };
    case "image_url": {
      const url = isJsonObject(item.image_url) ? textOf(item.image_url.url) : textOf(item.image_url);
      return mediaPart({ modality: "image", location: url });
    }
    case "input_image": {
      const url = textOf(item.image_url);
      // One that lies at the provider has only an id.
      return url === "" ? otherPart(item) : mediaPart({ modality: "image", location: url });
    }
    case "input_audio": {
      const audio = objectOf(item.input_audio);
      const format = textOf(audio.format);
      return mediaPart({
        modality: "audio",
        location: textOf(audio.data),
        ...(format === "" ? {} : { mediaType: `audio/${format === "mp3" ? "mpeg" : format}` }),
      });
    }
    case "file":
      return filePart(objectOf(item.file));
    case "input_file":
      return filePart(item);
    default:
      return otherPart(item);
  }
}

function otherPart(item: JsonObject): MessagePart {
  return { type: "other", name: textOf(item.type) || "content", value: item };
}

/** Mistral wraps its thinking in a list of text parts. */
function thinkingText(thinking: unknown): string {
  if (typeof thinking === "string") return thinking;
  return arrayOf(thinking)
    .map((item) => textOf(objectOf(item).text))
    .join("");
}

function filePart(file: JsonObject): MessagePart {
  const data = textOf(file.file_data) || textOf(file.file_url);
  if (data === "") return { type: "other", name: "file", value: file };
  return mediaPart({ modality: "file", location: data });
}

/** What an assistant's message holds beside its content, in the order a reader wants it. */
export function openAiAssistantParts(message: JsonObject): MessagePart[] {
  const reasoning = textOf(message.reasoning_content) || textOf(message.reasoning);
  const thoughts: MessagePart[] = reasoning === "" ? [] : [{ type: "reasoning", content: reasoning }];
  const parts = [...thoughts, ...openAiContentParts(message.content)];
  const refusal = textOf(message.refusal);
  if (refusal !== "") parts.push({ type: "other", name: "refusal", value: refusal });
  for (const image of arrayOf(message.images)) if (isJsonObject(image)) parts.push(contentPart(image));
  if (isJsonObject(message.audio)) parts.push(...audioParts(message.audio));
  for (const call of arrayOf(message.tool_calls)) {
    if (isJsonObject(call)) parts.push(toolCallPart(call));
  }
  const legacy = message.function_call;
  if (isJsonObject(legacy)) parts.push(toolCallPart({ id: "", function: legacy }));
  const annotations = arrayOf(message.annotations);
  if (annotations.length > 0) parts.push({ type: "other", name: "annotations", value: annotations });
  return parts;
}

function audioParts(audio: JsonObject): MessagePart[] {
  const parts: MessagePart[] = [];
  const transcript = textOf(audio.transcript);
  if (transcript !== "") parts.push({ type: "text", content: transcript });
  const data = textOf(audio.data);
  if (data !== "") parts.push(mediaPart({ modality: "audio", location: data }));
  else if (transcript === "") parts.push({ type: "other", name: "audio", value: audio });
  return parts;
}

function toolCallPart(call: JsonObject): MessagePart {
  // A custom tool takes free text as its input, where a function takes JSON arguments.
  const custom = call.custom;
  if (isJsonObject(custom)) {
    return {
      type: "tool_call",
      id: textOf(call.id),
      name: textOf(custom.name),
      arguments: textOf(custom.input),
    };
  }
  const called = objectOf(call.function);
  return {
    type: "tool_call",
    id: textOf(call.id),
    name: textOf(called.name),
    arguments: toolArguments(called.arguments),
  };
}
