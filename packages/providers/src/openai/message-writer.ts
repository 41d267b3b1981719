import { createHash } from "node:crypto";
import type { JsonObject } from "../contract.ts";
import { unsupportedContent } from "../errors.ts";
import type {
  AnswerPart,
  CanonicalMessage,
  FilePart,
  ImagePart,
  TextPart,
  ToolResultPart,
} from "../translate/canonical.ts";
import { checkBase64, detectImageType } from "../translate/media.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";
import type { OpenAiModelTraits } from "./model-traits.ts";
import { writeReasoningFields } from "./reasoning.ts";

/** OpenAI refuses longer ids of tool calls. */
const toolCallIdMax = 40;

/** Writes `messages`; a mark that only other protocols have is reported as dropped. */
export function writeMessages(
  messages: readonly CanonicalMessage[],
  traits: OpenAiModelTraits,
  book: ReceiptBook,
): JsonObject[] {
  return messages.flatMap((message): JsonObject[] => {
    switch (message.role) {
      case "system":
        return [{ role: "system", content: writeContent(message.content, book) }];
      case "user":
        return [
          {
            role: "user",
            content: writeContent(message.content, book),
            ...(message.name === "" ? {} : { name: message.name }),
          },
        ];
      case "assistant":
        return [writeAssistantMessage(message, traits, book)];
      case "tool":
        return writeToolMessages(message.content, book);
    }
  });
}

type ContentPart = TextPart | ImagePart | FilePart;

/** One plain text is written as a string, which every server reads. */
function writeContent(parts: readonly ContentPart[], book: ReceiptBook): string | JsonObject[] {
  const [first] = parts;
  const isPlain = parts.length === 1 && first?.type === "text";
  const written = parts.map((part) => writePart(part, book));
  return isPlain ? first.text : written;
}

function writePart(part: ContentPart, book: ReceiptBook): JsonObject {
  dropCacheMark(part, book);
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text };
    case "image":
      return {
        type: "image_url",
        image_url: {
          url: imageUrl(part, book),
          ...(part.detail === undefined ? {} : { detail: part.detail.value }),
        },
      };
    case "file":
      return writeFile(part, book);
  }
}

function imageUrl(part: ImagePart, book: ReceiptBook): string {
  if (part.source.kind === "url") return part.source.url;
  const path = part.sourcePath;
  const data = checkBase64({ data: part.source.data, path, what: "image" });
  const mediaType = detectImageType({ data, path });
  if (mediaType !== part.source.mediaType) {
    book.rewritten(
      path,
      `The image says that it is ${part.source.mediaType}, and its bytes are ${mediaType}.`,
    );
  }
  return `data:${mediaType};base64,${data}`;
}

function writeFile(part: FilePart, book: ReceiptBook): JsonObject {
  const { source } = part;
  if (source.kind === "text") {
    book.rewritten(part.path, "OpenAI's file parts hold PDFs; the document's text was put into the message.");
    return { type: "text", text: part.name === "" ? source.text : `${part.name}\n\n${source.text}` };
  }
  if (source.kind === "url") {
    throw unsupportedContent(
      part.sourcePath,
      "OpenAI's chat completions read no file by URL; send its content as base64.",
    );
  }
  const data = checkBase64({ data: source.data, path: part.sourcePath, what: "file" });
  return {
    type: "file",
    file: {
      filename: part.name === "" ? "document.pdf" : part.name,
      file_data: `data:${source.mediaType};base64,${data}`,
    },
  };
}

function dropCacheMark(part: { cache?: { path: string } }, book: ReceiptBook): void {
  if (part.cache !== undefined) {
    book.dropped(part.cache.path, "OpenAI-compatible servers cache prompts by themselves.");
  }
}

function writeAssistantMessage(
  message: CanonicalMessage & { role: "assistant" },
  traits: OpenAiModelTraits,
  book: ReceiptBook,
): JsonObject {
  const texts: TextPart[] = [];
  const written: JsonObject = { role: "assistant", content: null };
  const toolCalls: JsonObject[] = [];
  let refusal: string | null = null;
  for (const part of message.content) {
    if (part.type === "text") texts.push(part);
    else if (part.type === "refusal") refusal = (refusal ?? "") + part.text;
    else if (part.type === "tool_call") {
      dropCacheMark(part, book);
      toolCalls.push({
        id: fitToolCallId(part.id),
        type: "function",
        function: { name: part.name, arguments: part.argumentsText === "" ? "{}" : part.argumentsText },
      });
    }
  }
  if (texts.length > 0) written["content"] = writeContent(texts, book);
  else if (toolCalls.length === 0 && refusal === null) written["content"] = "";
  if (message.name !== "") written["name"] = message.name;
  if (refusal !== null) written["refusal"] = refusal;
  if (toolCalls.length > 0) {
    written["tool_calls"] = traits.wantsSignedCalls ? signFirst(toolCalls, message, book) : toolCalls;
  }
  return { ...written, ...writeReasoningBack(message.content, traits, book) };
}

/**
 * Gemini looks for its own signature at the first call of a turn. No other protocol can carry that one, so the
 * mark is sent that Google has for such histories: https://ai.google.dev/gemini-api/docs/thought-signatures
 */
function signFirst(
  toolCalls: readonly JsonObject[],
  message: CanonicalMessage & { role: "assistant" },
  book: ReceiptBook,
): JsonObject[] {
  const first = message.content.find((part) => part.type === "tool_call");
  book.emulated(
    first?.path ?? message.path,
    "Gemini's own signature of this call is lost; Google's mark for unsigned calls was sent.",
  );
  const signature = { google: { thought_signature: "skip_thought_signature_validator" } };
  return toolCalls.map((call, index) => (index === 0 ? { ...call, extra_content: signature } : call));
}

function writeReasoningBack(
  parts: readonly AnswerPart[],
  traits: OpenAiModelTraits,
  book: ReceiptBook,
): JsonObject {
  const reasoning = parts.filter((part) => part.type === "reasoning" || part.type === "redacted_reasoning");
  if (reasoning.length === 0) return {};
  if (traits.wantsReasoningBack) {
    const { reasoning_content } = writeReasoningFields(reasoning);
    return reasoning_content === undefined ? {} : { reasoning_content };
  }
  for (const part of reasoning) {
    book.dropped(part.path, "This model does not take earlier reasoning back.");
  }
  return {};
}

/**
 * OpenAI's tool messages hold text only and have to follow their calls at once, so pictures and files of
 * results come after all of them, in a user message.
 */
function writeToolMessages(results: readonly ToolResultPart[], book: ReceiptBook): JsonObject[] {
  const attachments: JsonObject[] = [];
  const messages = results.map((result): JsonObject => {
    const callId = fitToolCallId(result.callId);
    dropCacheMark(result, book);
    const texts: TextPart[] = [];
    for (const part of result.content) {
      if (part.type === "text") {
        dropCacheMark(part, book);
        texts.push(part);
        continue;
      }
      book.rewritten(part.path, "OpenAI's tool messages hold text only; this follows in a user message.");
      attachments.push(
        { type: "text", text: `Part of the result of tool call ${callId}:` },
        writePart(part, book),
      );
    }
    return { role: "tool", tool_call_id: callId, content: writeResultText(result, texts, book) };
  });
  return attachments.length === 0 ? messages : [...messages, { role: "user", content: attachments }];
}

function writeResultText(
  result: ToolResultPart,
  texts: TextPart[],
  book: ReceiptBook,
): string | JsonObject[] {
  if (result.isError) {
    book.emulated(
      `${result.path}.is_error`,
      'OpenAI has no mark for failed tools; the result says "Error:" first.',
    );
    return `Error: ${texts.map((part) => part.text).join("\n")}`;
  }
  if (texts.length === 0) return "";
  return texts.length === 1 && texts[0] !== undefined
    ? texts[0].text
    : texts.map((part) => ({ type: "text", text: part.text }));
}

/** Shortens an id the same way wherever it occurs, so that calls and results still match. */
function fitToolCallId(id: string): string {
  if (id.length <= toolCallIdMax) return id;
  return `call_${createHash("sha256")
    .update(id)
    .digest("hex")
    .slice(0, toolCallIdMax - 5)}`;
}
