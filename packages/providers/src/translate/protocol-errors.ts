import type { JsonObject, WireProtocol } from "../contract.ts";
import { codecs } from "./codecs.ts";

export interface ProtocolErrorOptions {
  protocol: WireProtocol;
  /** The HTTP status; in a stream the one that the call would have had. 0 for none. */
  status: number;
  /** Stable, for programs. */
  code: string;
  /** What happened and what to do, for people. */
  message: string;
  /** JSON path of the parameter at fault. */
  parameter?: string;
  requestId?: string;
}

function details(options: ProtocolErrorOptions): Parameters<(typeof codecs)["openai"]["errorBody"]>[0] {
  const { status, code, message, parameter = "", requestId = "" } = options;
  return { status, code, message, parameter, requestId };
}

/**
 * An error response's body in the caller's protocol: OpenAI's `{ error: { message, type, param, code } }`,
 * Anthropic's `{ type: "error", error: { type, message, details: { error_code } }, request_id }`.
 */
export function errorBody(options: ProtocolErrorOptions): JsonObject {
  return codecs[options.protocol].errorBody(details(options));
}

/** The server-sent event that ends a stream early, in the caller's protocol. */
export function errorEvent(options: ProtocolErrorOptions): Uint8Array {
  return new TextEncoder().encode(codecs[options.protocol].errorEvent(details(options)));
}

/**
 * Reads a provider's error response, whatever shape it has.
 * @param options.body parsed JSON, or the body's text when it is none
 * @returns `code`: the provider's own, else its error type, else `provider_error_<status>`
 */
export function readProviderError(options: { protocol: WireProtocol; status: number; body: unknown }): {
  code: string;
  message: string;
  type: string;
} {
  return codecs[options.protocol].readError({ status: options.status, body: options.body });
}
