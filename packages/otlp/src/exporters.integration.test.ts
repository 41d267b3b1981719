import { createServer } from "node:http";
import type { Server } from "node:http";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { createPricer } from "@weir/providers";
import { spanRowSchema } from "@weir/schema";
import type { SpanRecord } from "@weir/schema";
import { afterEach, expect, test } from "vitest";
import { encodeResponse } from "./encode-response.ts";
import { createOtlpIngest } from "./ingest.ts";

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** A server that takes exports the way the gateway does. */
async function startReceiver(): Promise<{ url: string; rows: SpanRecord[]; types: string[] }> {
  const otlp = createOtlpIngest({ pricer: createPricer() });
  const rows: SpanRecord[] = [];
  const types: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const contentType = request.headers["content-type"] ?? "";
    types.push(contentType);
    const body = Buffer.concat(chunks);
    const ingested = otlp.ingest({ contentType, body, projectId: "p", keyId: "k", nowMs: Date.now() });
    rows.push(...ingested.rows);
    const answer = encodeResponse({ contentType, ...ingested });
    response.writeHead(200, { "content-type": answer.contentType }).end(answer.body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/v1/traces`, rows, types };
}

test.each([
  ["application/x-protobuf", ProtobufExporter],
  ["application/json", JsonExporter],
])("OpenTelemetry's own exporter for %s is understood", async (contentType, Exporter) => {
  const receiver = await startReceiver();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": "shop", "service.version": "1.2.3" }),
    spanProcessors: [new SimpleSpanProcessor({ exporter: new Exporter({ url: receiver.url }) })],
  });
  const tracer = provider.getTracer("test", "9");
  const root = tracer.startSpan("answer");
  const context = trace.setSpan((await import("@opentelemetry/api")).ROOT_CONTEXT, root);
  const call = tracer.startSpan("chat gpt-4o-mini", { links: [{ context: root.spanContext() }] }, context);
  call.setAttributes({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o-mini",
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 100,
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.output.messages": JSON.stringify([
      { role: "assistant", parts: [{ type: "text", content: "Grüße 🧡" }] },
    ]),
    "my.list": [1, 2.5],
  });
  call.addEvent("retry", { attempt: 2 });
  call.recordException(new TypeError("lost"));
  call.setStatus({ code: SpanStatusCode.ERROR, message: "gave up" });
  call.end();
  root.end();
  await provider.forceFlush();
  await provider.shutdown();

  expect(new Set(receiver.types)).toEqual(new Set([contentType]));
  const rows = receiver.rows.map((row) => spanRowSchema.parse(row));
  const [answered, rooted] = [
    rows.find((row) => row.kind === "generation"),
    rows.find((row) => row.name === "answer"),
  ];
  expect(answered).toMatchObject({
    trace_id: root.spanContext().traceId,
    span_id: call.spanContext().spanId,
    parent_span_id: root.spanContext().spanId,
    service_name: "shop",
    release: "1.2.3",
    provider: "openai",
    model_asked: "gpt-4o-mini",
    tokens: { input: 1000, output: 100 },
    usage_status: "reported",
    finish_reasons: ["stop"],
    output_preview: "Grüße 🧡",
    status: "error",
    error_code: "TypeError",
    error_message: "gave up",
  });
  expect(answered?.cost_usd).toBeCloseTo(0.00021, 10);
  expect(answered?.attributes).toMatchObject({
    "my.list": "[1,2.5]",
    "scope.name": "test",
    "scope.version": "9",
  });
  expect(JSON.parse(answered?.events ?? "")).toMatchObject([
    { name: "retry", attributes: { attempt: 2 } },
    { name: "exception" },
  ]);
  expect(JSON.parse(answered?.links ?? "")).toMatchObject([{ spanId: root.spanContext().spanId }]);
  expect(rooted).toMatchObject({ kind: "span", parent_span_id: "", status: "ok" });
  expect(Math.abs(Date.now() - Date.parse(`${rooted?.started_at.replace(" ", "T")}Z`))).toBeLessThan(60_000);
});
