import type { Message, MessagePart } from "@weir/schema";
import type { OtlpLimits } from "../limits.ts";
import type { Warnings } from "../warnings.ts";

/** Stores bytes under their SHA-256 and returns it (64 hex digits); null when they could not be stored. */
export type StoreBlob = (blob: { bytes: Uint8Array; mediaType: string }) => string | null;

interface ColumnOptions {
  limits: OtlpLimits;
  warnings: Warnings;
  storeBlob?: StoreBlob | undefined;
}

/** Characters that a text keeps when a conversation as a whole is too long. */
const shortenedMaxCharacters = 4096;

/** Messages as a column holds them: large media in files, and no more text than the limit. */
export function messagesColumn(messages: readonly Message[], options: ColumnOptions): string {
  if (messages.length === 0) return "";
  const json = JSON.stringify(messages);
  const hasMedia = json.includes('"type":"media"');
  const light = hasMedia ? messages.map((message) => withoutLargeMedia(message, options)) : messages;
  const lightJson = hasMedia ? JSON.stringify(light) : json;
  const { messagesMaxCharacters } = options.limits;
  if (lightJson.length <= messagesMaxCharacters) return lightJson;
  options.warnings.add(`Messages longer than ${messagesMaxCharacters} characters were shortened`);
  return shorten(light, messagesMaxCharacters);
}

function withoutLargeMedia(message: Message, options: ColumnOptions): Message {
  return { ...message, parts: message.parts.map((part) => withoutLargeBytes(part, options)) };
}

function withoutLargeBytes(part: MessagePart, options: ColumnOptions): MessagePart {
  if (part.type !== "media" || !part.url.startsWith("data:")) return part;
  if (part.url.length <= options.limits.inlineMediaMaxBytes || options.storeBlob === undefined) return part;
  const comma = part.url.indexOf(",");
  if (!part.url.slice(0, comma).endsWith(";base64")) return part;
  const bytes = Buffer.from(part.url.slice(comma + 1), "base64");
  const sha256 = options.storeBlob({ bytes, mediaType: part.mediaType });
  if (sha256 === null) {
    options.warnings.add("A medium could not be stored as a file and was left out");
    return { ...part, url: "" };
  }
  return { ...part, url: `weir-blob:sha256/${sha256}` };
}

/** Cuts the long texts first; where that is not enough, the oldest messages go, as the newest say most. */
function shorten(messages: readonly Message[], maxCharacters: number): string {
  const cut = messages.map((message) => ({
    ...message,
    parts: message.parts.map((part) => shortenPart(part)),
  }));
  let kept = cut;
  let json = JSON.stringify(kept);
  while (json.length > maxCharacters && kept.length > 1) {
    kept = kept.slice(Math.ceil(kept.length / 4));
    json = JSON.stringify(kept);
  }
  return json.length <= maxCharacters ? json : "[]";
}

function shortenPart(part: MessagePart): MessagePart {
  switch (part.type) {
    case "text":
    case "reasoning":
      return { ...part, content: shortenText(part.content) };
    case "tool_call":
      return { ...part, arguments: shortenValue(part.arguments) };
    case "tool_call_response":
      return { ...part, response: shortenValue(part.response) };
    case "media":
      return part.url.length > shortenedMaxCharacters ? { ...part, url: "" } : part;
    case "other":
      return { ...part, value: shortenValue(part.value) };
  }
}

function shortenValue(value: unknown): unknown {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length > shortenedMaxCharacters ? shortenText(text) : value;
}

function shortenText(text: string): string {
  return text.length > shortenedMaxCharacters
    ? `${text.slice(0, shortenedMaxCharacters).toWellFormed()} …`
    : text;
}
