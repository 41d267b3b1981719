import type { JsonObject } from "../contract.ts";
import type {
  AnswerPart,
  CanonicalResponse,
  Finish,
  ResponseHead,
  WebCitation,
} from "../translate/canonical.ts";
import { arrayOf, objectOf, textOf } from "../json.ts";
import { numberOrNull } from "../translate/numbers.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";
import { dropThoughtSignature, readThinkingText, readToolCalls } from "./message-reader.ts";
import { readMessageReasoning } from "./reasoning.ts";
import { readUsage } from "./usage.ts";

/** Reads a whole `chat.completion`. */
export function readResponse(body: JsonObject, book: ReceiptBook): CanonicalResponse {
  const choices = arrayOf(body["choices"]);
  const choice = objectOf(choices[0]);
  for (let index = 1; index < choices.length; index += 1) {
    book.dropped(`response.choices[${index}]`, "The caller's protocol holds one answer.");
  }
  const content = readAnswer(objectOf(choice["message"]), book);
  return {
    ...readHead(body),
    content,
    finish: readFinish(
      choice,
      content.some((part) => part.type === "tool_call"),
      content.some(isRefusal),
    ),
    usage: readUsage(body["usage"]),
  };
}

function isRefusal(part: AnswerPart): boolean {
  return part.type === "refusal";
}

/** What an answer or a chunk says of itself. */
export function readHead(body: JsonObject): ResponseHead {
  return {
    id: textOf(body["id"]),
    model: textOf(body["model"]),
    createdAt: numberOrNull(body["created"]),
    fingerprint: textOf(body["system_fingerprint"]),
    serviceTier: textOf(body["service_tier"]),
  };
}

function readAnswer(message: JsonObject, book: ReceiptBook): AnswerPart[] {
  const path = "response.choices[0].message";
  const parts: AnswerPart[] = readMessageReasoning(message, path);
  const content = message["content"];
  if (typeof content === "string") {
    if (content !== "") parts.push({ type: "text", text: content, path: `${path}.content` });
  } else {
    for (const item of arrayOf(content)) {
      const part = objectOf(item);
      if (part["type"] === "thinking") {
        parts.push({ type: "reasoning", text: readThinkingText(part), signature: "", path });
      } else if (typeof part["text"] === "string" && part["text"] !== "") {
        parts.push({ type: "text", text: part["text"], path });
      }
    }
  }
  const text = parts.findLast((part) => part.type === "text");
  const citations = readCitations(message);
  if (text?.type === "text" && citations.length > 0) text.citations = citations;
  if (typeof message["refusal"] === "string" && message["refusal"] !== "") {
    parts.push({ type: "refusal", text: message["refusal"], path: `${path}.refusal` });
  }
  if (typeof objectOf(message["audio"])["data"] === "string") {
    book.dropped(`${path}.audio`, "The caller's protocol has no spoken answers.");
  }
  for (const [index, call] of arrayOf(message["tool_calls"]).entries()) {
    dropThoughtSignature(objectOf(call), `${path}.tool_calls[${index}]`, book);
  }
  parts.push(
    ...readToolCalls(message["tool_calls"], `${path}.tool_calls`).map((call, index) =>
      call.id === "" ? { ...call, id: `call_${index}` } : call,
    ),
  );
  return parts;
}

/** `url_citation` annotations of a message or a delta. */
export function readCitations(holder: JsonObject): WebCitation[] {
  return arrayOf(holder["annotations"]).flatMap((item) => {
    const citation = objectOf(objectOf(item)["url_citation"]);
    const url = textOf(citation["url"]);
    return url === "" ? [] : [{ url, title: textOf(citation["title"]) }];
  });
}

/** Reads a choice's end. Some servers say `stop` although they call tools. */
export function readFinish(choice: JsonObject, hasToolCalls: boolean, hasRefusal: boolean): Finish {
  // vLLM names the stop sequence that it met here.
  const stopSequence = typeof choice["stop_reason"] === "string" ? choice["stop_reason"] : null;
  const finish = { stopSequence: null, refusal: "" };
  switch (choice["finish_reason"]) {
    case "length":
      return { ...finish, reason: "length" };
    case "tool_calls":
    case "function_call":
      return { ...finish, reason: "tool_calls" };
    case "content_filter":
      return { ...finish, reason: "content_filter" };
    default:
      if (hasToolCalls) return { ...finish, reason: "tool_calls" };
      if (hasRefusal) return { ...finish, reason: "content_filter" };
      return stopSequence === null
        ? { ...finish, reason: "stop" }
        : { ...finish, reason: "stop_sequence", stopSequence };
  }
}
