import type { ReceiptItem } from "@weir/schema";

/**
 * What can go wrong between two protocols. The codes are stable: callers see them and may branch on them.
 *
 * - `invalid_request`: the caller's body is not what its own protocol asks for.
 * - `unsupported_content`: a content part that the target protocol cannot carry; leaving it out would change
 *   what the model is asked, so the call is refused.
 * - `unreadable_image`, `unreadable_file`: inline data that cannot be decoded.
 * - `translation_refused`: strict mode, and something would have been dropped, emulated or rewritten.
 * - `provider_response_unreadable`: the provider's answer is not what its protocol promises.
 */
export type ProvidersErrorCode =
  | "invalid_request"
  | "unsupported_content"
  | "unreadable_image"
  | "unreadable_file"
  | "translation_refused"
  | "provider_response_unreadable";

/** An error of this package, with the HTTP status that it means to the caller. */
export class ProvidersError extends Error {
  readonly code: ProvidersErrorCode;
  readonly status: number;
  /** JSON path of the caller's parameter, e.g. `messages[1].content[0].image_url.url`; empty for none. */
  readonly parameter: string;
  /** What strict mode refused; empty for every other code. */
  readonly receipt: readonly ReceiptItem[];

  constructor(options: {
    code: ProvidersErrorCode;
    message: string;
    parameter?: string;
    receipt?: readonly ReceiptItem[];
    cause?: unknown;
  }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ProvidersError";
    this.code = options.code;
    this.status = options.code === "provider_response_unreadable" ? 502 : 400;
    this.parameter = options.parameter ?? "";
    this.receipt = options.receipt ?? [];
  }
}

/** The caller's body breaks the rules of its own protocol at `parameter`. */
export function invalidRequest(parameter: string, problem: string): ProvidersError {
  return new ProvidersError({ code: "invalid_request", parameter, message: `${parameter}: ${problem}` });
}

/** A content part has no counterpart in the target protocol. */
export function unsupportedContent(parameter: string, problem: string): ProvidersError {
  return new ProvidersError({ code: "unsupported_content", parameter, message: `${parameter}: ${problem}` });
}

/** Strict mode refuses the call and lists everything that would not have arrived as it was asked. */
export function translationRefused(receipt: readonly ReceiptItem[]): ProvidersError {
  const losses = receipt.map((item) => `${item.parameter} (${item.action}: ${item.detail})`).join("; ");
  return new ProvidersError({
    code: "translation_refused",
    parameter: receipt[0]?.parameter ?? "",
    receipt,
    message:
      `Strict mode refuses this call because the provider's protocol cannot carry it unchanged: ${losses} ` +
      "Remove these parameters, choose a model whose provider has them, or call without strict mode.",
  });
}
