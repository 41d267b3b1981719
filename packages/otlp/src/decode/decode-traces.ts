import { otlpErrors } from "../errors.ts";
import type { OtlpLimits } from "../limits.ts";
import type { OtlpSpanGroup } from "../span.ts";
import { decodeJson } from "./json.ts";
import { decodeProtobuf } from "./protobuf.ts";
import type { Quotas } from "./quota.ts";

type OtlpEncoding = "protobuf" | "json";

/** The encoding that a content type names; throws `otlp_content_type` (415) for every other one. */
function encodingOf(contentType: string): OtlpEncoding {
  const mediaType = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (mediaType === "application/x-protobuf" || mediaType === "application/protobuf") return "protobuf";
  if (mediaType === "application/json") return "json";
  throw otlpErrors.contentType(contentType);
}

/** What was read of an export. */
interface DecodedTraces {
  groups: OtlpSpanGroup[];
  /** Spans, and events or links, that were beyond their limit. */
  spansLeftOut: number;
  eventsLeftOut: number;
}

/**
 * Reads the body of an OTLP/HTTP trace export, already decompressed.
 * @throws OtlpError `otlp_content_type` (415) or `otlp_malformed` (400)
 */
export function decodeTraces(options: {
  contentType: string;
  body: Uint8Array;
  limits: OtlpLimits;
}): DecodedTraces {
  const { contentType, body, limits } = options;
  const encoding = encodingOf(contentType);
  const quotas: Quotas = {
    spans: { left: limits.requestSpansMax, refused: 0 },
    events: { left: limits.requestEventsMax, refused: 0 },
  };
  try {
    const groups = encoding === "json" ? decodeJson(body, quotas) : decodeProtobuf(body, quotas);
    return { groups, spansLeftOut: quotas.spans.refused, eventsLeftOut: quotas.events.refused };
  } catch (error) {
    throw otlpErrors.malformed(encoding === "json" ? "JSON" : "protobuf", error);
  }
}
