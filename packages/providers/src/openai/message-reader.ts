import type { JsonObject } from "../contract.ts";
import { invalidRequest, unsupportedContent } from "../errors.ts";
import type {
  AnswerPart,
  CanonicalMessage,
  FilePart,
  ImagePart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../translate/canonical.ts";
import { arrayOf, isJsonObject, objectOf, textOf } from "../json.ts";
import { readMediaUrl } from "../translate/media.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";
import { readCacheMark } from "./cache-mark.ts";
import { readMessageReasoning } from "./reasoning.ts";

type ContentPart = TextPart | ImagePart | FilePart;

/** Reads `messages`; results of one turn's parallel calls become one canonical message. */
export function readMessages(value: unknown, book: ReceiptBook): CanonicalMessage[] {
  if (!Array.isArray(value)) throw invalidRequest("messages", "must be an array of messages.");
  const messages: CanonicalMessage[] = [];
  for (const [index, message] of value.entries()) {
    const path = `messages[${index}]`;
    if (!isJsonObject(message)) throw invalidRequest(path, "must be an object with a role.");
    const read = readMessage(message, path, book);
    const last = messages.at(-1);
    if (read.role === "tool" && last?.role === "tool") last.content.push(...read.content);
    else messages.push(read);
  }
  return messages;
}

function readMessage(message: JsonObject, path: string, book: ReceiptBook): CanonicalMessage {
  const name = textOf(message["name"]);
  switch (message["role"]) {
    case "system":
    case "developer":
      return { role: "system", content: readTextContent(message, path, book), path };
    case "user":
      return { role: "user", content: readContent(message, path, book), path, name };
    case "assistant":
      return { role: "assistant", content: readAssistantContent(message, path, book), path, name };
    case "tool":
      return { role: "tool", content: [readToolResult(message, path, book)], path };
    default:
      throw invalidRequest(`${path}.role`, "must be system, developer, user, assistant or tool.");
  }
}

function readTextContent(message: JsonObject, path: string, book: ReceiptBook): TextPart[] {
  return readContent(message, path, book).map((part) => {
    if (part.type === "text") return part;
    throw invalidRequest(part.path, "must be a text part.");
  });
}

/** Reads a string or an array of parts. A mark on the message is a mark on its last part. */
function readContent(message: JsonObject, path: string, book: ReceiptBook): ContentPart[] {
  const content = message["content"];
  const contentPath = `${path}.content`;
  const parts: ContentPart[] = [];
  if (typeof content === "string") parts.push({ type: "text", text: content, path: contentPath });
  else if (Array.isArray(content)) {
    for (const [index, part] of content.entries()) {
      parts.push(readPart(objectOf(part), `${contentPath}[${index}]`, book));
    }
  } else throw invalidRequest(contentPath, "must be a string or an array of content parts.");
  const cache = readCacheMark(message, path, book);
  const last = parts.at(-1);
  if (cache !== null && last !== undefined) last.cache = cache;
  return parts;
}

function readPart(part: JsonObject, path: string, book: ReceiptBook): ContentPart {
  const cache = readCacheMark(part, path, book);
  const mark = cache === null ? {} : { cache };
  switch (part["type"]) {
    case "text":
    case "input_text":
      return { type: "text", text: readText(part, path), path, ...mark };
    case "image_url":
      return { ...readImage(part, path), ...mark };
    case "file":
      return { ...readFile(part, path), ...mark };
    case "input_audio":
      throw unsupportedContent(
        path,
        "audio input cannot be translated; choose a model of an OpenAI-compatible provider.",
      );
    default:
      throw invalidRequest(`${path}.type`, "must be text, image_url or file.");
  }
}

function readText(part: JsonObject, path: string): string {
  if (typeof part["text"] !== "string") throw invalidRequest(`${path}.text`, "must be a string.");
  return part["text"];
}

function readImage(part: JsonObject, path: string): ImagePart {
  const image = part["image_url"];
  const bare = typeof image === "string";
  const url = bare ? image : objectOf(image)["url"];
  const sourcePath = bare ? `${path}.image_url` : `${path}.image_url.url`;
  if (typeof url !== "string") throw invalidRequest(sourcePath, "must be a URL.");
  const detail = objectOf(image)["detail"];
  return {
    type: "image",
    source: readMediaUrl({ url, path: sourcePath, what: "image" }),
    path,
    sourcePath,
    ...(typeof detail === "string" && detail !== "auto"
      ? { detail: { value: detail, path: `${path}.image_url.detail` } }
      : {}),
  };
}

function readFile(part: JsonObject, path: string): FilePart {
  const file = objectOf(part["file"]);
  const sourcePath = `${path}.file.file_data`;
  const data = file["file_data"];
  if (typeof data !== "string") {
    throw unsupportedContent(
      `${path}.file.file_id`,
      "a file stored at one provider cannot be read by another; send its content as file_data.",
    );
  }
  return {
    type: "file",
    source: readMediaUrl({ url: data, path: sourcePath, what: "file" }),
    name: textOf(file["filename"]),
    path,
    sourcePath,
  };
}

function readAssistantContent(message: JsonObject, path: string, book: ReceiptBook): AnswerPart[] {
  const parts: AnswerPart[] = readMessageReasoning(message, path);
  const content = message["content"];
  if (typeof content === "string") {
    if (content !== "") parts.push({ type: "text", text: content, path: `${path}.content` });
  } else {
    for (const [index, item] of arrayOf(content).entries()) {
      const partPath = `${path}.content[${index}]`;
      const part = objectOf(item);
      if (part["type"] === "refusal") {
        parts.push({ type: "refusal", text: textOf(part["refusal"]), path: partPath });
      } else if (part["type"] === "thinking") {
        parts.push({ type: "reasoning", text: readThinkingText(part), signature: "", path: partPath });
      } else {
        const read = readPart(part, partPath, book);
        if (read.type !== "text") throw invalidRequest(`${partPath}.type`, "must be text or refusal.");
        parts.push(read);
      }
    }
  }
  if (typeof message["refusal"] === "string") {
    parts.push({ type: "refusal", text: message["refusal"], path: `${path}.refusal` });
  }
  if (isJsonObject(message["audio"])) {
    book.dropped(`${path}.audio`, "Earlier spoken answers cannot be sent to another provider.");
  }
  parts.push(...readToolCalls(message["tool_calls"], `${path}.tool_calls`));
  markLast(parts, message, path, book);
  return parts;
}

function markLast(parts: AnswerPart[], message: JsonObject, path: string, book: ReceiptBook): void {
  const cache = readCacheMark(message, path, book);
  const last = parts.at(-1);
  if (cache === null || last === undefined) return;
  if (last.type === "text" || last.type === "tool_call") last.cache = cache;
  else book.dropped(cache.path, "A cache mark needs a text or a tool call to stand on.");
}

/** Mistral's reasoning parts hold text parts of their own. */
export function readThinkingText(part: JsonObject): string {
  if (typeof part["thinking"] === "string") return part["thinking"];
  return arrayOf(part["thinking"])
    .map((piece) => textOf(objectOf(piece)["text"]))
    .join("");
}

/** Reads `tool_calls` of a message, in a request or in an answer. */
export function readToolCalls(value: unknown, path: string): ToolCallPart[] {
  return arrayOf(value).map((item, index) => {
    const call = objectOf(item);
    const callPath = `${path}[${index}]`;
    const isCustom = call["type"] === "custom";
    const definition = objectOf(call[isCustom ? "custom" : "function"]);
    const argumentsValue = definition[isCustom ? "input" : "arguments"];
    return {
      type: "tool_call",
      id: textOf(call["id"]),
      name: textOf(definition["name"]),
      // Some servers send the arguments as an object; its text is what the protocol asks for.
      argumentsText:
        typeof argumentsValue === "string" ? argumentsValue : JSON.stringify(argumentsValue ?? {}),
      path: callPath,
    };
  });
}

/** Gemini signs the first call of an answer; no other protocol has a place for it. */
export function dropThoughtSignature(call: JsonObject, path: string, book: ReceiptBook): void {
  const google = objectOf(objectOf(call["extra_content"])["google"]);
  if (textOf(google["thought_signature"]) === "") return;
  book.dropped(
    `${path}.extra_content.google.thought_signature`,
    "The caller's protocol cannot carry the signature of a tool call.",
  );
}

function readToolResult(message: JsonObject, path: string, book: ReceiptBook): ToolResultPart {
  const callId = textOf(message["tool_call_id"]);
  if (callId === "")
    throw invalidRequest(`${path}.tool_call_id`, "must be the id of the call that this answers.");
  const empty = message["content"] === null || message["content"] === undefined;
  return {
    type: "tool_result",
    callId,
    content: empty ? [] : readContent(message, path, book),
    isError: false,
    path,
  };
}
