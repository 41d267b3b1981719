import type { Message, SpanKind } from "@weir/schema";

/** What the dialects find out about a span, before it becomes a row. A field that is set is not set again. */
export interface SpanDraft {
  kind: SpanKind | null;
  operation: string;
  provider: string;
  modelAsked: string;
  modelAnswered: string;
  responseId: string;
  fingerprint: string;
  finishReasons: string[];
  streamed: boolean;
  ttftMs: number | null;
  input: Message[];
  output: Message[];
  /** The request and the response as the application's instrumentation copied them. */
  rawRequest: string;
  rawResponse: string;
  /** What stands for the answer in lists, where there are no messages to show. */
  outputPreview: string;
  userId: string;
  sessionId: string;
  environment: string;
  release: string;
  tags: string[];
  metadata: Map<string, string>;
  versions: Record<string, string>;
  /** An error that an attribute names although the span's status may not. */
  isError: boolean;
  errorCode: string;
  errorMessage: string;
}

export function emptyDraft(): SpanDraft {
  return {
    kind: null,
    operation: "",
    provider: "",
    modelAsked: "",
    modelAnswered: "",
    responseId: "",
    fingerprint: "",
    finishReasons: [],
    streamed: false,
    ttftMs: null,
    input: [],
    output: [],
    rawRequest: "",
    rawResponse: "",
    outputPreview: "",
    userId: "",
    sessionId: "",
    environment: "",
    release: "",
    tags: [],
    metadata: new Map(),
    versions: {},
    isError: false,
    errorCode: "",
    errorMessage: "",
  };
}
