import type { JsonObject } from "../contract.ts";

/**
 * The form between two protocols. A codec reads its protocol into this and writes this as its protocol, so
 * that each new protocol is one folder and not one translator per pair. It is internal to this package.
 */

/** A value with the JSON path where the caller wrote it, so that a receipt can name it. */
export interface Sourced<T> {
  value: T;
  path: string;
}

/** A wish that the prompt up to here be cached. */
export interface CacheMark {
  ttl: "5m" | "1h";
  path: string;
}

export type MediaSource = { kind: "base64"; mediaType: string; data: string } | { kind: "url"; url: string };

export interface TextPart {
  type: "text";
  text: string;
  path: string;
  cache?: CacheMark;
  /** Web pages that an answer cites in this text. */
  citations?: WebCitation[];
}
export interface WebCitation {
  url: string;
  title: string;
}
export interface ImagePart {
  type: "image";
  source: MediaSource;
  path: string;
  /** Where the URL or the data stands, for errors: `….image_url.url`, `….source.data`. */
  sourcePath: string;
  detail?: Sourced<string>;
  cache?: CacheMark;
}
export interface FilePart {
  type: "file";
  source: MediaSource | { kind: "text"; text: string };
  /** File name or title; empty for none. */
  name: string;
  path: string;
  sourcePath: string;
  cache?: CacheMark;
}
export interface ReasoningPart {
  type: "reasoning";
  text: string;
  /** The provider's proof that it wrote the text; empty when it gives none. */
  signature: string;
  path: string;
}
/** Reasoning that only its provider can read. */
export interface RedactedReasoningPart {
  type: "redacted_reasoning";
  data: string;
  path: string;
}
export interface ToolCallPart {
  type: "tool_call";
  id: string;
  name: string;
  /** JSON text as the model wrote it; may be empty or malformed. */
  argumentsText: string;
  path: string;
  cache?: CacheMark;
}
export interface ToolResultPart {
  type: "tool_result";
  callId: string;
  content: (TextPart | ImagePart | FilePart)[];
  isError: boolean;
  path: string;
  cache?: CacheMark;
}
interface RefusalPart {
  type: "refusal";
  text: string;
  path: string;
}

export type AnswerPart = TextPart | ReasoningPart | RedactedReasoningPart | ToolCallPart | RefusalPart;

export type CanonicalMessage =
  | { role: "system"; content: TextPart[]; path: string }
  | { role: "user"; content: (TextPart | ImagePart | FilePart)[]; path: string; name: string }
  | { role: "assistant"; content: AnswerPart[]; path: string; name: string }
  /** Results of one or more calls of the assistant message before. */
  | { role: "tool"; content: ToolResultPart[]; path: string };

export interface CanonicalTool {
  name: string;
  description: string;
  /** JSON Schema of the arguments. */
  parameters: JsonObject;
  /** Whether the provider shall guarantee the schema; null when the caller did not say. */
  strict: Sourced<boolean> | null;
  path: string;
  cache?: CacheMark;
}

export type ToolChoice =
  | { type: "auto" | "none" | "required"; path: string }
  | { type: "tool"; name: string; path: string }
  | { type: "allowed"; mode: "auto" | "required"; names: string[]; path: string };

export type OutputFormat =
  | { type: "json_object"; path: string }
  | {
      type: "json_schema";
      name: string;
      description: string;
      schema: JsonObject;
      strict: boolean;
      path: string;
    };

export const reasoningEfforts = ["minimal", "low", "medium", "high", "xhigh", "max"] as const;
export type ReasoningEffort = (typeof reasoningEfforts)[number];

/** `on` without effort and budget leaves both to the model; `unset` only asks for an effort in general. */
export interface ReasoningWish {
  mode: "on" | "off" | "unset";
  effort: Sourced<ReasoningEffort> | null;
  budgetTokens: number | null;
  path: string;
}

/** Parameters that more than one protocol knows. Absent means that the caller did not say. */
interface CanonicalSettings {
  maxTokens?: Sourced<number>;
  temperature?: Sourced<number>;
  topP?: Sourced<number>;
  topK?: Sourced<number>;
  stopSequences?: Sourced<string[]>;
  seed?: Sourced<number>;
  frequencyPenalty?: Sourced<number>;
  presencePenalty?: Sourced<number>;
  userId?: Sourced<string>;
  serviceTier?: Sourced<"auto" | "standard">;
}

export interface CanonicalRequest {
  model: string;
  stream: boolean;
  messages: CanonicalMessage[];
  tools: CanonicalTool[];
  toolChoice: ToolChoice | null;
  parallelToolCalls: Sourced<boolean> | null;
  outputFormat: OutputFormat | null;
  reasoning: ReasoningWish | null;
  settings: CanonicalSettings;
  /** What only the caller's protocol has: every writer reports it as dropped. */
  others: Sourced<unknown>[];
}

/** Tokens in the form that loses nothing of either protocol; the input counts are disjoint. */
export interface CanonicalUsage {
  /** Input that was neither read from a cache nor written to one. */
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** How many of `cacheWriteTokens` live an hour; null when the provider does not say. */
  cacheWrite1hTokens: number | null;
  /** All output, reasoning included. */
  outputTokens: number;
  /** How many of `outputTokens` are reasoning; null when the provider does not say. */
  reasoningTokens: number | null;
}

export type FinishReason =
  | "stop"
  | "stop_sequence"
  | "length"
  | "context_length"
  | "tool_calls"
  | "content_filter"
  | "pause";

export interface Finish {
  reason: FinishReason;
  stopSequence: string | null;
  /** Why the provider refused; empty for none. */
  refusal: string;
}

export interface ResponseHead {
  /** Empty when the provider sent none. */
  id: string;
  model: string;
  /** Seconds since 1970; null when the provider does not say. */
  createdAt: number | null;
  fingerprint: string;
  serviceTier: string;
}

export interface CanonicalResponse extends ResponseHead {
  content: AnswerPart[];
  finish: Finish;
  usage: CanonicalUsage | null;
}

export interface CanonicalError {
  code: string;
  message: string;
  /** The provider's own word for the kind of error. */
  type: string;
}

export type StreamPartKind = "text" | "refusal" | "reasoning" | "redacted_reasoning" | "tool_call";

/**
 * An answer as it comes. Parts are numbered; between its `part-start` and its `part-end` a part may be
 * interleaved with others. `usage` counts are totals so far, not increments.
 */
export type CanonicalStreamEvent =
  | { type: "start"; head: ResponseHead; usage: CanonicalUsage | null }
  | { type: "part-start"; part: number; kind: StreamPartKind; id: string; name: string }
  | { type: "part-delta"; part: number; text: string }
  | { type: "part-signature"; part: number; signature: string }
  | { type: "part-citation"; part: number; citation: WebCitation }
  | { type: "part-end"; part: number }
  | { type: "usage"; usage: CanonicalUsage }
  | { type: "finish"; finish: Finish }
  | { type: "ping" }
  | { type: "done" }
  | { type: "error"; error: CanonicalError };
