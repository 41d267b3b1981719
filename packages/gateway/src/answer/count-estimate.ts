import { readConversation, type JsonObject } from "@weir/providers";
import type { MessagePart } from "@weir/schema";
import type { Call } from "../call.ts";
import { gatewayErrors } from "../errors.ts";
import { internalFault } from "../fault.ts";
import { settleCall } from "../record/settle.ts";
import { failCall } from "./send-error.ts";
import { ownHeaders } from "./response-headers.ts";

/** What each message and each piece of media adds beside its text, about. */
const messageTokens = 4;
const mediaTokens = 765;
/** A request's text beyond this is counted by proportion: counting is work on the thread that serves everybody. */
const countedMaxCharacters = 128 * 1024;
/** What no blank divides is one piece to the tokenizer, whose work grows with the square of a piece's length. */
const longPieces = /\S{64}|\s{64}/gu;

type CountText = (text: string) => number;
let loading: Promise<CountText> | null = null;

/** The tokenizer is two megabytes of tables, loaded when the first estimate is asked for. */
function loadTokenizer(): Promise<CountText> {
  loading ??= import("gpt-tokenizer/encoding/o200k_base").then(({ countTokens }) => {
    // A special token's name in a text is text.
    const options = { disallowedSpecial: new Set<string>() };
    return (text) => {
      let tokens = 0;
      let start = 0;
      for (const { 0: piece, index } of text.matchAll(longPieces)) {
        const end = index + piece.length;
        tokens += countTokens(text.slice(start, end), options);
        start = end;
      }
      return tokens + countTokens(text.slice(start), options);
    };
  });
  return loading;
}

/** The tokens of some texts together, for all of them from as many characters as may be counted. */
function countTexts(texts: readonly string[], countText: CountText): number {
  let room = countedMaxCharacters;
  let tokens = 0;
  for (const text of texts) {
    const counted = text.slice(0, room);
    room -= counted.length;
    tokens += countText(counted);
  }
  const total = texts.reduce((sum, { length }) => sum + length, 0);
  return total <= countedMaxCharacters ? tokens : Math.ceil((tokens * total) / countedMaxCharacters);
}

/** A part's text, as far as it is text; arguments and results count as their JSON. */
function textOfPart(part: MessagePart): string {
  if (part.type === "text" || part.type === "reasoning") return part.content;
  if (part.type === "tool_call") return `${part.name} ${JSON.stringify(part.arguments)}`;
  if (part.type === "tool_call_response") {
    return typeof part.response === "string" ? part.response : JSON.stringify(part.response);
  }
  return part.type === "other" ? JSON.stringify(part.value) : "";
}

function estimate(request: string, countText: CountText): number {
  const { input, tools } = readConversation({ protocol: "anthropic", operation: "count_tokens", request });
  const texts = input.map(({ parts }) => parts.map(textOfPart).join("\n"));
  if (tools.length > 0) texts.push(JSON.stringify(tools));
  const media = input.flatMap(({ parts }) => parts).filter(({ type }) => type === "media");
  return countTexts(texts, countText) + messageTokens * input.length + mediaTokens * media.length;
}

function answer(call: Call, inputTokens: number): void {
  const { res } = call;
  const body = Buffer.from(JSON.stringify({ input_tokens: inputTokens }));
  settleCall(call, {
    status: "ok",
    httpStatus: 200,
    errorCode: "",
    errorMessage: "",
    blame: null,
    facts: null,
  });
  if (res.destroyed) return;
  const headers = ["content-type", "application/json", "content-length", String(body.length)];
  res.writeHead(200, [...headers, ...ownHeaders(call)]);
  res.end(body);
}

/**
 * Answers Anthropic's `count_tokens` for a model whose provider has no such operation: an estimate with
 * OpenAI's current vocabulary, said to be one in the receipt; strict mode refuses it.
 */
export function answerCountEstimate(call: Call, body: JsonObject, strict: boolean): void {
  const provider = call.resolution?.provider.name ?? "";
  if (strict) {
    const changes = "count_tokens (emulated: it would be an estimate)";
    throw gatewayErrors.translationRefused({ provider, changes });
  }
  call.receipt.push({
    action: "emulated",
    parameter: "response.input_tokens",
    detail: `"${provider}" has no count_tokens; this is an estimate with the o200k vocabulary, ${mediaTokens} for each image.`,
  });
  const request = JSON.stringify(body);
  loadTokenizer()
    .then((countText) => {
      if (!call.settled) answer(call, estimate(request, countText));
    })
    .catch((cause: unknown) => failCall(call, internalFault(call.gate, cause, call.trace.traceId)));
}
