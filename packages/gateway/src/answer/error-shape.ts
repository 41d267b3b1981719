import { errorBody, errorEvent, type ProtocolErrorOptions, type WireProtocol } from "@weir/providers";
import type { GatewayError } from "../errors.ts";

function optionsOf(protocol: WireProtocol, error: GatewayError, requestId: string): ProtocolErrorOptions {
  const { status, code, message, parameter } = error;
  return {
    protocol,
    status,
    code,
    message,
    ...(parameter === "" ? {} : { parameter }),
    ...(requestId === "" ? {} : { requestId }),
  };
}

/** A whole error answer in the caller's protocol. */
export function errorBytes(protocol: WireProtocol, error: GatewayError, requestId: string): Buffer {
  return Buffer.from(JSON.stringify(errorBody(optionsOf(protocol, error, requestId))));
}

/** The event that ends a stream as an error in the caller's protocol. */
export function errorEventBytes(protocol: WireProtocol, error: GatewayError, requestId: string): Uint8Array {
  return errorEvent(optionsOf(protocol, error, requestId));
}
