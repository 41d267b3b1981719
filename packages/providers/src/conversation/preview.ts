import { defaultLimits } from "@weir/schema";
import type { Message, MessagePart } from "@weir/schema";

/** The beginning of a text in one line, for lists. */
export function previewText(
  text: string,
  maxCharacters: number = defaultLimits.previewMaxCharacters,
): string {
  const start = text.slice(0, maxCharacters);
  // Whitespace may shrink, so a little more than the limit is looked at, and never the whole text.
  const isPlain = !/\s{2}|[^\S ]|^\s|\s$/.test(start);
  const line = isPlain
    ? text.slice(0, maxCharacters + 1)
    : text
        .slice(0, maxCharacters * 4)
        .replaceAll(/\s+/g, " ")
        .trim();
  // Half of a surrogate pair, sent so or left by the cut, would not be valid UTF-8 later on.
  if (line.length <= maxCharacters) return line.toWellFormed();
  const cut = line.slice(0, maxCharacters);
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
