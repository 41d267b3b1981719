import { otlpErrors } from "../errors.ts";
import type { OtlpSpanGroup } from "../span.ts";
import { decodeJson } from "./json.ts";
import { decodeProtobuf } from "./protobuf.ts";

type OtlpEncoding = "protobuf" | "json";

/** The encoding that a content type names; throws `otlp_content_type` (415) for every other one. */
function encodingOf(contentType: string): OtlpEncoding {
  const mediaType = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (mediaType === "application/x-protobuf" || mediaType === "application/protobuf") return "protobuf";
  if (mediaType === "application/json") return "json";
  throw otlpErrors.contentType(contentType);
}

/**
 * Reads the body of an OTLP/HTTP trace export, already decompressed.
 * @throws OtlpError `otlp_content_type` (415) or `otlp_malformed` (400)
 */
export function decodeTraces(options: { contentType: string; body: Uint8Array }): OtlpSpanGroup[] {
  const encoding = encodingOf(options.contentType);
  try {
    return encoding === "json" ? decodeJson(options.body) : decodeProtobuf(options.body);
  } catch (error) {
    throw otlpErrors.malformed(encoding === "json" ? "JSON" : "protobuf", error);
  }
}
