import type { JsonObject } from "../contract.ts";
import type { CanonicalError } from "../translate/canonical.ts";
import type { ErrorDetails } from "../translate/codec.ts";
import { readErrorFields } from "../translate/error-reader.ts";

/** `{ error: { message, type, param, code } }`. */
export function errorBody(details: ErrorDetails): JsonObject {
  return {
    error: {
      message: details.message,
      type: errorType(details.status),
      param: details.parameter === "" ? null : details.parameter,
      code: details.code,
    },
  };
}

/** An event whose data is an error body: OpenAI's clients end their stream with it. */
export function errorEvent(details: ErrorDetails): string {
  return `data: ${JSON.stringify(errorBody(details))}\n\n`;
}

export function readError(options: { status: number; body: unknown }): CanonicalError {
  return readErrorFields(options);
}

function errorType(status: number): string {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 429:
      return "rate_limit_error";
    default:
      return status >= 400 && status < 500 ? "invalid_request_error" : "server_error";
  }
}
