import type { IncomingHttpHeaders } from "node:http";
import type { WireProtocol } from "@weir/providers";
import type { CompiledProvider } from "../snapshot/compiled-snapshot.ts";

/**
 * What a caller may say to a provider beside the body. It is a list of what passes, not of what does not: the
 * caller's Weir key and whatever else it sends to Weir alone can then never leave the house.
 */
const passedOn: { readonly [protocol in WireProtocol]: readonly string[] } = {
  openai: [
    "openai-beta",
    "openai-organization",
    "openai-project",
    "idempotency-key",
    "x-client-request-id",
    "http-referer",
    "x-title",
    "user-agent",
  ],
  anthropic: ["anthropic-version", "anthropic-beta", "idempotency-key", "user-agent"],
};

const anthropicVersion = "2023-06-01";

/**
 * Headers for a provider, name and value in turn. The answer is asked for unpacked (`identity`): its bytes go
 * by untouched and are read on the side, and packing a stream would hold back its chunks.
 */
export function upstreamHeaders(options: {
  caller: IncomingHttpHeaders;
  provider: CompiledProvider;
  stream: boolean;
}): string[] {
  const { provider } = options;
  const protocol: WireProtocol = provider.protocol === "anthropic" ? "anthropic" : "openai";
  const headers = [
    "content-type",
    "application/json",
    "accept",
    options.stream ? "text/event-stream" : "application/json",
    "accept-encoding",
    "identity",
  ];
  for (const name of passedOn[protocol]) {
    const value = options.caller[name];
    if (typeof value === "string" && !provider.ownHeaders.has(name)) headers.push(name, value);
  }
  if (
    protocol === "anthropic" &&
    options.caller["anthropic-version"] === undefined &&
    !provider.ownHeaders.has("anthropic-version")
  ) {
    headers.push("anthropic-version", anthropicVersion);
  }
  headers.push(...provider.headers);
  return headers;
}
