import { parseWrittenJson, type JsonObject, type WireProtocol } from "@weir/providers";
import { isJsonObject } from "./parse-call-body.ts";

/**
 * The body with the inputs of its tools' calls as they were written: a number that JavaScript would round has to reach
 * the tool as it is. Only Anthropic's protocol has them as JSON, where OpenAI's has text; settings are no part of it.
 *
 * @param options.field where the protocol has the calls: `messages` of a request, `content` of an answer
 */
export function withWrittenInputs(
  body: JsonObject,
  options: { protocol: WireProtocol; bytes: Buffer; field: "messages" | "content" },
): JsonObject {
  const { protocol, bytes, field } = options;
  const written = protocol === "anthropic" ? parseWrittenJson(bytes.toString("utf8")) : undefined;
  return isJsonObject(written) ? { ...body, [field]: written[field] } : body;
}
