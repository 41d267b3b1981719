import type { JsonObject, Translated, WireProtocol } from "../contract.ts";
import { invalidRequest, ProvidersError, translationRefused } from "../errors.ts";
import { codecs } from "./codecs.ts";
import { isJsonObject } from "../json.ts";
import { createReceiptBook } from "./receipt-book.ts";
import { structuredOutputTool, unwrapResponse } from "./structured-output.ts";

/**
 * Turns a caller's request body into the provider's protocol. `body.model` has to be the name that the
 * provider knows (a `provider/` prefix does no harm), because what a model accepts depends on it.
 *
 * @throws ProvidersError `invalid_request`, `unsupported_content`, `unreadable_image` or `unreadable_file`, each
 *   naming the parameter's path; in strict mode `translation_refused` with the receipt
 * @example
 * translateRequest({ from: "openai", to: "anthropic", body, strict: false }).body // a body of /v1/messages
 */
export function translateRequest(options: {
  from: WireProtocol;
  to: WireProtocol;
  body: JsonObject;
  strict: boolean;
}): Translated {
  const { from, to, body, strict } = options;
  if (from === to) return { body, receipt: [] };
  const book = createReceiptBook();
  const request = codecs[from].readRequest(body, book);
  const reserved = request.tools.find((tool) => tool.name === structuredOutputTool);
  if (reserved !== undefined) {
    throw invalidRequest(
      reserved.path,
      `the name ${structuredOutputTool} is reserved; give the tool another one.`,
    );
  }
  const written = codecs[to].writeRequest(request, book);
  if (strict && book.items.length > 0) throw translationRefused(book.items);
  return { body: written, receipt: book.items };
}

/**
 * Turns a provider's whole answer into the caller's protocol. Paths of the receipt begin with `response.`.
 * Error bodies are not answers: read them with `readProviderError`.
 *
 * @param options.from the provider's protocol
 * @param options.to the caller's protocol
 * @param options.model named in the answer where the provider does not name its model
 * @param options.nowMs for protocols that date an answer; the present when absent
 * @throws ProvidersError `provider_response_unreadable` when the body is no answer of the protocol
 */
export function translateResponse(options: {
  from: WireProtocol;
  to: WireProtocol;
  body: JsonObject;
  model: string;
  nowMs?: number;
}): Translated {
  const { from, to, body, model } = options;
  if (from === to) return { body, receipt: [] };
  if (!isAnswer(from, body)) {
    throw new ProvidersError({
      code: "provider_response_unreadable",
      message: `The provider answered with something that is no ${codecs[from].title} answer. Check that its base URL belongs to that protocol.`,
    });
  }
  const book = createReceiptBook();
  const response = unwrapResponse(codecs[from].readResponse(body, book), book);
  const nowMs = options.nowMs ?? Date.now();
  const written = codecs[to].writeResponse(response, {
    model,
    nowMs,
    includeUsage: true,
    inputTokensEstimate: 0,
    book,
  });
  return { body: written, receipt: book.items };
}

function isAnswer(protocol: WireProtocol, body: JsonObject): boolean {
  if (protocol === "anthropic") return Array.isArray(body["content"]);
  const choices = body["choices"];
  return Array.isArray(choices) && choices.length > 0 && isJsonObject(choices[0]);
}
