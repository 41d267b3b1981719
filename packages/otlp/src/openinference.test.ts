import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createPricer } from "@weir/providers";
import { messageSchema, spanRowSchema } from "@weir/schema";
import type { Message, SpanRow } from "@weir/schema";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createOtlpIngest } from "./ingest.ts";

// OpenInference spans of another gateway's tests; see ../shared/data/README.md for their origin.
const folder = fileURLToPath(
  new URL("../../../../shared/data/providers/envoy-openinference-spans/", import.meta.url),
);
const present = existsSync(folder);
const absent = "../shared/data/providers/envoy-openinference-spans is absent; its spans were not mapped";
const names = present ? readdirSync(folder).filter((file) => file.endsWith(".json")) : [];

const nowMs = Date.UTC(2026, 10, 21);
const recordedSchema = z.object({
  attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })),
  status: z.object({ code: z.string() }).optional(),
});
type Recorded = z.infer<typeof recordedSchema>;

function load(name: string): { recorded: Recorded; row: SpanRow } {
  const source = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(folder + name, "utf8")));
  const recorded = recordedSchema.parse(source);
  const span = {
    ...source,
    traceId: "5b8efff798038103d269b633813fc60c",
    spanId: "eee19b7ec3c1b174",
    startTimeUnixNano: `${nowMs - 2000}000000`,
    endTimeUnixNano: `${nowMs - 1000}000000`,
  };
  const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
  const otlp = createOtlpIngest({ pricer: createPricer() });
  const { rows, message } = otlp.ingest({
    contentType: "application/json",
    body,
    projectId: "p",
    keyId: "k",
    nowMs,
  });
  expect(message).toBe("");
  return { recorded, row: spanRowSchema.parse(rows[0]) };
}

function attribute(recorded: Recorded, key: string): unknown {
  const value = recorded.attributes.find((item) => item.key === key)?.value;
  return value === undefined ? undefined : Object.values(value)[0];
}

const messages = (column: string): Message[] =>
  column === "" ? [] : z.array(messageSchema).parse(JSON.parse(column));

describe("OpenInference spans", () => {
  test("are there in number", ({ skip }) => {
    skip(!present, absent);
    expect(names.length).toBeGreaterThan(20);
  });

  test.each(names)("%s keeps its kind, model, tokens and outcome", (name) => {
    const { recorded, row } = load(name);
    const isEmbedding = attribute(recorded, "openinference.span.kind") === "EMBEDDING";
    expect(row.kind).toBe(isEmbedding ? "embedding" : "generation");
    expect(row.status).toBe(recorded.status?.code === "STATUS_CODE_ERROR" ? "error" : "ok");
    expect(row.model_asked).not.toBe("");
    const total = Number(attribute(recorded, "llm.token_count.total") ?? 0);
    expect(row.input_tokens + row.output_tokens).toBe(total);
    expect(row.usage_status).toBe(total === 0 ? "missing" : "reported");
    expect(row.raw_request).toBe(attribute(recorded, "input.value"));
    expect(row.raw_response).toBe(attribute(recorded, "output.value") ?? "");
    expect(Object.keys(row.attributes).filter((key) => /messages|token_count|embeddings/.test(key))).toEqual(
      [],
    );
  });

  test("parallel tools, images and their buckets are read", ({ skip }) => {
    skip(!present, absent);
    const tools = load("chat-parallel-tools.json").row;
    expect(messages(tools.output)).toEqual([
      {
        role: "assistant",
        parts: [
          {
            type: "tool_call",
            id: "call_Xc4Aiih37EUJvqjoZlu4Vdoi",
            name: "get_current_weather",
            arguments: { location: "San Francisco, CA" },
          },
        ],
      },
    ]);
    expect(tools).toMatchObject({ tokens: { input: 162, output: 27, reasoning: 192 }, provider: "openai" });
    expect(tools.cost_usd).toBeGreaterThan(0);
    const image = load("chat-image-to-text.json").row;
    expect(messages(image.input).flatMap((message) => message.parts.map((part) => part.type))).toContain(
      "media",
    );
    const embedding = load("embeddings-basic.json").row;
    expect(embedding.output_preview).toMatch(/^1 vector of \d+ dimensions$/);
    expect(embedding.cost_usd).toBeGreaterThan(0);
  });

  test("an error says what went wrong", ({ skip }) => {
    skip(!present, absent);
    expect(load("chat-bad-request.json").row).toMatchObject({
      error_code: "openai.BadRequestError",
      error_message: expect.stringContaining("max_completion_tokens"),
    });
  });
});

test("spans that are no model calls show their values", () => {
  const span = (attributes: Record<string, string>): SpanRow => {
    const list = Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } }));
    const source = {
      traceId: "5b8efff798038103d269b633813fc60c",
      spanId: "eee19b7ec3c1b174",
      name: "s",
      startTimeUnixNano: `${nowMs - 2000}000000`,
      endTimeUnixNano: `${nowMs - 1000}000000`,
      attributes: list,
    };
    const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [source] }] }] }));
    const otlp = createOtlpIngest({ pricer: createPricer() });
    return spanRowSchema.parse(
      otlp.ingest({ contentType: "application/json", body, projectId: "p", keyId: "k", nowMs }).rows[0],
    );
  };
  expect(
    span({
      "openinference.span.kind": "CHAIN",
      "input.value": "in",
      "output.value": "out",
      "session.id": "s1",
    }),
  ).toMatchObject({
    kind: "workflow",
    input_preview: "in",
    output_preview: "out",
    session_id: "s1",
  });
  const retrieval = span({
    "openinference.span.kind": "RETRIEVER",
    "input.value": "weirs",
    "retrieval.documents.0.document.content": "A weir …",
    "retrieval.documents.0.document.score": "0.9",
    metadata: '{"index":"v3"}',
  });
  expect(retrieval).toMatchObject({ kind: "retrieval", input_preview: "weirs", metadata: { index: "v3" } });
  expect(messages(retrieval.output)[0]?.parts).toEqual([
    { type: "other", name: "documents", value: [{ content: "A weir …", score: "0.9" }] },
  ]);
});
