import { createHash } from "node:crypto";
import { isModelCall, problemSchema, pageSchema, traceDetailSchema, traceSummarySchema } from "@weir/schema";
import type { SpanRecord, TraceSummary } from "@weir/schema";
import { spoolInsertMark } from "@weir/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { encodeCursor } from "../../api/cursor.ts";
import { countedSpanIds } from "./counting.ts";
import { traceLimits } from "./limits.ts";
import { application, call, spanIdOf, startTestSystem, testNowMs, traceIdOf } from "./test-system.ts";
import type { TestSystem } from "./test-system.ts";

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(async () => {
  await system.stop();
});

const pageOfTraces = pageSchema(traceSummarySchema);

async function page(
  query: Record<string, string>,
): Promise<{ data: TraceSummary[]; nextCursor: string | null }> {
  const response = await system.fetch(`/traces?${new URLSearchParams(query)}`);
  const body = await response.json();
  expect(body).not.toHaveProperty("code");
  return pageOfTraces.parse(body);
}

async function walk(
  query: Record<string, string>,
  between: (page: number) => Promise<void> = async () => undefined,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (let number = 1; number < 100; number += 1) {
    const next: Awaited<ReturnType<typeof page>> = await page({
      ...query,
      ...(cursor === null ? {} : { cursor }),
    });
    ids.push(...next.data.map((trace) => trace.traceId));
    if (next.nextCursor === null) return ids;
    cursor = next.nextCursor;
    await between(number);
  }
  throw new Error("the list does not end");
}

async function refusal(path: string): Promise<{ status: number; code: string; errors: string }> {
  const response = await system.fetch(path);
  const problem = problemSchema.parse(await response.json());
  return { status: response.status, code: problem.code, errors: JSON.stringify(problem.errors) };
}

let projects = 0;
/** Each test has a project of its own, so that none sees what another recorded. */
const newProject = (): string => `list-${(projects += 1)}`;

describe("paging", () => {
  /** Traces whose spans lie scattered between each other's: span i of trace t began (i * traces + t) seconds ago. */
  function interleaved(options: { projectId: string; traces: number; spans: number }): SpanRecord[] {
    return Array.from({ length: options.traces * options.spans }, (_, index) => {
      const trace = index % options.traces;
      return call({
        project_id: options.projectId,
        trace_id: traceIdOf(trace + 1),
        span_id: spanIdOf(index + 1),
        // A stride that is coprime to the count scatters the order of the newest spans.
        secondsAgo: 1 + ((index * 7) % (options.traces * options.spans)),
      });
    });
  }

  test("a trace that grows while a page is read is not lost from the next ones", async () => {
    const projectId = newProject();
    const seconds = [10, 20, 30, 40];
    await system.insert(
      seconds.map((secondsAgo, index) =>
        call({
          project_id: projectId,
          trace_id: traceIdOf(index + 1),
          span_id: spanIdOf(index + 1),
          secondsAgo,
        }),
      ),
    );
    // As an insert of the shipper's: it has begun, and ends after the first page.
    const inserted = system.clickhouse.execute({
      sql: `INSERT INTO spans (project_id, trace_id, span_id, kind, name, source, status, duration_ms, started_at)
        SELECT {projectId:String}, {traceId:String}, {spanId:String}, 'generation', 'chat', 'gateway', 'ok',
          1 + sleepEachRow(2), {startedAt:DateTime64(6, 'UTC')}
        FROM numbers(1) SETTINGS log_comment = '${spoolInsertMark}slow'`,
      params: {
        projectId,
        traceId: traceIdOf(4),
        spanId: spanIdOf(9),
        startedAt: call({ trace_id: traceIdOf(4), span_id: spanIdOf(9), secondsAgo: 1 }).started_at,
      },
    });
    const inserts = async () => {
      const [row] = await system.clickhouse.query({
        sql: `SELECT count() AS inserts FROM system.processes WHERE Settings['log_comment'] = '${spoolInsertMark}slow'`,
        row: z.object({ inserts: z.number() }),
      });
      return row?.inserts ?? 0;
    };
    await Promise.race([
      inserted,
      (async () => {
        while ((await inserts()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      })(),
    ]);
    const ids = await walk({ projectId, limit: "2" }, async () => {
      await inserted;
    });
    expect(ids).toEqual([1, 2, 3, 4].map(traceIdOf));
  });

  test("every trace appears once, newest first, however its spans are spread", async () => {
    const projectId = newProject();
    const records = interleaved({ projectId, traces: 23, spans: 11 });
    await system.insert(records);
    const newest = new Map<string, string>();
    for (const { trace_id, started_at } of records) {
      if (started_at > (newest.get(trace_id) ?? "")) newest.set(trace_id, started_at);
    }
    const expected = [...newest].toSorted((a, b) => (a[1] < b[1] ? 1 : -1)).map(([traceId]) => traceId);
    for (const limit of ["2", "7", "22", "23"]) {
      expect(await walk({ projectId, limit })).toEqual(expected);
    }
  });

  test("traces that began in the same microsecond are not lost at a page's edge", async () => {
    const projectId = newProject();
    await system.insert(
      Array.from({ length: 9 }, (_, index) =>
        call({ project_id: projectId, trace_id: traceIdOf(index + 1), span_id: spanIdOf(index + 1) }),
      ),
    );
    const ids = await walk({ projectId, limit: "2" });
    expect(ids).toEqual(Array.from({ length: 9 }, (_, index) => traceIdOf(9 - index)));
  });

  test("what arrives while one pages changes nothing of the pages that follow", async () => {
    const projectId = newProject();
    const records = interleaved({ projectId, traces: 20, spans: 3 });
    await system.insert(records);
    const expected = await walk({ projectId, limit: "200" });
    const ids = await walk({ projectId, limit: "3" }, async (number) => {
      // New spans of old traces, newer and older than all there is, and new traces: between any two pages.
      const late = expected.map((traceId, index) =>
        call({
          project_id: projectId,
          trace_id: traceId,
          span_id: spanIdOf(1000 * number + index),
          secondsAgo: index % 2 === 0 ? 0.5 : 5000 + index,
        }),
      );
      const fresh = call({ project_id: projectId, trace_id: traceIdOf(900 + number), secondsAgo: 30 });
      await system.insert([...late, fresh]);
    });
    expect(ids).toEqual(expected);
  });

  test("a trace of very many spans does not hide the ones behind it", async () => {
    const projectId = newProject();
    const many = Array.from({ length: 5000 }, (_, index) =>
      application({
        project_id: projectId,
        trace_id: traceIdOf(1),
        span_id: spanIdOf(index + 1),
        secondsAgo: 10 + index / 100,
      }),
    );
    const few = Array.from({ length: 5 }, (_, index) =>
      call({ project_id: projectId, trace_id: traceIdOf(2 + index), secondsAgo: 30 + index }),
    );
    await system.insert([...many, ...few]);
    expect(await walk({ projectId, limit: "2" })).toEqual([1, 2, 3, 4, 5, 6].map(traceIdOf));
  });

  test("a range and a filter bound what counts as the newest span", async () => {
    const projectId = newProject();
    const span = (trace: number, secondsAgo: number, user: string) =>
      call({
        project_id: projectId,
        trace_id: traceIdOf(trace),
        span_id: spanIdOf(secondsAgo),
        secondsAgo,
        user_id: user,
      });
    await system.insert([
      span(1, 10, "u"),
      span(1, 500, "v"),
      span(2, 300, "v"),
      span(2, 20, "u"),
      span(3, 400, "v"),
    ]);
    expect(await walk({ projectId, filter: "user:v", limit: "1" })).toEqual([2, 3, 1].map(traceIdOf));
    const from = new Date(testNowMs - 450_000).toISOString();
    const to = new Date(testNowMs - 250_000).toISOString();
    expect(await walk({ projectId, from, to, limit: "1" })).toEqual([2, 3].map(traceIdOf));
  });

  test("a range is kept to the microsecond in which a span began", async () => {
    const projectId = newProject();
    const began = (micros: number) => `2026-11-21 11:00:00.332${micros}`;
    await system.insert(
      [400, 680].map((micros, at) =>
        call({
          project_id: projectId,
          trace_id: traceIdOf(at + 1),
          span_id: spanIdOf(at),
          started_at: began(micros),
        }),
      ),
    );
    const [second] = (await page({ projectId })).data;
    const startedAt = second?.startedAt ?? "";
    expect(startedAt).toBe("2026-11-21T11:00:00.332680Z");
    expect(await walk({ projectId, from: startedAt })).toEqual([traceIdOf(2)]);
    expect(await walk({ projectId, to: startedAt })).toEqual([traceIdOf(1)]);
    const offset = "2026-11-21T12:00:00.332680+01:00";
    expect(await walk({ projectId, from: offset })).toEqual([traceIdOf(2)]);
  });

  test("an empty list ends at once", async () => {
    expect(await page({ projectId: newProject() })).toEqual({ data: [], nextCursor: null });
  });
});

describe("a row", () => {
  test("of one span lasts as long as the span", async () => {
    const projectId = newProject();
    const durations = [0.001, 1.234, 7.379, 1033.481];
    await system.insert(
      durations.map((duration, at) =>
        call({
          project_id: projectId,
          trace_id: traceIdOf(at + 1),
          span_id: spanIdOf(at),
          started_at: `2026-11-21 11:00:0${9 - at}.332680`,
          duration_ms: duration,
        }),
      ),
    );
    const { data } = await page({ projectId });
    expect(data.map(({ durationMs }) => durationMs)).toEqual(durations);
  });

  test("sums up its trace", async () => {
    const projectId = newProject();
    const shared = { project_id: projectId, trace_id: traceIdOf(1) };
    await system.insert([
      application({
        ...shared,
        span_id: spanIdOf(1),
        kind: "agent",
        name: "answer",
        secondsAgo: 100,
        duration_ms: 9000,
        user_id: "ada",
        tags: ["b"],
      }),
      call({
        ...shared,
        span_id: spanIdOf(2),
        parent_span_id: spanIdOf(1),
        secondsAgo: 99,
        ttft_ms: 120,
        input_preview: "hello",
        tags: ["a", "b"],
      }),
      call({
        ...shared,
        span_id: spanIdOf(3),
        parent_span_id: spanIdOf(1),
        secondsAgo: 95,
        status: "error",
        error_code: "rate_limit_exceeded",
        model_asked: "anthropic/claude-5",
        model_answered: "",
        provider: "anthropic",
        cost_usd: null,
        output_tokens: 0,
        session_id: "s1",
        environment: "production",
      }),
    ]);
    expect((await page({ projectId })).data).toEqual([
      {
        traceId: traceIdOf(1),
        name: "answer",
        startedAt: "2026-11-21T11:58:20.000000Z",
        durationMs: 9000,
        status: "error",
        errorCode: "rate_limit_exceeded",
        spanCount: 3,
        generationCount: 2,
        errorCount: 1,
        models: ["claude-5", "gpt-5"],
        providers: ["anthropic", "openai"],
        ttftMs: 120,
        inputTokens: 20,
        outputTokens: 5,
        costUsd: 0.25,
        userId: "ada",
        sessionId: "s1",
        environment: "production",
        tags: ["a", "b"],
        inputPreview: "hello",
        outputPreview: "",
        complete: true,
      },
    ]);
  });

  test("counts a call once that the application and the gateway both recorded", async () => {
    const projectId = newProject();
    const shared = { project_id: projectId, trace_id: traceIdOf(1) };
    const recorded = {
      kind: "generation",
      model_asked: "gpt-5",
      input_tokens: 11,
      output_tokens: 6,
      cost_usd: 0.5,
    } as const;
    await system.insert([
      application({ ...shared, span_id: spanIdOf(1), kind: "workflow", input_tokens: 33, output_tokens: 17 }),
      application({ ...shared, span_id: spanIdOf(2), parent_span_id: spanIdOf(1), ...recorded }),
      application({ ...shared, span_id: spanIdOf(3), parent_span_id: spanIdOf(2), name: "POST" }),
      call({ ...shared, span_id: spanIdOf(4), parent_span_id: spanIdOf(3) }),
      // This one went to the provider directly: nobody else recorded it.
      application({
        ...shared,
        span_id: spanIdOf(5),
        parent_span_id: spanIdOf(1),
        ...recorded,
        model_asked: "o3",
      }),
    ]);
    const [row] = (await page({ projectId })).data;
    expect(row).toMatchObject({
      spanCount: 5,
      generationCount: 2,
      models: ["gpt-5", "o3"],
      inputTokens: 21,
      outputTokens: 11,
      costUsd: 0.75,
    });
  });

  /** Spans below one another at random: some in a circle, some below one that never came. */
  function tangle({ projectId, spans }: { projectId: string; spans: number }): SpanRecord[] {
    return Array.from({ length: spans }, (_, index) => {
      const chance = createHash("sha256").update(`${index}`).digest();
      const record = {
        project_id: projectId,
        span_id: spanIdOf(index + 1),
        parent_span_id:
          chance.readUInt8(3) % 5 === 0 ? "" : spanIdOf(1 + Math.floor((index + chance.readUInt8(2)) * 0.9)),
        kind: (["generation", "embedding", "tool", "span"] as const)[chance.readUInt8(0) % 4] ?? "span",
        model_asked: `m${chance.readUInt8(1) % 12}`,
        input_tokens: index,
        cost_usd: index % 3 === 0 ? null : 0.25,
      };
      return index % 7 === 0 ? call(record) : application(record);
    });
  }

  test.each([
    ["as come with a row", 150],
    ["as make ClickHouse look", 2500],
  ])("of a trace of as many spans %s counts by the rule of the trace's page", async (_size, spans) => {
    const projectId = newProject();
    const records = tangle({ projectId, spans });
    await system.insert(records);
    const [row] = (await page({ projectId })).data;
    const counted = countedSpanIds(
      records.map(({ span_id, parent_span_id = "", source, kind }) => ({
        spanId: span_id,
        parentSpanId: parent_span_id,
        gateway: source === "gateway",
        call: isModelCall(kind),
      })),
    );
    const calls = records.filter((record) => counted.has(record.span_id));
    const sum = (numbers: readonly (number | null | undefined)[]) =>
      numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
    expect(row).toMatchObject({
      generationCount: calls.filter(({ kind }) => kind === "generation").length,
      models: [...new Set(calls.map(({ model_asked }) => model_asked))]
        .toSorted()
        .slice(0, traceLimits.rowNamesMax),
      inputTokens: sum(calls.map(({ input_tokens }) => input_tokens)),
      costUsd: sum(calls.map(({ cost_usd }) => cost_usd)),
    });
    // Some were recorded twice: the tangle would prove nothing otherwise.
    expect(records.filter(({ kind }) => isModelCall(kind)).length).toBeGreaterThan(calls.length);
  });

  test("counts all calls once in a trace of more spans than are sent of one", async () => {
    const projectId = newProject();
    const calls = traceLimits.traceSpansMax;
    // An agent; below it the application's records, and below nine of ten of these the gateway's.
    await system.clickhouse.execute({
      sql: `INSERT INTO spans (project_id, trace_id, span_id, parent_span_id, kind, name, source, status, model_asked,
          input_tokens, output_tokens, cost_usd, started_at, duration_ms)
        WITH number < {calls:UInt32} AS own, n -> lower(leftPad(hex(n), 16, '0')) AS id
        SELECT {projectId:String}, {traceId:String}, id(number + 2), id(if(own, 1, number - {calls:UInt32} + 2)),
          'generation', 'chat', if(own, 'otlp', 'gateway'), 'ok', if(own, 'm1', 'm2'), if(own, 10, 11), if(own, 5, 6),
          if(own, 0.25, 0.5), toDateTime64({startedAt:String}, 6, 'UTC') + toIntervalMillisecond(number), 5
        FROM numbers(2 * {calls:UInt32}) WHERE own OR number % 10 != 0`,
      params: { projectId, traceId: traceIdOf(1), calls, startedAt: call({ secondsAgo: 600 }).started_at },
    });
    await system.insert([application({ project_id: projectId, span_id: spanIdOf(1), kind: "agent" })]);
    const [row] = (await page({ projectId })).data;
    expect(row).toMatchObject({
      spanCount: 1 + 1.9 * calls,
      generationCount: calls,
      models: ["m1", "m2"],
      inputTokens: 0.1 * calls * 10 + 0.9 * calls * 11,
      outputTokens: 0.1 * calls * 5 + 0.9 * calls * 6,
      costUsd: 0.1 * calls * 0.25 + 0.9 * calls * 0.5,
    });
    const response = await system.fetch(`/traces/${traceIdOf(1)}?${new URLSearchParams({ projectId })}`);
    const { spans, spansOmitted, ...summary } = traceDetailSchema.parse(await response.json());
    expect(summary).toEqual(row);
    expect(spansOmitted).toBe(1 + 1.9 * calls - spans.length);
  });

  test("shows an orphan and says that its trace is not complete", async () => {
    const projectId = newProject();
    await system.insert([call({ project_id: projectId, parent_span_id: spanIdOf(99) })]);
    expect((await page({ projectId })).data).toMatchObject([{ complete: false, name: "chat gpt-5" }]);
  });

  test("has no cost when no call of it has a price", async () => {
    const projectId = newProject();
    await system.insert([call({ project_id: projectId, cost_usd: null })]);
    expect((await page({ projectId })).data).toMatchObject([{ costUsd: null, inputTokens: 10 }]);
  });
});

describe("scope", () => {
  test("a project never sees another's spans, not even of the same trace", async () => {
    const [mine, other] = [newProject(), newProject()];
    await system.insert([
      call({ project_id: mine, trace_id: traceIdOf(7), span_id: spanIdOf(1), user_id: "me" }),
      call({ project_id: other, trace_id: traceIdOf(7), span_id: spanIdOf(2), user_id: "other" }),
      call({ project_id: other, trace_id: traceIdOf(8), span_id: spanIdOf(3) }),
    ]);
    expect((await page({ projectId: mine })).data).toMatchObject([
      { traceId: traceIdOf(7), spanCount: 1, userId: "me" },
    ]);
    expect(await walk({ projectId: other, limit: "1" })).toHaveLength(2);
    expect((await system.fetch(`/traces/${traceIdOf(8)}?projectId=${mine}`)).status).toBe(404);
    expect(
      (await system.fetch(`/traces/${traceIdOf(7)}/spans/${spanIdOf(2)}?projectId=${mine}`)).status,
    ).toBe(404);
  });
});

describe("bad input", () => {
  test.each([
    ["limit=0", "invalid_query", "limit"],
    ["limit=201", "invalid_query", "limit"],
    ["limit=ten", "invalid_query", "limit"],
    ["from=yesterday", "invalid_query", "ISO 8601"],
    ["from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z", "invalid_query", "not before"],
    ["from=2026-11-21T00:00:00Z&to=2026-11-21T00:00:00Z", "invalid_query", "not before"],
    ["from=9999-01-01T00:00:00Z", "invalid_query", "1970"],
    ["to=0001-01-01T00:00:00Z", "invalid_query", "1970"],
    ["cursor=", "invalid_cursor", "no cursor"],
    ["cursor=abc", "invalid_cursor", "no cursor"],
    [`cursor=${encodeCursor({ v: 2 })}`, "invalid_cursor", "no cursor"],
    ["order=asc", "invalid_query", "order"],
    ["filter=modle:x%20status:eror", "invalid_filter", "filter[0:5]"],
    ["filter=modle:x%20status:eror", "invalid_filter", "filter[15:19]"],
    [`filter=${"x".repeat(5000)}`, "invalid_filter", "4096"],
  ])("%s is refused", async (query, code, message) => {
    const problem = await refusal(`/traces?${query}`);
    expect(problem).toMatchObject({ status: 400, code });
    expect(problem.errors).toContain(message);
  });

  test("a cursor is refused by a list that it does not belong to", async () => {
    const projectId = newProject();
    await system.insert(
      [1, 2, 3].map((n) => call({ project_id: projectId, trace_id: traceIdOf(n), span_id: spanIdOf(n) })),
    );
    const { nextCursor } = await page({ projectId, limit: "1" });
    const other = new URLSearchParams({ projectId, cursor: nextCursor ?? "", filter: "status:ok" });
    expect(await refusal(`/traces?${other}`)).toMatchObject({ status: 400, code: "invalid_cursor" });
  });

  test("a cursor that was changed is refused where that shows, and does not end the list", async () => {
    const projectId = newProject();
    await system.insert(
      [1, 2].map((n) => call({ project_id: projectId, trace_id: traceIdOf(n), span_id: spanIdOf(n) })),
    );
    const cursor = (await page({ projectId, limit: "1" })).nextCursor ?? "";
    const position: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    const changed = (change: object) => encodeCursor(Object.assign({}, position, change));
    for (const text of [
      `${cursor}!!`,
      `${cursor}=`,
      changed({ at: "2026-99-99 99:99:99.000000" }),
      changed({ at: "2026-02-30 00:00:00.000000" }),
      changed({ asOf: "0000-00-00 00:00:00.000" }),
    ]) {
      const query = new URLSearchParams({ projectId, limit: "1", cursor: text });
      expect(await refusal(`/traces?${query}`), text).toMatchObject({ status: 400, code: "invalid_cursor" });
    }
  });
});
