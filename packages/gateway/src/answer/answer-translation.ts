import type { JsonObject, StreamTranslator, WireProtocol } from "@weir/providers";
import type { GatewayError } from "../errors.ts";

/** How one call's answer gets from its provider's protocol into its caller's. */
export interface AnswerTranslation {
  readonly providerProtocol: WireProtocol;
  /** A whole answer; the error when it is not what the provider's protocol promises. */
  response(bytes: Buffer): { body: JsonObject } | GatewayError;
  /** A provider's error body, whatever it is. */
  error(answer: { status: number; bytes: Buffer }): JsonObject;
  stream(): StreamTranslator;
}
