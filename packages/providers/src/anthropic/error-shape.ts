import type { JsonObject } from "../contract.ts";
import type { CanonicalError } from "../translate/canonical.ts";
import type { ErrorDetails } from "../translate/codec.ts";
import { readErrorFields } from "../translate/error-reader.ts";

/** `{ type: "error", error: { type, message, details }, request_id }`. */
export function errorBody(details: ErrorDetails): JsonObject {
  return {
    type: "error",
    error: {
      type: errorType(details.status, details.code),
      message: details.message,
      // Anthropic's clients read a stable code here.
      details: {
        error_code: details.code,
        ...(details.parameter === "" ? {} : { parameter: details.parameter }),
      },
    },
    request_id: details.requestId === "" ? null : details.requestId,
  };
}

export function errorEvent(details: ErrorDetails): string {
  return `event: error\ndata: ${JSON.stringify(errorBody(details))}\n\n`;
}

export function readError(options: { status: number; body: unknown }): CanonicalError {
  return readErrorFields(options);
}

const types = new Map([
  [400, "invalid_request_error"],
  [401, "authentication_error"],
  [402, "billing_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [408, "timeout_error"],
  [409, "conflict_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [503, "overloaded_error"],
  [504, "timeout_error"],
  [529, "overloaded_error"],
]);

/** In a stream there is no status, and a provider's code may already be one of Anthropic's types. */
function errorType(status: number, code: string): string {
  if (status === 0) return [...types.values()].includes(code) ? code : "api_error";
  return types.get(status) ?? (status < 500 ? "invalid_request_error" : "api_error");
}
