import type { JsonObject, WireProtocol } from "../contract.ts";
import type { SseEvent } from "../sse.ts";
import type {
  CanonicalError,
  CanonicalRequest,
  CanonicalResponse,
  CanonicalStreamEvent,
} from "./canonical.ts";
import type { ReceiptBook } from "./receipt-book.ts";

/** Reads a provider's stream, one server-sent event at a time. */
export interface StreamReader {
  read(event: SseEvent): CanonicalStreamEvent[];
}

/** Writes a stream in the caller's protocol. */
export interface StreamWriter {
  /** Server-sent event text for this event; empty when there is nothing to say yet. */
  write(event: CanonicalStreamEvent): string;
}

/** What a writer of answers needs to know that the provider's answer may not say. */
export interface AnswerContext {
  /** Used where the provider does not name its model. */
  model: string;
  /** Milliseconds since 1970, for protocols that date an answer. */
  nowMs: number;
  /** Whether a stream shall report usage, where the protocol leaves that to the caller. */
  includeUsage: boolean;
  /** What a stream begins with that has to say its input's tokens before the provider has counted them. */
  inputTokensEstimate: number;
  book: ReceiptBook;
}

export interface ErrorDetails {
  status: number;
  code: string;
  message: string;
  /** JSON path of the parameter at fault; empty for none. */
  parameter: string;
  requestId: string;
}

/**
 * A wire protocol, both ways. To add one: a folder with such a codec, a line in `codecs.ts`, and the shared
 * contract suite (`codec-contract.test.ts`) run over it.
 *
 * Readers are strict on requests (they throw `ProvidersError` with the path) and tolerant on what providers
 * send. Writers put everything that they cannot carry into the receipt.
 */
export interface ProtocolCodec {
  readonly protocol: WireProtocol;
  /** As people write it, for receipts. */
  readonly title: string;
  readRequest(body: JsonObject, book: ReceiptBook): CanonicalRequest;
  writeRequest(request: CanonicalRequest, book: ReceiptBook): JsonObject;
  readResponse(body: JsonObject, book: ReceiptBook): CanonicalResponse;
  writeResponse(response: CanonicalResponse, context: AnswerContext): JsonObject;
  createStreamReader(book: ReceiptBook): StreamReader;
  createStreamWriter(context: AnswerContext): StreamWriter;
  /** A whole error response. */
  errorBody(details: ErrorDetails): JsonObject;
  /** The error event that ends a stream early. */
  errorEvent(details: ErrorDetails): string;
  /** Reads a provider's error body, parsed or not; `status` 0 when there is none (in a stream). */
  readError(options: { status: number; body: unknown }): CanonicalError;
}
