import {
  createStreamTranslator,
  errorBody,
  estimateInputTokens,
  readProviderError,
  translateResponse,
  type JsonObject,
  type StreamTranslator,
  type WireProtocol,
} from "@weir/providers";
import type { Call } from "../call.ts";
import { gatewayErrors, type GatewayError } from "../errors.ts";
import { isJsonObject } from "../request/parse-call-body.ts";
import { withWrittenInputs } from "../request/written-inputs.ts";

/** How one call's answer gets from its provider's protocol into its caller's. */
export interface AnswerTranslation {
  readonly providerProtocol: WireProtocol;
  /** A whole answer; the error when it is not what the provider's protocol promises. */
  response(bytes: Buffer): { body: JsonObject } | GatewayError;
  /** A provider's error body, whatever it is; the hint is put behind its message. */
  error(answer: { status: number; bytes: Buffer; hint: string | null }): JsonObject;
  stream(): StreamTranslator;
}

/** The parsed text, or the text itself when it is no JSON. */
function parsedOrText(bytes: Buffer): unknown {
  const text = bytes.toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    // Proxies in front of providers answer with pages; whoever reads the error sees the page's words.
    return text;
  }
}

/** What changes on the way is added to the call's receipt. `request` is what the caller asked, parsed. */
export function createAnswerTranslation(
  call: Call,
  { providerProtocol, request }: { providerProtocol: WireProtocol; request: JsonObject },
): AnswerTranslation {
  const beginsWithInput = call.protocol === "anthropic" && call.facts?.stream === true;
  const inputTokensEstimate = beginsWithInput ? estimateInputTokens(request) : 0;
  const provider = call.resolution?.provider.name ?? "";
  const shape = {
    from: providerProtocol,
    to: call.protocol,
    model: call.resolution?.model ?? "",
    nowMs: Math.floor(call.gate.ports.clock.dateMs(call.startedAtMs)),
  };
  return {
    providerProtocol,
    response(bytes) {
      const body = parsedOrText(bytes);
      if (!isJsonObject(body)) {
        return gatewayErrors.upstreamUnreadable({ provider, reason: "it is not a JSON object" });
      }
      try {
        const written = withWrittenInputs(body, { protocol: providerProtocol, bytes, field: "content" });
        const translated = translateResponse({ ...shape, body: written });
        call.receipt.push(...translated.receipt);
        return { body: translated.body };
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : "it could not be translated";
        return gatewayErrors.upstreamUnreadable({ provider, reason, cause });
      }
    },
    error({ status, bytes, hint }) {
      const { code, message: reported } = readProviderError({
        protocol: providerProtocol,
        status,
        body: parsedOrText(bytes),
      });
      const message = hint === null ? reported : `${reported.replace(/[.\s]+$/, "")}. ${hint}`;
      return errorBody({ protocol: call.protocol, status, code, message, requestId: call.trace.traceId });
    },
    stream: () =>
      createStreamTranslator({
        ...shape,
        includeUsage: call.facts?.includeUsage ?? true,
        inputTokensEstimate,
      }),
  };
}
