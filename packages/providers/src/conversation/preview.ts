import { defaultLimits } from "@weir/schema";
import type { Message, MessagePart } from "@weir/schema";

/** The beginning of a text in one line, for lists. */
export function previewText(
  text: string,
  maxCharacters: number = defaultLimits.previewMaxCharacters,
): string {
  // Whitespace may shrink, so a little more than the limit is looked at, and never the whole text.
  const head = text.length > maxCharacters * 4 ? text.slice(0, maxCharacters * 4) : text;
  const line = head.replaceAll(/\s+/g, " ").trim();
  if (line.length <= maxCharacters) return line;
  const cut = line.slice(0, maxCharacters);
  // A cut through a surrogate pair would leave half a character, which is not valid UTF-8 later on.
  return cut.isWellFormed() ? cut : cut.slice(0, -1).toWellFormed();
}

/** A line that stands for a message: its text, or else what it has instead. */
export function previewMessage(message: Message): string {
  const texts = message.parts.filter((part) => part.type === "text").map((part) => part.content);
  if (texts.some((text) => text.trim() !== "")) return previewText(texts.join(" "));
  // What a model called says more about its turn than the thoughts that led there.
  const shown = message.parts.filter((part) => part.type !== "reasoning");
  return previewText((shown.length > 0 ? shown : message.parts).map((part) => describePart(part)).join(" "));
}

function describePart(part: MessagePart): string {
  switch (part.type) {
    case "text":
    case "reasoning":
      return part.content;
    case "tool_call":
      return `${part.name}(${compact(part.arguments)})`;
    case "tool_call_response":
      return compact(part.response);
    case "media":
      return `[${part.modality}]`;
    case "other":
      return typeof part.value === "string" ? part.value : `[${part.name}]`;
  }
}

function compact(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value) ?? "";
}
