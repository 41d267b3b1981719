import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { SimpleSpanProcessor, TracerProvider, type SpanExporter } from "@opentelemetry/sdk-trace";
import { gzipSync } from "node:zlib";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { api, startSystem, until, type System } from "./system.ts";

let system: System;

beforeAll(async () => {
  system = await startSystem();
});
afterAll(async () => {
  await system?.dispose();
});

const traceSchema = z.object({
  name: z.string(),
  status: z.string(),
  complete: z.boolean(),
  generationCount: z.number(),
  inputTokens: z.number(),
  spans: z.array(
    z.object({
      spanId: z.string(),
      parentSpanId: z.string(),
      name: z.string(),
      kind: z.string(),
      source: z.string(),
      counted: z.boolean(),
    }),
  ),
});

async function traceWith(traceId: string, spanCount: number): Promise<z.infer<typeof traceSchema>> {
  return until(`trace ${traceId} with ${spanCount} spans`, async () => {
    const found = traceSchema.parse(await api(system, `/traces/${traceId}`));
    return found.spans.length === spanCount ? found : null;
  });
}

describe.each([
  ["protobuf, gzip", ProtobufExporter],
  ["JSON", JsonExporter],
])("an application traced with OpenTelemetry over %s", (_, Exporter) => {
  test("and the gateway calls it makes are one trace", async () => {
    const exporter: SpanExporter = new Exporter({
      url: `${system.origin}/v1/traces`,
      headers: { authorization: `Bearer ${system.key}` },
    });
    const provider = new TracerProvider({
      resource: resourceFromAttributes({ "service.name": "shop-assistant" }),
      spanProcessors: [new SimpleSpanProcessor({ exporter })],
    });
    const tracer = provider.getTracer("test");
    const client = new OpenAI({ baseURL: `${system.origin}/v1`, apiKey: system.key, maxRetries: 0 });

    const root = tracer.startSpan("answer a customer", { attributes: { "user.id": "grace" } });
    const { traceId, spanId } = root.spanContext();
    const tool = tracer.startSpan(
      "look up order",
      { attributes: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "orders" } },
      trace.setSpan(context.active(), root),
    );
    tool.setStatus({ code: SpanStatusCode.ERROR, message: "no such order" });
    tool.end();
    await client.chat.completions.create(
      { model: "sim/echo", messages: [{ role: "user", content: "Where is my order?" }] },
      { headers: { traceparent: `00-${traceId}-${spanId}-01` } },
    );
    root.end();
    await provider.forceFlush();

    const found = await traceWith(traceId, 3);
    expect(found).toMatchObject({ name: "answer a customer", complete: true, generationCount: 1 });
    const bySource = found.spans.map((span) => [span.source, span.kind, span.parentSpanId === spanId]);
    expect(bySource).toContainEqual(["otlp", "tool", true]);
    expect(bySource).toContainEqual(["gateway", "generation", true]);
    await provider.shutdown();
  });

  test("an instrumented model call that also passes the gateway is counted once", async () => {
    const exporter: SpanExporter = new Exporter({
      url: `${system.origin}/v1/traces`,
      headers: { authorization: `Bearer ${system.key}` },
    });
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    const span = provider.getTracer("test").startSpan("chat sim/echo", {
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "sim",
        "gen_ai.request.model": "echo",
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 10,
      },
    });
    const { traceId, spanId } = span.spanContext();
    await fetch(`${system.origin}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${system.key}`, traceparent: `00-${traceId}-${spanId}-01` },
      body: JSON.stringify({ model: "sim/echo", messages: [{ role: "user", content: "once" }] }),
    });
    span.end();
    await provider.forceFlush();
    const found = await traceWith(traceId, 2);
    expect(found.spans.filter((one) => one.counted)).toHaveLength(1);
    expect(found.inputTokens).toBeLessThan(1000);
    await provider.shutdown();
  });
});

function otlpJson(spans: Record<string, unknown>[]): string {
  return JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans }] }] });
}

const good = {
  traceId: "5b8efff798038103d269b633813fc60c",
  spanId: "eee19b7ec3c1b174",
  name: "good",
  startTimeUnixNano: String(Date.now() * 1e6),
  endTimeUnixNano: String(Date.now() * 1e6 + 5e6),
};

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${system.origin}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${system.key}`, ...headers },
    body,
  });
}

test("a span that cannot be kept is reported, the others are kept", async () => {
  const response = await post(otlpJson([good, { ...good, traceId: "nonsense", name: "bad" }]));
  expect(response.status).toBe(200);
  const answer = z
    .object({ partialSuccess: z.object({ rejectedSpans: z.coerce.number(), errorMessage: z.string() }) })
    .parse(await response.json());
  expect(answer.partialSuccess.rejectedSpans).toBe(1);
  expect(answer.partialSuccess.errorMessage).toMatch(/trace/i);
  expect((await traceWith(good.traceId, 1)).name).toBe("good");
});

test("an export that is sent again after it was taken is not counted again", async () => {
  const traceId = "2af7651916cd43dd8448eb211c80319e";
  const body = otlpJson([{ ...good, traceId, name: "sent three times" }]);
  // New connections each time, so that both gateway threads get their share.
  for (let attempt = 0; attempt < 6; attempt += 1) {
    expect((await post(body, { connection: "close" })).status).toBe(200);
  }
  await traceWith(traceId, 1);
  await post(otlpJson([{ ...good, traceId, spanId: "aaa19b7ec3c1b175", name: "another" }]));
  await traceWith(traceId, 2);
});

test("an orphan is shown, and said to be incomplete", async () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  await post(otlpJson([{ ...good, traceId, parentSpanId: "b7ad6b7169203331", name: "orphan" }]));
  expect(await traceWith(traceId, 1)).toMatchObject({ name: "orphan", complete: false });
});

test("gzip is read; garbage, a wrong key and a wrong type are refused clearly", async () => {
  const traceId = "1af7651916cd43dd8448eb211c80319d";
  const zipped = await post(new Uint8Array(gzipSync(otlpJson([{ ...good, traceId }]))), {
    "content-encoding": "gzip",
  });
  expect(zipped.status).toBe(200);
  await traceWith(traceId, 1);
  expect((await post("{ not json")).status).toBe(400);
  expect((await post(otlpJson([good]), { authorization: "Bearer weir_wrong" })).status).toBe(401);
  expect((await post("hello", { "content-type": "text/plain" })).status).toBe(415);
});
