import { randomBytes } from "node:crypto";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Writes `KeyValue { key = 1, value = 2 }` as field `field`. */
function attribute(
  writer: BinaryWriter,
  options: { field: number; key: string; value: string | number },
): void {
  const { field, key, value } = options;
  writer.tag(field, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string(key);
  writer.tag(2, WireType.LengthDelimited).fork();
  if (typeof value === "string") writer.tag(1, WireType.LengthDelimited).string(value);
  else writer.tag(3, WireType.Varint).int64(value);
  writer.join().join();
}

const prompt = JSON.stringify([
  { role: "user", parts: [{ type: "text", content: "What is a weir, and what is it good for? ".repeat(6) }] },
]);
const reply = JSON.stringify([
  { role: "assistant", parts: [{ type: "text", content: "It measures and regulates a river. ".repeat(8) }] },
]);

function span(writer: BinaryWriter, traceId: Uint8Array): void {
  const start = BigInt(Date.now()) * 1_000_000n;
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).bytes(traceId);
  writer.tag(2, WireType.LengthDelimited).bytes(randomBytes(8));
  writer.tag(5, WireType.LengthDelimited).string("chat gpt-4o-mini");
  writer.tag(6, WireType.Varint).int32(3);
  writer.tag(7, WireType.Bit64).fixed64(start);
  writer.tag(8, WireType.Bit64).fixed64(start + 812_000_000n);
  const attributes: [string, string | number][] = [
    ["gen_ai.operation.name", "chat"],
    ["gen_ai.provider.name", "openai"],
    ["gen_ai.request.model", "gpt-4o-mini"],
    ["gen_ai.response.model", "gpt-4o-mini-2024-07-18"],
    ["gen_ai.response.id", "chatcmpl-bench"],
    ["gen_ai.usage.input_tokens", 42],
    ["gen_ai.usage.output_tokens", 140],
    ["gen_ai.input.messages", prompt],
    ["gen_ai.output.messages", reply],
    ["user.id", "user-17"],
    ["session.id", "session-4"],
    ["server.address", "api.openai.com"],
  ];
  for (const [key, value] of attributes) attribute(writer, { field: 9, key, value });
  writer.join();
}

/** An export, and where in it the trace id of each span lies. */
export interface TracesPayload {
  bytes: Uint8Array<ArrayBuffer>;
  traceIdOffsets: readonly number[];
}

/** `ExportTraceServiceRequest` with that many spans, five to a trace, as an OpenTelemetry exporter sends it. */
export function encodeTraces(spanCount: number): TracesPayload {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).fork();
  attribute(writer, { field: 1, key: "service.name", value: "bench" });
  writer.join();
  writer.tag(2, WireType.LengthDelimited).fork();
  const traceIds: Buffer[] = [];
  for (let index = 0; index < spanCount; index += 1) {
    const traceId = index % 5 === 0 ? randomBytes(16) : (traceIds.at(-1) ?? randomBytes(16));
    traceIds.push(traceId);
    span(writer, traceId);
  }
  writer.join().join();
  const bytes = Buffer.from(writer.finish());
  let from = 0;
  const traceIdOffsets = traceIds.map((traceId) => {
    const offset = bytes.indexOf(traceId, from);
    from = offset + traceId.length;
    return offset;
  });
  return { bytes: new Uint8Array(bytes), traceIdOffsets };
}

/** Other traces in the same bytes: an export that was sent before would be acknowledged and not recorded. */
export function renewTraces(payload: TracesPayload, count: number): void {
  const view = new DataView(payload.bytes.buffer);
  for (const offset of payload.traceIdOffsets) view.setUint32(offset, count);
}
