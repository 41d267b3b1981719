import type { Operation, WireProtocol } from "@weir/providers";

/** The model calls by their path, which is that of each protocol's own API. */
export const modelCalls: ReadonlyMap<string, { protocol: WireProtocol; operation: Operation }> = new Map([
  ["/v1/chat/completions", { protocol: "openai", operation: "chat" }],
  ["/v1/embeddings", { protocol: "openai", operation: "embeddings" }],
  ["/v1/messages", { protocol: "anthropic", operation: "chat" }],
  ["/v1/messages/count_tokens", { protocol: "anthropic", operation: "count_tokens" }],
]);
export const modelsPath = "/v1/models";
export const tracesPath = "/v1/traces";
