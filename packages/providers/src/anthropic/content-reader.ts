import type { JsonObject } from "../contract.ts";
import { invalidRequest, unsupportedContent } from "../errors.ts";
import type {
  AnswerPart,
  CacheMark,
  CanonicalMessage,
  FilePart,
  ImagePart,
  MediaSource,
  TextPart,
  ToolResultPart,
} from "../translate/canonical.ts";
import { arrayOf, isJsonObject, objectOf, textOf } from "../json.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";

type ContentPart = TextPart | ImagePart | FilePart;

/** Reads `cache_control` of a block or a tool. */
export function readCacheMark(holder: JsonObject, path: string): { cache?: CacheMark } {
  const control = holder["cache_control"];
  if (!isJsonObject(control)) return {};
  return { cache: { ttl: control["ttl"] === "1h" ? "1h" : "5m", path: `${path}.cache_control` } };
}

/** Reads `system`, a string or text blocks. */
export function readSystem(value: unknown): CanonicalMessage[] {
  if (value === undefined || value === null || value === "") return [];
  const content = readTextBlocks(value, "system");
  return content.length === 0 ? [] : [{ role: "system", content, path: "system" }];
}

function readTextBlocks(value: unknown, path: string): TextPart[] {
  if (typeof value === "string") return [{ type: "text", text: value, path }];
  if (!Array.isArray(value)) throw invalidRequest(path, "must be a string or an array of text blocks.");
  return value.map((item, index) => {
    const block = objectOf(item);
    const blockPath = `${path}[${index}]`;
    if (block["type"] !== "text") throw invalidRequest(blockPath, "must be a text block.");
    return readTextBlock(block, blockPath);
  });
}

/** Reads `messages`; a user turn's tool results become a message of their own, before the rest of the turn. */
export function readMessages(value: unknown, book: ReceiptBook): CanonicalMessage[] {
  if (!Array.isArray(value)) throw invalidRequest("messages", "must be an array of messages.");
  return value.flatMap((item, index) => {
    const path = `messages[${index}]`;
    if (!isJsonObject(item)) throw invalidRequest(path, "must be an object with a role.");
    const contentPath = `${path}.content`;
    switch (item["role"]) {
      case "user":
        return readUserTurn(readBlocks(item["content"], contentPath), path, contentPath, book);
      case "assistant":
        return [readAssistantTurn(readBlocks(item["content"], contentPath), path, contentPath, book)];
      case "system":
        return [{ role: "system" as const, content: readTextBlocks(item["content"], contentPath), path }];
      default:
        throw invalidRequest(`${path}.role`, "must be user, assistant or system.");
    }
  });
}

/** A string is short for one text block; its path then is that of the content. */
function readBlocks(content: unknown, path: string): JsonObject[] | string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw invalidRequest(path, "must be a string or an array of content blocks.");
  return content.map((block, index) => {
    if (!isJsonObject(block)) throw invalidRequest(`${path}[${index}]`, "must be an object with a type.");
    return block;
  });
}

function readUserTurn(
  blocks: JsonObject[] | string,
  path: string,
  contentPath: string,
  book: ReceiptBook,
): CanonicalMessage[] {
  if (typeof blocks === "string") {
    return [{ role: "user", content: [{ type: "text", text: blocks, path: contentPath }], path, name: "" }];
  }
  const results: ToolResultPart[] = [];
  const content: ContentPart[] = [];
  for (const [index, block] of blocks.entries()) {
    const blockPath = `${contentPath}[${index}]`;
    if (block["type"] === "tool_result") results.push(readToolResult(block, blockPath, book));
    else content.push(...readContentBlock(block, blockPath, book));
  }
  const messages: CanonicalMessage[] = [];
  if (results.length > 0) messages.push({ role: "tool", content: results, path });
  if (content.length > 0 || results.length === 0) messages.push({ role: "user", content, path, name: "" });
  return messages;
}

function readToolResult(block: JsonObject, path: string, book: ReceiptBook): ToolResultPart {
  const callId = textOf(block["tool_use_id"]);
  if (callId === "")
    throw invalidRequest(`${path}.tool_use_id`, "must be the id of the call that this answers.");
  const value = block["content"];
  const contentPath = `${path}.content`;
  const content: ContentPart[] = [];
  if (typeof value === "string") content.push({ type: "text", text: value, path: contentPath });
  for (const [index, inner] of arrayOf(value).entries()) {
    content.push(...readContentBlock(objectOf(inner), `${contentPath}[${index}]`, book));
  }
  const isError = block["is_error"] === true;
  return { type: "tool_result", callId, content, isError, path, ...readCacheMark(block, path) };
}

function readContentBlock(block: JsonObject, path: string, book: ReceiptBook): ContentPart[] {
  switch (block["type"]) {
    case "text":
      return [readTextBlock(block, path)];
    case "image":
      return [readImageBlock(block, path)];
    case "document":
      return readDocumentBlock(block, path, book);
    case "search_result":
      return [readSearchResult(block, path, book)];
    case undefined:
      throw invalidRequest(`${path}.type`, "must name the kind of block.");
    default:
      book.dropped(path, `A block of type "${textOf(block["type"])}" belongs to Anthropic's own tools.`);
      return [];
  }
}

function readTextBlock(block: JsonObject, path: string): TextPart {
  if (typeof block["text"] !== "string") throw invalidRequest(`${path}.text`, "must be a string.");
  return { type: "text", text: block["text"], path, ...readCacheMark(block, path) };
}

function readImageBlock(block: JsonObject, path: string): ImagePart {
  const { source, sourcePath } = readSource(block, path);
  return { type: "image", source, path, sourcePath, ...readCacheMark(block, path) };
}

function readSource(block: JsonObject, path: string): { source: MediaSource; sourcePath: string } {
  const source = objectOf(block["source"]);
  const sourcePath = `${path}.source`;
  if (source["type"] === "url" && typeof source["url"] === "string") {
    return { source: { kind: "url", url: source["url"] }, sourcePath: `${sourcePath}.url` };
  }
  if (source["type"] === "base64" && typeof source["data"] === "string") {
    const mediaType = textOf(source["media_type"]);
    return { source: { kind: "base64", mediaType, data: source["data"] }, sourcePath: `${sourcePath}.data` };
  }
  if (source["type"] === "file") {
    throw unsupportedContent(
      sourcePath,
      "a file stored at one provider cannot be read by another; send its content as base64.",
    );
  }
  throw invalidRequest(sourcePath, 'must be { type: "base64", media_type, data } or { type: "url", url }.');
}

function readDocumentBlock(block: JsonObject, path: string, book: ReceiptBook): ContentPart[] {
  const source = objectOf(block["source"]);
  const name = textOf(block["title"]);
  const mark = readCacheMark(block, path);
  if (objectOf(block["citations"])["enabled"] === true) {
    book.dropped(`${path}.citations`, "Other providers do not cite documents.");
  }
  if (typeof block["context"] === "string") {
    book.dropped(`${path}.context`, "Other providers' files carry no context of their own.");
  }
  if (source["type"] === "text") {
    const text = textOf(source["data"]);
    return [
      {
        type: "file",
        source: { kind: "text", text },
        name,
        path,
        sourcePath: `${path}.source.data`,
        ...mark,
      },
    ];
  }
  if (source["type"] !== "content") {
    return [{ type: "file", ...readSource(block, path), name, path, ...mark }];
  }
  book.rewritten(path, "Other providers have no documents made of blocks; they were put into the message.");
  const inner = source["content"];
  if (typeof inner === "string")
    return [{ type: "text", text: inner, path: `${path}.source.content`, ...mark }];
  return arrayOf(inner).flatMap((item, index) =>
    readContentBlock(objectOf(item), `${path}.source.content[${index}]`, book),
  );
}

function readSearchResult(block: JsonObject, path: string, book: ReceiptBook): TextPart {
  book.rewritten(path, "Other providers have no search results; the text was put into the message.");
  const lines = arrayOf(block["content"]).map((item) => textOf(objectOf(item)["text"]));
  const text = [textOf(block["title"]), textOf(block["source"]), ...lines].join("\n");
  return { type: "text", text, path, ...readCacheMark(block, path) };
}

function readAssistantTurn(
  blocks: JsonObject[] | string,
  path: string,
  contentPath: string,
  book: ReceiptBook,
): CanonicalMessage {
  const content: AnswerPart[] =
    typeof blocks === "string"
      ? [{ type: "text", text: blocks, path: contentPath }]
      : readAnswerBlocks(blocks, contentPath, book);
  return { role: "assistant", content, path, name: "" };
}

/** Reads the blocks of an assistant's turn, in a request or in an answer. */
export function readAnswerBlocks(
  blocks: readonly JsonObject[],
  path: string,
  book: ReceiptBook,
): AnswerPart[] {
  const parts: AnswerPart[] = [];
  for (const [index, block] of blocks.entries()) {
    const part = readAnswerBlock(block, `${path}[${index}]`, book);
    if (part !== null) parts.push(part);
  }
  return parts;
}

function readAnswerBlock(block: JsonObject, path: string, book: ReceiptBook): AnswerPart | null {
  switch (block["type"]) {
    case "text": {
      const text = readTextBlock(block, path);
      const citations = readWebCitations(block["citations"], path, book);
      return citations.length === 0 ? text : { ...text, citations };
    }
    case "thinking":
      return {
        type: "reasoning",
        text: textOf(block["thinking"]),
        signature: textOf(block["signature"]),
        path,
      };
    case "redacted_thinking":
      return { type: "redacted_reasoning", data: textOf(block["data"]), path };
    case "tool_use":
      return {
        type: "tool_call",
        id: textOf(block["id"]),
        name: textOf(block["name"]),
        argumentsText: JSON.stringify(block["input"] ?? {}),
        path,
        ...readCacheMark(block, path),
      };
    default:
      dropForeignBlock(block, path, book);
      return null;
  }
}

/** Blocks of tools that run at Anthropic, of its fallbacks and of its containers. */
export function dropForeignBlock(block: JsonObject, path: string, book: ReceiptBook): void {
  book.dropped(path, `A block of type "${textOf(block["type"])}" has no counterpart in other protocols.`);
}

/** Web citations are kept; those of documents point into what only Anthropic numbers. */
export function readWebCitations(
  value: unknown,
  path: string,
  book: ReceiptBook,
): { url: string; title: string }[] {
  return arrayOf(value).flatMap((item) => {
    const citation = objectOf(item);
    const url = textOf(citation["url"]);
    if (url !== "") return [{ url, title: textOf(citation["title"]) }];
    book.dropped(`${path}.citations`, "Citations of documents have no counterpart in other protocols.");
    return [];
  });
}
