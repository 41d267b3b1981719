import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** A body and the content type that it has to be sent with. */
export interface OtlpResponse {
  contentType: string;
  body: Uint8Array;
}

const encoder = new TextEncoder();

/** An exporter is answered in the encoding it spoke; one that spoke neither gets JSON, which people can read. */
function speaksProtobuf(contentType: string): boolean {
  return /^application\/(x-)?protobuf\b/i.test(contentType.trim());
}

/**
 * The answer to an export that was taken (HTTP 200): an `ExportTraceServiceResponse`. A message with no rejected
 * span is a warning, as the specification has it; nothing to report is an empty message.
 */
export function encodeResponse(options: {
  contentType: string;
  rejected: number;
  message: string;
}): OtlpResponse {
  const { rejected, message } = options;
  const hasNews = rejected > 0 || message !== "";
  if (!speaksProtobuf(options.contentType)) {
    const partialSuccess = { rejectedSpans: String(rejected), errorMessage: message };
    return {
      contentType: "application/json",
      body: encoder.encode(JSON.stringify(hasNews ? { partialSuccess } : {})),
    };
  }
  const writer = new BinaryWriter();
  if (hasNews) {
    writer.tag(1, WireType.LengthDelimited).fork();
    if (rejected > 0) writer.tag(1, WireType.Varint).int64(rejected);
    if (message !== "") writer.tag(2, WireType.LengthDelimited).string(message);
    writer.join();
  }
  return { contentType: "application/x-protobuf", body: writer.finish() };
}

/** gRPC's codes for the HTTP statuses that ingestion answers with. */
function grpcCode(status: number): number {
  switch (status) {
    case 401:
      return 16;
    case 403:
      return 7;
    case 404:
      return 5;
    case 408:
      return 4;
    case 413:
    case 429:
      return 8;
    case 502:
    case 503:
    case 504:
      return 14;
    default:
      return status >= 500 ? 13 : 3;
  }
}

/** The body of an export that was refused as a whole: a `google.rpc.Status`, as OTLP/HTTP asks for. */
export function encodeError(options: { contentType: string; status: number; message: string }): OtlpResponse {
  const code = grpcCode(options.status);
  if (!speaksProtobuf(options.contentType)) {
    return {
      contentType: "application/json",
      body: encoder.encode(JSON.stringify({ code, message: options.message })),
    };
  }
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int32(code);
  writer.tag(2, WireType.LengthDelimited).string(options.message);
  return { contentType: "application/x-protobuf", body: writer.finish() };
}
