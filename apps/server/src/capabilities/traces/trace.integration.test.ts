import {
  pageSchema,
  receivedTraceColumnsSchema,
  spanDetailSchema,
  spansOfColumns,
  traceColumnsSchema,
  traceDetailSchema,
  traceSummarySchema,
} from "@weir/schema";
import type { CostProof, SpanDetail, TraceDetail } from "@weir/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { application, call, spanIdOf, startTestSystem, traceIdOf } from "./test-system.ts";
import type { TestSystem } from "./test-system.ts";

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(async () => {
  await system.stop();
});

async function trace(number: number): Promise<TraceDetail> {
  const response = await system.fetch(`/traces/${traceIdOf(number)}`);
  expect(response.status).toBe(200);
  return traceDetailSchema.parse(await response.json());
}

async function span(traceNumber: number, spanNumber: number): Promise<SpanDetail> {
  const response = await system.fetch(`/traces/${traceIdOf(traceNumber)}/spans/${spanIdOf(spanNumber)}`);
  expect(response.status).toBe(200);
  return spanDetailSchema.parse(await response.json());
}

describe("a trace", () => {
  test("has its spans in the order in which they began, without inputs and outputs", async () => {
    const shared = { trace_id: traceIdOf(1) };
    await system.insert([
      call({
        ...shared,
        span_id: spanIdOf(3),
        parent_span_id: spanIdOf(1),
        secondsAgo: 5,
        raw_request: "SECRET-BODY",
      }),
      application({ ...shared, span_id: spanIdOf(1), secondsAgo: 9, kind: "agent", name: "answer" }),
      application({
        ...shared,
        span_id: spanIdOf(2),
        parent_span_id: spanIdOf(1),
        secondsAgo: 7,
        kind: "tool",
        input: "SECRET-BODY",
      }),
    ]);
    const detail = await trace(1);
    expect(detail).toMatchObject({ name: "answer", spanCount: 3, complete: true, spansOmitted: 0 });
    expect(detail.spans.map(({ spanId, parentSpanId, kind }) => [spanId, parentSpanId, kind])).toEqual([
      [spanIdOf(1), "", "agent"],
      [spanIdOf(2), spanIdOf(1), "tool"],
      [spanIdOf(3), spanIdOf(1), "generation"],
    ]);
    expect(JSON.stringify(detail)).not.toContain("SECRET-BODY");
  });

  test("shows an orphan, and says that something is missing", async () => {
    await system.insert([call({ trace_id: traceIdOf(2), parent_span_id: spanIdOf(77) })]);
    const detail = await trace(2);
    expect(detail.complete).toBe(false);
    expect(detail.spans).toHaveLength(1);
  });

  test("marks the record of a call that another record counts, and sums up the same in the list", async () => {
    const shared = { trace_id: traceIdOf(3) };
    await system.insert([
      application({ ...shared, span_id: spanIdOf(1), kind: "workflow" }),
      application({
        ...shared,
        span_id: spanIdOf(2),
        parent_span_id: spanIdOf(1),
        kind: "generation",
        input_tokens: 9,
        cost_usd: 1,
      }),
      application({ ...shared, span_id: spanIdOf(3), parent_span_id: spanIdOf(2), name: "POST" }),
      call({ ...shared, span_id: spanIdOf(4), parent_span_id: spanIdOf(3) }),
    ]);
    const detail = await trace(3);
    const marks = detail.spans.map(({ spanId, counted }) => [Number.parseInt(spanId, 16), counted]);
    expect(Object.fromEntries(marks)).toEqual({ 1: true, 2: false, 3: true, 4: true });
    expect(detail).toMatchObject({ inputTokens: 10, costUsd: 0.25, generationCount: 1 });
    const list = await system.fetch(`/traces?filter=trace:${traceIdOf(3)}`);
    const [row] = pageSchema(traceSummarySchema).parse(await list.json()).data;
    const { spans: _spans, spansOmitted: _omitted, ...summary } = detail;
    expect(row).toEqual(summary);
    expect(await span(3, 2)).toMatchObject({ counted: false });
    expect(await span(3, 4)).toMatchObject({ counted: true });
  });

  test("has each span's own fields where most of the project's spans leave them empty", async () => {
    const project_id = "sparse";
    const plain = Array.from({ length: 500 }, (_, index) =>
      call({ project_id, trace_id: traceIdOf(1000 + index), span_id: spanIdOf(1000 + index) }),
    );
    const shared = { project_id, trace_id: traceIdOf(6) };
    await system.insert([
      ...plain,
      application({ ...shared, span_id: spanIdOf(1), secondsAgo: 9, input_preview: "Where is it?" }),
      application({ ...shared, span_id: spanIdOf(2), parent_span_id: spanIdOf(1), secondsAgo: 8 }),
      application({
        ...shared,
        span_id: spanIdOf(3),
        parent_span_id: spanIdOf(2),
        secondsAgo: 7,
        error_message: "timed out",
      }),
    ]);
    const response = await system.fetch(`/traces/${traceIdOf(6)}?projectId=${project_id}`);
    const { spans } = traceDetailSchema.parse(await response.json());
    expect(spans.map((span) => [span.parentSpanId, span.inputPreview, span.errorMessage])).toEqual([
      ["", "Where is it?", ""],
      [spanIdOf(1), "", ""],
      [spanIdOf(2), "", "timed out"],
    ]);
  });

  test("has the same spans as columns", async () => {
    await system.insert([
      application({ trace_id: traceIdOf(5), span_id: spanIdOf(1), secondsAgo: 9, kind: "agent" }),
      call({
        trace_id: traceIdOf(5),
        span_id: spanIdOf(2),
        parent_span_id: spanIdOf(1),
        secondsAgo: 8,
        ttft_ms: 120.5,
        streamed: true,
      }),
      call({ trace_id: traceIdOf(5), span_id: spanIdOf(3), secondsAgo: 7, cost_usd: null, status: "error" }),
    ]);
    const response = await system.fetch(`/traces/${traceIdOf(5)}/columns`);
    expect(response.status).toBe(200);
    const { columns, ...rest } = traceColumnsSchema.parse(await response.json());
    expect({ ...rest, spans: spansOfColumns(columns) }).toEqual(await trace(5));
    expect(columns.ttftMs).toEqual([null, 120.5, null]);
    expect(columns.costUsd).toEqual([null, 0.25, null]);
    expect(columns.streamed).toEqual([false, true, false]);
    expect((await system.fetch(`/traces/${traceIdOf(999)}/columns`)).status).toBe(404);
  });

  test("with 30,000 spans is sent whole, in less than two seconds", { timeout: 120_000 }, async () => {
    const count = 30_000;
    const records = Array.from({ length: count }, (_, index) => ({
      trace_id: traceIdOf(4),
      span_id: spanIdOf(index + 1),
      parent_span_id: index === 0 ? "" : spanIdOf(1 + Math.floor(index / 8)),
      secondsAgo: 400 - index / 100,
      input_preview: "How do I measure the flow of a river? ".repeat(4),
      output_preview: "With a weir. ".repeat(12),
      output: "The whole answer that no list reads. ".repeat(30),
    }));
    await system.insert(
      records.map((record, index) => (index % 3 === 0 ? call(record) : application(record))),
    );
    await trace(1);
    const before = process.cpuUsage();
    const response = await system.fetch(`/traces/${traceIdOf(4)}/columns`);
    const text = await response.text();
    const used = process.cpuUsage(before);
    const { columns, ...detail } = receivedTraceColumnsSchema.parse(JSON.parse(text));
    expect(detail).toMatchObject({
      spanCount: count,
      complete: true,
      spansOmitted: 0,
      generationCount: count / 3,
    });
    expect(columns.spanId).toHaveLength(count);
    expect(columns.startedAt).toEqual(columns.startedAt.toSorted());
    // The time that this process computes, which is most of it: the machine may be busy with other things.
    expect((used.user + used.system) / 1000).toBeLessThan(750);
    expect((await trace(4)).spans).toEqual(spansOfColumns(columns));
  });

  test("that is not there, or whose id is none, is a clear error", async () => {
    expect((await system.fetch(`/traces/${traceIdOf(999)}`)).status).toBe(404);
    expect((await system.fetch("/traces/xyz")).status).toBe(400);
    expect((await system.fetch(`/traces/${traceIdOf(1)}/spans/${spanIdOf(999)}`)).status).toBe(404);
    expect((await system.fetch(`/traces/${traceIdOf(1)}/spans/12`)).status).toBe(400);
  });
});

describe("a span", () => {
  const proof: CostProof = {
    status: "priced",
    totalUsd: 0.25,
    lines: [{ bucket: "input", tokens: 10, usdPerMillion: 2, usd: 0.00002 }],
    priceModel: "openai/gpt-5",
    priceVersion: "genai-prices@0.1.8",
    note: "",
  };

  test("of the gateway is read from its raw bodies, with the proof of its cost", async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5 };
    const request = {
      model: "gpt-5",
      temperature: 0.2,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hello" },
      ],
      tools: [
        {
          type: "function",
          function: { name: "lookup", description: "Looks up", parameters: { type: "object" } },
        },
      ],
    };
    const response = {
      choices: [{ message: { role: "assistant", content: "Hi." }, finish_reason: "stop" }],
      usage,
    };
    await system.insert([
      call({
        trace_id: traceIdOf(10),
        usage_raw: JSON.stringify(usage),
        tokens: { input: 10, output: 5 },
        cost_proof: JSON.stringify(proof),
        raw_request: JSON.stringify(request),
        raw_response: JSON.stringify(response),
        receipt: JSON.stringify([
          { action: "dropped", parameter: "logit_bias", detail: "The provider has none." },
        ]),
        metadata: { region: "eu" },
      }),
    ]);
    const detail = await span(10, 1);
    expect(detail.input.map(({ role, parts }) => [role, parts])).toEqual([
      ["system", [{ type: "text", content: "Be brief." }]],
      ["user", [{ type: "text", content: "Hello" }]],
    ]);
    expect(detail.output[0]?.parts).toEqual([{ type: "text", content: "Hi." }]);
    expect(detail.tools).toMatchObject([{ name: "lookup", description: "Looks up" }]);
    expect(detail.parameters).toMatchObject({ temperature: 0.2 });
    expect(detail.costProof).toEqual(proof);
    expect(detail.usageRaw).toEqual(usage);
    expect(detail.tokens).toEqual({ input: 10, output: 5 });
    expect(detail.receipt).toMatchObject([{ action: "dropped", parameter: "logit_bias" }]);
    expect(detail.rawRequest).toBe(JSON.stringify(request));
    expect(detail).toMatchObject({ counted: true, metadata: { region: "eu" }, traceId: traceIdOf(10) });
  });

  test("of an application has the messages, events and links that it sent", async () => {
    const input = [{ role: "user", parts: [{ type: "text", content: "Where is my order?" }] }];
    const output = [
      { role: "assistant", parts: [{ type: "tool_call", id: "c1", name: "lookup", arguments: { id: 7 } }] },
    ];
    const events = [
      { name: "exception", at: "2026-11-21T11:59:00Z", attributes: { "exception.type": "Timeout" } },
    ];
    const links = [{ traceId: traceIdOf(1), spanId: spanIdOf(1), attributes: {} }];
    await system.insert([
      application({
        trace_id: traceIdOf(11),
        kind: "generation",
        input: JSON.stringify(input),
        output: JSON.stringify(output),
        events: JSON.stringify(events),
        links: JSON.stringify(links),
        attributes: { "gen_ai.agent.name": "shop" },
      }),
    ]);
    expect(await span(11, 1)).toMatchObject({
      input,
      output,
      events,
      links,
      costProof: null,
      tools: [],
      parameters: {},
    });
  });

  test("of an application has its numbers as they were written", async () => {
    const long = "12345678901234567890";
    const part = `{"type":"other","name":"a","value":{"id":${long},"share":1.0}}`;
    await system.insert([
      application({
        trace_id: traceIdOf(45),
        span_id: spanIdOf(1),
        input: `[{"role":"user","parts":[${part}]}]`,
        usage_raw: `{"id":${long}}`,
        events: `[{"name":"e","at":"2026-11-21T11:59:00.000000Z","attributes":{"id":${long}}}]`,
      }),
    ]);
    const response = await system.fetch(`/traces/${traceIdOf(45)}/spans/${spanIdOf(1)}`);
    const text = await response.text();
    expect(text).toContain(part);
    expect(text).toContain(`"usageRaw":{"id":${long}}`);
    expect(text).toContain(`"attributes":{"id":${long}}`);
  });

  test("of an application that recorded its whole request has the tools of it", async () => {
    const input = [{ role: "user", parts: [{ type: "text", content: "Where is my order?" }] }];
    const tools = [{ type: "function", function: { name: "lookup", description: "Looks up" } }];
    const request = { messages: [{ role: "user", content: "Where is my order?" }], tools, temperature: 0 };
    await system.insert([
      application({
        trace_id: traceIdOf(13),
        kind: "generation",
        input: JSON.stringify(input),
        raw_request: JSON.stringify(request),
      }),
    ]);
    expect(await span(13, 1)).toMatchObject({
      input,
      output: [],
      tools: [{ name: "lookup" }],
      parameters: {},
    });
  });

  test("whose texts are no JSON still shows, with its raw columns", async () => {
    await system.insert([
      call({
        trace_id: traceIdOf(12),
        raw_request: "{ cut",
        raw_response: "<html>",
        cost_proof: "?",
        usage_raw: "{",
        receipt: "[",
      }),
    ]);
    expect(await span(12, 1)).toMatchObject({
      rawRequest: "{ cut",
      rawResponse: "<html>",
      costProof: null,
      usageRaw: null,
      receipt: [],
      input: [],
    });
  });
});
