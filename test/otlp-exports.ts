import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";

// Exports as an OTLP sender may make them, in both encodings, with the strangest things that each allows.

type Value = string | number | boolean | null | Uint8Array | Value[] | { [name: string]: Value };
type Attributes = [name: string, value: Value][];

/** A span before it is encoded; ids are hex of any length, times nanoseconds. */
export interface SentSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  start: bigint;
  end: bigint;
  attributes: Attributes;
  events: { name: string; time: bigint; attributes: Attributes }[];
  links: { traceId: string; spanId: string; attributes: Attributes }[];
  status: { code: number; message: string };
}

export interface SentExport {
  resource: Attributes;
  scope: { name: string; version: string };
  spans: SentSpan[];
}

const listed = (text: string): string[] => text.trim().split(/\s+/);

/** Every dialect's names, and others that look like theirs or collide with them. */
const names = [
  "",
  "\0",
  "\ud800",
  ...listed(`
    . a a.b __proto__ constructor toString user.id session.id error.type service.name deployment.environment metadata
    http.response.status_code langfuse. langfuse.observation.type langfuse.observation.input
    langfuse.observation.output langfuse.observation.usage_details langfuse.observation.level langfuse.trace.tags
    langfuse.trace.metadata langfuse.trace.metadata.a langfuse.trace.metadata.__proto__
    langfuse.observation.completion_start_time langfuse.observation.prompt.name
    ai. ai.operationId ai.prompt ai.prompt.messages ai.response.text ai.response.toolCalls ai.toolCall.args
    ai.toolCall.result ai.value ai.values ai.embeddings ai.model.provider ai.response.msToFirstChunk
    ai.telemetry.metadata.tags ai.telemetry.metadata.constructor ai.usage.inputTokens ai.usage.tokens
    gen_ai. gen_ai.operation.name gen_ai.provider.name gen_ai.request.model gen_ai.response.model
    gen_ai.response.finish_reasons gen_ai.input.messages gen_ai.output.messages gen_ai.system_instructions
    gen_ai.tool.call.arguments gen_ai.tool.call.result gen_ai.usage.input_tokens gen_ai.usage.output_tokens
    gen_ai.usage.total_tokens gen_ai.usage.cache_read.input_tokens gen_ai.response.time_to_first_chunk
    gen_ai.prompt gen_ai.prompt.0 gen_ai.prompt.0.role gen_ai.prompt.0.content gen_ai.prompt.4294967295.content
    gen_ai.prompt.-1.content gen_ai.prompt.1e3.content gen_ai.prompt.0.tool_calls.0.arguments
    gen_ai.completion.0.content gen_ai.completion..
    llm. openinference.span.kind llm.model_name llm.invocation_parameters llm.input_messages
    llm.input_messages.0.message.role llm.input_messages.0.message.content
    llm.input_messages.0.message.contents.0.message_content.text llm.output_messages.9e99.message.content
    llm.token_count.prompt llm.prompts.0.prompt.text retrieval.documents.0.document.content
    embedding.embeddings.0.embedding.vector input.value output.value tag.tags
    llm.request.type traceloop.span.kind traceloop.entity.input traceloop.entity.output
    traceloop.association.properties. traceloop.association.properties.user_id
  `),
];
const eventNames = listed(`
  gen_ai.user.message gen_ai.tool.message gen_ai.choice gen_ai.content.prompt exception ai.stream.firstChunk
  gen_ai.client.inference.operation.details
`);
const eventFields = listed(`
  message content finish_reason gen_ai.event.content exception.message exception.type gen_ai.input.messages
  gen_ai.prompt id tool_calls __proto__
`);

const nested = (depth: number, open: string, close: string): string =>
  `${open.repeat(depth)}0${close.repeat(depth)}`;
const texts = fc.oneof(
  fc.string({
    unit: fc.constantFrom("a", "\ud83d", "\udc36", "🐶", "\0", '"', "\\", "\n", "é"),
    maxLength: 6,
  }),
  fc.constantFrom(
    "generation",
    "LLM",
    "EMBEDDING",
    "tool",
    "chat",
    "execute_tool",
    "ai.embed",
    "ai.toolCall",
  ),
  fc.constantFrom(
    "gpt-4o",
    "openai",
    "NaN",
    "-1",
    "1e308",
    "18446744073709551616",
    "0x10",
    " 7 ",
    "1.5",
    "ERROR",
  ),
  fc.constantFrom(
    "{}",
    "[]",
    "null",
    "{",
    '"',
    "1e400",
    '[{"role":"user"}]',
    '{"__proto__":{"a":1},"input":1e999}',
  ),
  fc.constantFrom("x".repeat(40_000), "\0".repeat(2000), nested(5000, "[", "]"), nested(5000, '{"a":', "}")),
);
const words = fc.constantFrom(
  "",
  ...listed(`
    role content parts type text tool_calls function arguments messages summary toolUse toolResult input output id name
    total __proto__ constructor assistant tool tool_call tool-call tool_use image data:image/png;base64,AA
  `),
);
const numbers = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, -1, 1.5, 7, 1e308, 2 ** 53, -(2 ** 63), Number.NaN, Number.POSITIVE_INFINITY),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    words,
    fc.double(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(words, tie("value"), { maxKeys: 4 }),
  ),
})).value;
const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    texts,
    words,
    numbers,
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 4 }),
    json.map((value) => JSON.stringify(value) ?? ""),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(words, tie("value"), { maxKeys: 4 }),
  ),
})).value;
const attributesOf = (keys: readonly string[], maxLength: number): fc.Arbitrary<Attributes> =>
  fc.array(fc.tuple(fc.constantFrom(...keys), values), { maxLength });

/** Without a bias to small numbers: no two spans may have the same id. */
const hexOf = (bytes: number): fc.Arbitrary<string> =>
  fc
    .noBias(fc.bigInt({ min: 1n, max: 2n ** BigInt(bytes * 8) - 1n }))
    .map((id) => id.toString(16).padStart(bytes * 2, "0"));
const secondNano = 1_000_000_000n;
const pastNano = fc
  .bigInt({ min: 0n, max: 3600n * secondNano })
  .map((ago) => BigInt(Date.now()) * 1_000_000n - ago);
const anyNano = fc.oneof(pastNano, fc.constantFrom(0n, 1n, 2n ** 63n, 2n ** 64n - 1n));

const goodSpan: fc.Arbitrary<SentSpan> = fc.record({
  traceId: hexOf(16),
  spanId: hexOf(8),
  parentSpanId: fc.oneof(fc.constantFrom("", "0000000000000000"), hexOf(8)),
  name: fc.oneof(texts, fc.constant("n".repeat(600))),
  start: pastNano,
  end: fc.constant(0n),
  attributes: attributesOf(names, 9),
  events: fc.array(
    fc.record({
      name: fc.constantFrom("", ...eventNames),
      time: anyNano,
      attributes: attributesOf(eventFields, 3),
    }),
    { maxLength: 3 },
  ),
  links: fc.array(
    fc.record({ traceId: fc.constantFrom("", "07"), spanId: hexOf(8), attributes: attributesOf(names, 2) }),
    { maxLength: 2 },
  ),
  status: fc.record({ code: fc.constantFrom(0, 1, 2, 3, -1), message: texts }),
});

/** What no span may have; each by itself makes its span one that is rejected. */
export const faults: readonly ((span: SentSpan) => Partial<SentSpan>)[] = [
  () => ({ traceId: "0".repeat(32) }),
  () => ({ traceId: "" }),
  ({ traceId }) => ({ traceId: traceId.slice(2) }),
  () => ({ spanId: "0".repeat(16) }),
  ({ spanId }) => ({ spanId: `${spanId}00` }),
  () => ({ parentSpanId: "12" }),
  () => ({ start: 0n }),
  () => ({ end: 0n }),
  ({ end }) => ({ start: end + secondNano }),
  () => ({ start: 1_700_000_000_000n }),
  ({ end }) => ({ end: end + 366n * 24n * 3600n * secondNano }),
  () => ({ start: 2n ** 64n - 1n, end: 2n ** 64n - 1n }),
];

/** An export of one trace, in which spans may be parents of themselves and of each other. */
export const goodExport: fc.Arbitrary<SentExport> = fc
  .tuple(
    attributesOf(names, 4),
    fc.record({ name: texts, version: texts }),
    fc.array(fc.tuple(goodSpan, fc.nat(9)), { maxLength: 4 }),
  )
  .map(([resource, scope, list]) => {
    const ids = list.map(([span]) => span.spanId);
    const spans = list.map(([span, kin]) => {
      const end = span.start + BigInt(kin) * 1_000_000n;
      const parentSpanId = ids[kin] ?? span.parentSpanId;
      return { ...span, end, parentSpanId, traceId: list[0]?.[0].traceId ?? "" };
    });
    return { resource, scope, spans };
  });

function jsonValue(value: Value): unknown {
  if (value === null) return {};
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return { intValue: value % 2 === 0 ? String(value) : value };
    return { doubleValue: Number.isFinite(value) ? value : String(value) };
  }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return { arrayValue: { values: value.map((item) => jsonValue(item)) } };
  return { kvlistValue: { values: jsonAttributes(Object.entries(value)) } };
}

const jsonAttributes = (attributes: Attributes): unknown[] =>
  attributes.map(([key, value]) => ({ key, value: jsonValue(value) }));

/** OTLP/JSON; ids in either case and now and then in base64, as plain protobuf JSON has them. */
export function encodeJson({ resource, scope, spans }: SentExport): Buffer {
  const spelled = (id: string, index: number): string => {
    if (index % 3 === 1) return id.toUpperCase();
    return index % 3 === 2 ? Buffer.from(id, "hex").toString("base64") : id;
  };
  const list = spans.map((span, index) => ({
    traceId: spelled(span.traceId, index),
    spanId: spelled(span.spanId, index),
    parentSpanId: spelled(span.parentSpanId, index),
    name: span.name,
    startTimeUnixNano: String(span.start),
    endTimeUnixNano: String(span.end),
    attributes: jsonAttributes(span.attributes),
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      timeUnixNano: String(time),
      attributes: jsonAttributes(attributes),
    })),
    links: span.links.map((link) => ({ ...link, attributes: jsonAttributes(link.attributes) })),
    status: span.status,
  }));
  const resourceSpans = [
    { resource: { attributes: jsonAttributes(resource) }, scopeSpans: [{ scope, spans: list }] },
  ];
  return Buffer.from(JSON.stringify({ resourceSpans }));
}

/** A field that holds other fields; `write` gets the same writer. */
export function nest(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
}

const writeText = (writer: BinaryWriter, field: number, text: string): unknown =>
  writer.tag(field, WireType.LengthDelimited).bytes(Buffer.from(text));
const writeHex = (writer: BinaryWriter, field: number, id: string): unknown =>
  writer.tag(field, WireType.LengthDelimited).bytes(Buffer.from(id, "hex"));
const writeNano = (writer: BinaryWriter, field: number, nano: bigint): unknown =>
  writer.tag(field, WireType.Bit64).fixed64(nano);

function writeValue(writer: BinaryWriter, value: Value): void {
  if (value === null) return;
  if (typeof value === "string") writeText(writer, 1, value);
  else if (typeof value === "boolean") writer.tag(2, WireType.Varint).bool(value);
  else if (typeof value === "number") {
    if (Number.isSafeInteger(value)) writer.tag(3, WireType.Varint).int64(value);
    else writer.tag(4, WireType.Bit64).double(value);
  } else if (value instanceof Uint8Array) writer.tag(7, WireType.LengthDelimited).bytes(value);
  else if (Array.isArray(value)) {
    nest(writer, 5, () => {
      for (const item of value) nest(writer, 1, () => writeValue(writer, item));
    });
  } else nest(writer, 6, () => writeAttributes(writer, 1, Object.entries(value)));
}

function writeAttributes(writer: BinaryWriter, field: number, attributes: Attributes): void {
  for (const [key, value] of attributes) {
    nest(writer, field, () => {
      writeText(writer, 1, key);
      nest(writer, 2, () => writeValue(writer, value));
    });
  }
}

/** The fields of a `Span` message. */
export function writeSpan(writer: BinaryWriter, span: SentSpan): void {
  writeHex(writer, 1, span.traceId);
  writeHex(writer, 2, span.spanId);
  writeHex(writer, 4, span.parentSpanId);
  writeText(writer, 5, span.name);
  writeNano(writer, 7, span.start);
  writeNano(writer, 8, span.end);
  writeAttributes(writer, 9, span.attributes);
  for (const { name, time, attributes } of span.events) {
    nest(writer, 11, () => {
      writeNano(writer, 1, time);
      writeText(writer, 2, name);
      writeAttributes(writer, 3, attributes);
    });
  }
  for (const link of span.links) {
    nest(writer, 13, () => {
      writeHex(writer, 1, link.traceId);
      writeHex(writer, 2, link.spanId);
      writeAttributes(writer, 4, link.attributes);
    });
  }
  nest(writer, 15, () => {
    writeText(writer, 2, span.status.message);
    writer.tag(3, WireType.Varint).int32(span.status.code);
  });
  // A field of a version that is not out yet, and a group, which no version has any more.
  writeText(writer, 99, "future");
  writer.tag(98, WireType.StartGroup).tag(1, WireType.Varint).int32(1).tag(98, WireType.EndGroup);
}

export function encodeProtobuf({ resource, scope, spans }: SentExport): Buffer {
  const writer = new BinaryWriter();
  nest(writer, 1, () => {
    nest(writer, 2, () => {
      for (const span of spans) nest(writer, 2, () => writeSpan(writer, span));
      nest(writer, 1, () => {
        writeText(writer, 1, scope.name);
        writeText(writer, 2, scope.version);
      });
    });
    nest(writer, 1, () => writeAttributes(writer, 1, resource));
  });
  return Buffer.from(writer.finish());
}
