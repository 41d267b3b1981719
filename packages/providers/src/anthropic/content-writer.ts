import type { JsonObject } from "../contract.ts";
import { unsupportedContent } from "../errors.ts";
import type {
  AnswerPart,
  CacheMark,
  CanonicalMessage,
  FilePart,
  ImagePart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../translate/canonical.ts";
import { isJsonObject, parseWrittenJson } from "../json.ts";
import { checkBase64, detectImageType } from "../translate/media.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";

interface Turn {
  role: "user" | "assistant";
  content: JsonObject[];
}

export function writeCacheControl(part: { cache?: CacheMark }): JsonObject {
  if (part.cache === undefined) return {};
  return { cache_control: { type: "ephemeral", ...(part.cache.ttl === "1h" ? { ttl: "1h" } : {}) } };
}

/**
 * Writes `system` and `messages`. Instructions at the beginning are the system prompt; later ones stay where
 * they are, marked as instructions in a user turn, because moving them would change what they refer to.
 * Neighbouring turns of one role become one, so that all results of parallel calls stand in one user turn.
 */
export function writeConversation(
  messages: readonly CanonicalMessage[],
  instruction: string,
  book: ReceiptBook,
): { system?: string | JsonObject[]; messages: JsonObject[] } {
  const firstTurn = messages.findIndex((message) => message.role !== "system");
  const leading = firstTurn === -1 ? messages : messages.slice(0, firstTurn);
  const rest = firstTurn === -1 ? [] : messages.slice(firstTurn);
  const turns: Turn[] = [];
  for (const message of rest) {
    const turn = writeMessage(message, book);
    if (turn.content.length === 0) leaveOut(message, { isLast: message === rest.at(-1), book });
    addTurn(turns, turn);
  }
  trimPrefill(turns, book);
  const system = leading.flatMap((message) => (message.role === "system" ? message.content : []));
  if (turns.length === 0 && system.length > 0) {
    // A conversation needs a turn, and a prompt of instructions alone means them to be answered.
    book.rewritten("messages", "Anthropic needs a user turn, so the system prompt was sent as one.");
    addTurn(turns, { role: "user", content: writeTexts(system) });
    system.length = 0;
  }
  if (instruction !== "") system.push({ type: "text", text: instruction, path: "" });
  return {
    ...writeSystem(system),
    messages: turns.map((turn) => ({ role: turn.role, content: simplify(turn.content) })),
  };
}

/** A message of blank text alone cannot be sent; without the last one another would be answered in its place. */
function leaveOut(message: CanonicalMessage, { isLast, book }: { isLast: boolean; book: ReceiptBook }): void {
  if (isLast && message.role === "user") {
    throw unsupportedContent(
      message.path,
      "Anthropic answers no message of white space alone; give it a text.",
    );
  }
  book.dropped(message.path, "Anthropic takes no message of white space alone.");
}

function writeSystem(parts: readonly TextPart[]): { system?: string | JsonObject[] } {
  const blocks = writeTexts(parts);
  return blocks.length === 0 ? {} : { system: simplify(blocks) };
}

/** Anthropic refuses text that is empty or white space alone, and such a text says nothing. */
function writeTexts(parts: readonly TextPart[]): JsonObject[] {
  return parts
    .filter((part) => part.text.trim() !== "")
    .map((part) => ({ type: "text", text: part.text, ...writeCacheControl(part) }));
}

/** A single text without marks is written as a string, as people do. */
function simplify(blocks: JsonObject[]): string | JsonObject[] {
  const [first] = blocks;
  if (blocks.length === 1 && first?.["type"] === "text" && first["cache_control"] === undefined) {
    return typeof first["text"] === "string" ? first["text"] : blocks;
  }
  return blocks;
}

function addTurn(turns: Turn[], turn: Turn): void {
  if (turn.content.length === 0) return;
  const last = turns.at(-1);
  if (last?.role === turn.role) last.content.push(...turn.content);
  else turns.push(turn);
}

function writeMessage(message: CanonicalMessage, book: ReceiptBook): Turn {
  switch (message.role) {
    case "system": {
      book.emulated(
        message.path,
        "Instructions in mid-conversation were put into a user turn and marked as such.",
      );
      const content = writeTexts(message.content).map((block) => ({
        ...block,
        text: `<system-instruction>\n${String(block["text"])}\n</system-instruction>`,
      }));
      return { role: "user", content };
    }
    case "user":
      if (message.name !== "") book.dropped(`${message.path}.name`, "Anthropic's turns have no names.");
      return { role: "user", content: message.content.flatMap((part) => writePart(part, book)) };
    case "assistant":
      if (message.name !== "") book.dropped(`${message.path}.name`, "Anthropic's turns have no names.");
      return { role: "assistant", content: message.content.flatMap((part) => writeAnswerPart(part, book)) };
    case "tool":
      return { role: "user", content: message.content.map((result) => writeToolResult(result, book)) };
  }
}

function writePart(part: TextPart | ImagePart | FilePart, book: ReceiptBook): JsonObject[] {
  switch (part.type) {
    case "text":
      return writeTexts([part]);
    case "image":
      if (part.detail !== undefined) {
        book.dropped(part.detail.path, "Anthropic chooses an image's resolution itself.");
      }
      return [{ type: "image", source: imageSource(part, book), ...writeCacheControl(part) }];
    case "file":
      return [
        {
          type: "document",
          source: documentSource(part),
          ...(part.name === "" ? {} : { title: part.name }),
          ...writeCacheControl(part),
        },
      ];
  }
}

function imageSource(part: ImagePart, book: ReceiptBook): JsonObject {
  if (part.source.kind === "url") return { type: "url", url: part.source.url };
  const path = part.sourcePath;
  const data = checkBase64({ data: part.source.data, path, what: "image" });
  const mediaType = detectImageType({ data, path });
  if (mediaType !== part.source.mediaType) {
    book.rewritten(
      path,
      `The image says that it is ${part.source.mediaType}, and its bytes are ${mediaType}.`,
    );
  }
  return { type: "base64", media_type: mediaType, data };
}

function documentSource(part: FilePart): JsonObject {
  const { source } = part;
  if (source.kind === "url") return { type: "url", url: source.url };
  if (source.kind === "text") return { type: "text", media_type: "text/plain", data: source.text };
  const data = checkBase64({ data: source.data, path: part.sourcePath, what: "file" });
  if (source.mediaType === "application/pdf") {
    return { type: "base64", media_type: "application/pdf", data };
  }
  if (source.mediaType.startsWith("text/")) {
    const text = Buffer.from(data, "base64").toString("utf8");
    return { type: "text", media_type: "text/plain", data: text };
  }
  throw unsupportedContent(part.sourcePath, `Anthropic reads PDF and text files, not "${source.mediaType}".`);
}

function writeAnswerPart(part: AnswerPart, book: ReceiptBook): JsonObject[] {
  switch (part.type) {
    case "text":
      return writeTexts([part]);
    case "refusal":
      return part.text.trim() === "" ? [] : [{ type: "text", text: part.text }];
    case "reasoning":
      if (part.signature !== "") {
        return [{ type: "thinking", thinking: part.text, signature: part.signature }];
      }
      book.dropped(part.path, "Anthropic takes reasoning back only with the signature that it gave it.");
      return [];
    case "redacted_reasoning":
      return [{ type: "redacted_thinking", data: part.data }];
    case "tool_call":
      return [
        {
          type: "tool_use",
          id: fitToolUseId(part.id),
          name: part.name,
          input: toolInput(part, book),
          ...writeCacheControl(part),
        },
      ];
  }
}

function toolInput(part: ToolCallPart, book: ReceiptBook): JsonObject {
  if (part.argumentsText.trim() === "") return {};
  const input = parseWrittenJson(part.argumentsText);
  if (isJsonObject(input)) return input;
  book.rewritten(part.path, "Anthropic takes a JSON object as arguments, so these were wrapped in one.");
  return { arguments: input ?? part.argumentsText };
}

function writeToolResult(result: ToolResultPart, book: ReceiptBook): JsonObject {
  const content = result.content.flatMap((part) => writePart(part, book));
  return {
    type: "tool_result",
    tool_use_id: fitToolUseId(result.callId),
    ...(content.length === 0 ? {} : { content: simplify(content) }),
    ...(result.isError ? { is_error: true } : {}),
    ...writeCacheControl(result),
  };
}

/** Anthropic allows letters, digits, `_` and `-`; the same id is changed the same way wherever it occurs. */
function fitToolUseId(id: string): string {
  return id === "" ? "call" : id.replaceAll(/[^A-Za-z0-9_-]/g, "_");
}

/** Anthropic refuses a last assistant turn that ends in white space. */
function trimPrefill(turns: readonly Turn[], book: ReceiptBook): void {
  const last = turns.at(-1);
  const block = last?.role === "assistant" ? last.content.at(-1) : undefined;
  if (block === undefined || typeof block["text"] !== "string") return;
  const trimmed = block["text"].trimEnd();
  if (trimmed === block["text"]) return;
  book.rewritten("messages", "Anthropic refuses a last assistant turn that ends in white space; it was cut.");
  block["text"] = trimmed;
}
