import type { JsonObject, Operation, RequestFacts, WireProtocol } from "./contract.ts";
import { anthropicContentParts } from "./conversation/anthropic-parts.ts";
import { openAiContentParts } from "./conversation/openai-parts.ts";
import { previewMessage, previewText } from "./conversation/preview.ts";
import { arrayOf, cutBelow, isJsonObject, nestingMax, objectOf, textOf } from "./json.ts";

/** Reads what the gateway has to know of a parsed request body. Never throws; checks nothing. */
export function readRequestFacts(options: {
  protocol: WireProtocol;
  operation: Operation;
  body: JsonObject;
}): RequestFacts {
  const { protocol, operation, body } = options;
  const metadata = readMetadata(body.metadata);
  const openAiUser = textOf(body.user) || textOf(body.safety_identifier);
  const anthropicUser = protocol === "anthropic" ? (metadata.user_id ?? "") : "";
  return {
    model: textOf(body.model),
    stream: operation === "chat" && body.stream === true,
    includeUsage: protocol === "anthropic" || objectOf(body.stream_options).include_usage === true,
    inputPreview: operation === "embeddings" ? previewInput(body.input) : previewMessages(body, protocol),
    userId: protocol === "anthropic" ? anthropicUser : openAiUser,
    sessionId: metadata.session_id ?? metadata.sessionId ?? sessionOfClaudeCode(anthropicUser),
    metadata,
  };
}

/** Values that are no text become JSON text, so that nothing is lost. Unlike an assignment, this takes any name. */
function readMetadata(value: unknown): Record<string, string> {
  if (!isJsonObject(value)) return {};
  const entries = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(
    entries.map(([name, item]) => [
      name,
      typeof item === "string" ? item : (JSON.stringify(cutBelow(item, nestingMax)) ?? ""),
    ]),
  );
}

/** Claude Code writes its session into the only field that the protocol has for users. */
function sessionOfClaudeCode(userId: string): string {
  return /_session_([0-9a-f-]{36})$/.exec(userId)?.[1] ?? "";
}

function previewMessages(body: JsonObject, protocol: WireProtocol): string {
  const messages = arrayOf(body.messages);
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = objectOf(messages[index]);
    if (message.role !== "user") continue;
    const preview = previewContent(message.content, protocol);
    // A user's turn that only hands back tool results says little; the question before it says more.
    if (preview !== "") return preview;
  }
  const last = objectOf(messages.at(-1));
  return previewContent(last.content, protocol);
}

function previewContent(content: unknown, protocol: WireProtocol): string {
  if (typeof content === "string") return previewText(content);
  // Media are described, not converted: a preview must not copy megabytes of base64.
  const light = arrayOf(content).map((part) => lightPart(objectOf(part)));
  const visible = light.filter((part) => part.type !== "tool_result");
  const parts = protocol === "anthropic" ? anthropicContentParts(visible) : openAiContentParts(visible);
  return previewMessage({ role: "user", parts });
}

function lightPart(part: JsonObject): JsonObject {
  const type = textOf(part.type);
  if (type === "text" || type === "tool_result") return part;
  if (type.startsWith("image")) return { type: "text", text: "[image]" };
  if (type.startsWith("input_audio")) return { type: "text", text: "[audio]" };
  return { type: "text", text: `[${type === "document" ? "file" : type}]` };
}

function previewInput(input: unknown): string {
  if (typeof input === "string") return previewText(input);
  const items = arrayOf(input);
  const first = items[0];
  if (typeof first === "string")
    return previewText(items.length === 1 ? first : `${first} (+${items.length - 1})`);
  return items.length === 0 ? "" : `[${items.length} ${typeof first === "number" ? "tokens" : "inputs"}]`;
}
