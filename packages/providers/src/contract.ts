import type { CostProof, Message, ReceiptItem, TokenCounts, ToolDefinition, UsageStatus } from "@weir/schema";

/** The wire protocols a caller may speak and a provider may be spoken to in. */
export type WireProtocol = "openai" | "anthropic";

/** What a call asks for, whatever its path is called in a protocol. */
export type Operation = "chat" | "embeddings" | "count_tokens";

/** A parsed JSON object of a protocol whose fields nobody has checked yet. */
export type JsonObject = { [name: string]: unknown };

/** What the gateway needs to know of a request before it is sent; everything else passes by untouched. */
export interface RequestFacts {
  /** As the caller wrote it; empty when it is absent or no string. */
  model: string;
  stream: boolean;
  /** OpenAI `stream_options.include_usage`; true for protocols that always report usage. */
  includeUsage: boolean;
  /** First characters of the last user message. */
  inputPreview: string;
  userId: string;
  sessionId: string;
  metadata: Record<string, string>;
}

/** Tokens as the provider reported them, split into disjoint buckets. */
export interface UsageReport {
  /** The provider's usage object, unchanged. */
  raw: unknown;
  tokens: TokenCounts;
  inputTokens: number;
  outputTokens: number;
  status: UsageStatus;
}

/** What a response turned out to be. Instants are milliseconds of the clock that `push` was given. */
export interface ResponseFacts {
  modelAnswered: string;
  responseId: string;
  providerFingerprint: string;
  finishReasons: string[];
  usage: UsageReport | null;
  output: Message[];
  outputPreview: string;
  firstContentAtMs: number | null;
  lastContentAtMs: number | null;
  /** An error that the provider reported in its body or in the middle of its stream. */
  error: { code: string; message: string } | null;
  /** True when the response ended the way its protocol says that it ends. */
  complete: boolean;
}

/**
 * Watches a response's bytes go by. `push` never throws: what cannot be read is left out of the facts.
 * A chunk may end anywhere, even inside a UTF-8 sequence.
 */
export interface ResponseTap {
  push(chunk: Uint8Array, atMs: number): void;
  /** True once the protocol's last event has been seen (`[DONE]`, `message_stop`, or a whole JSON body). */
  readonly ended: boolean;
  /** Call once, after the last `push`. */
  finish(): ResponseFacts;
}

export interface Translated {
  body: JsonObject;
  receipt: ReceiptItem[];
}

/** Turns a provider's SSE bytes into the caller's protocol, chunk by chunk. */
export interface StreamTranslator {
  /** Bytes to send to the caller for these bytes of the provider; may be empty. */
  push(chunk: Uint8Array): Uint8Array;
  /**
   * Call when the upstream ended. A stream that its protocol did not end comes out as the caller's protocol's
   * error event, never as a clean end.
   */
  end(): Uint8Array;
  readonly receipt: ReceiptItem[];
}

/**
 * A conversation in one form, read from a call's raw bodies for people to look at. Numbers that JavaScript would print
 * otherwise than they were written are `JSON.rawJSON` values, so that its JSON has them as they were.
 */
export interface Conversation {
  input: Message[];
  tools: ToolDefinition[];
  parameters: Record<string, unknown>;
}

/** What a price list makes of a usage report. */
export type Price = (options: {
  provider: string;
  model: string;
  usage: UsageReport;
  atMs: number;
}) => CostProof;
