import type { JsonObject, WireProtocol } from "../contract.ts";
import { arrayOf, isJsonObject, objectOf, textOf } from "../json.ts";

/** A tool that the request offers. */
export interface OfferedTool {
  name: string;
  schema: unknown;
}

/** What the simulator reads from a chat request of either protocol. */
export interface ChatRequest {
  stream: boolean;
  includeUsage: boolean;
  /** Text of the last user message; empty where there is none. */
  lastUserText: string;
  /** True when the conversation ends in a tool's result, which wants an answer and not another call. */
  endsInToolResult: boolean;
  maxTokens: number;
  stopTexts: string[];
  tools: OfferedTool[];
  /** `none`, `auto`, `any`, or the name of the tool that must be called, as `{ name }`. */
  toolChoice: "none" | "auto" | "any" | { name: string };
  parallelTools: boolean;
  /** The schema that the answer must fit; null for free text, `{}` for any JSON object. */
  answerSchema: unknown;
}

/** Reads a request body; a text in place of it says what is wrong with it. */
export function readChatRequest(protocol: WireProtocol, body: JsonObject): ChatRequest | string {
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    return "messages must be a list with at least one message.";
  }
  if (typeof body.n === "number" && body.n !== 1) return "The simulator gives one answer: n must be 1.";
  const last = objectOf(body.messages.at(-1));
  return {
    stream: body.stream === true,
    includeUsage: objectOf(body.stream_options).include_usage === true,
    lastUserText: lastUserText(body.messages),
    endsInToolResult: last.role === "tool" || last.role === "function" || hasToolResult(last.content),
    ...(protocol === "anthropic" ? anthropicOptions(body) : openAiOptions(body)),
  };
}

type ProtocolOptions = Omit<ChatRequest, "stream" | "includeUsage" | "lastUserText" | "endsInToolResult">;

function lastUserText(messages: readonly unknown[]): string {
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = objectOf(messages[index]);
    if (message.role !== "user") continue;
    const text = contentText(message.content);
    if (text !== "") return text;
  }
  return "";
}

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return arrayOf(content)
    .map((part) => objectOf(part))
    .filter((part) => part.type === "text")
    .map((part) => textOf(part.text))
    .join("\n");
}

function hasToolResult(content: unknown): boolean {
  return arrayOf(content).some((part) => objectOf(part).type === "tool_result");
}

function maxTokensOf(...values: unknown[]): number {
  const value = values.find((candidate) => typeof candidate === "number" && candidate > 0);
  return typeof value === "number" ? Math.floor(value) : Number.POSITIVE_INFINITY;
}

function stopTextsOf(value: unknown): string[] {
  const texts = typeof value === "string" ? [value] : arrayOf(value).map(textOf);
  return texts.filter((text) => text !== "");
}

function openAiOptions(body: JsonObject): ProtocolOptions {
  const tools: OfferedTool[] = [];
  for (const item of arrayOf(body.tools)) {
    const definition = objectOf(objectOf(item).function);
    if (textOf(definition.name) !== "") {
      tools.push({ name: textOf(definition.name), schema: definition.parameters ?? {} });
    }
  }
  const choice = body.tool_choice;
  const chosenName = textOf(objectOf(objectOf(choice).function).name);
  const format = objectOf(body.response_format);
  return {
    maxTokens: maxTokensOf(body.max_completion_tokens, body.max_tokens),
    stopTexts: stopTextsOf(body.stop),
    tools,
    toolChoice:
      chosenName === ""
        ? choice === "none"
          ? "none"
          : choice === "required"
            ? "any"
            : "auto"
        : { name: chosenName },
    parallelTools: body.parallel_tool_calls !== false,
    answerSchema:
      format.type === "json_schema"
        ? (objectOf(format.json_schema).schema ?? {})
        : format.type === "json_object"
          ? {}
          : null,
  };
}

function anthropicOptions(body: JsonObject): ProtocolOptions {
  const tools: OfferedTool[] = [];
  for (const item of arrayOf(body.tools)) {
    // Tools without a schema are the provider's own and run on its side.
    if (isJsonObject(item) && isJsonObject(item.input_schema)) {
      tools.push({ name: textOf(item.name), schema: item.input_schema });
    }
  }
  const choice = objectOf(body.tool_choice);
  const format = objectOf(body.output_format ?? objectOf(body.output_config).format);
  return {
    maxTokens: maxTokensOf(body.max_tokens),
    stopTexts: stopTextsOf(body.stop_sequences),
    tools,
    toolChoice:
      choice.type === "tool"
        ? { name: textOf(choice.name) }
        : choice.type === "any" || choice.type === "none"
          ? choice.type
          : "auto",
    parallelTools: choice.disable_parallel_tool_use !== true,
    answerSchema: format.type === "json_schema" ? (format.schema ?? {}) : null,
  };
}
