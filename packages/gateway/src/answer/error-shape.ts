import type { WireProtocol } from "@weir/providers";
import type { GatewayError } from "../errors.ts";

const anthropicTypes: { [status: number]: string } = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
};

function body(protocol: WireProtocol, error: GatewayError, requestId: string): unknown {
  if (protocol === "anthropic") {
    const type = anthropicTypes[error.status] ?? (error.status < 500 ? "invalid_request_error" : "api_error");
    return {
      type: "error",
      error: { type, message: error.message, code: error.code },
      request_id: requestId,
    };
  }
  const type = error.status < 500 ? "invalid_request_error" : "server_error";
  return {
    error: {
      message: error.message,
      type,
      param: error.parameter === "" ? null : error.parameter,
      code: error.code,
    },
  };
}

/** A whole error answer in the caller's protocol. */
export function errorBytes(protocol: WireProtocol, error: GatewayError, requestId: string): Buffer {
  return Buffer.from(JSON.stringify(body(protocol, error, requestId)));
}

/** The event that ends a stream as an error in the caller's protocol. */
export function errorEventBytes(protocol: WireProtocol, error: GatewayError, requestId: string): Buffer {
  const data = JSON.stringify(body(protocol, error, requestId));
  return Buffer.from(protocol === "anthropic" ? `event: error\ndata: ${data}\n\n` : `data: ${data}\n\n`);
}
