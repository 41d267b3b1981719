import { overviewSchema } from "@weir/schema";
import type { Overview } from "@weir/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { countedSpanIds } from "../traces/counting.ts";
import { application, call, spanIdOf, startTestSystem, testNowMs, traceIdOf } from "../traces/test-system.ts";
import type { TestSystem } from "../traces/test-system.ts";

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(async () => {
  await system.stop();
});

async function overview(query: Record<string, string>): Promise<Overview> {
  const response = await system.fetch(`/overview?${new URLSearchParams(query)}`);
  expect(response.status).toBe(200);
  return overviewSchema.parse(await response.json());
}

const hour = 3600;

describe("the overview", () => {
  test("of nothing has every bucket, with zeros", async () => {
    const { total, previous, series, models, bucketMs, from, to } = await overview({ projectId: "empty" });
    expect(total).toMatchObject({ calls: 0, costUsd: 0, latencyMs: { p50: null, p95: null } });
    expect(previous.calls).toBe(0);
    expect(models).toEqual([]);
    expect(series).toHaveLength((Date.parse(to) - Date.parse(from)) / bucketMs);
  });

  test("adds up over time, by model and against the window before", async () => {
    const projectId = "adds-up";
    const calls = Array.from({ length: 240 }, (_, index) =>
      call({
        project_id: projectId,
        trace_id: traceIdOf(index + 1),
        // 120 calls in each of two days; model n of twelve made n calls of every 78.
        secondsAgo: 60 + index * 0.2 * hour,
        model_asked: `model-${(index * index) % 12}`,
        model_answered: "",
        duration_ms: 100 + (index % 10) * 100,
        ttft_ms: index % 2 === 0 ? 50 : null,
        status: index % 10 === 0 ? "error" : "ok",
        cost_usd: index % 4 === 0 ? null : 0.5,
      }),
    );
    // What is no call of a model is not counted.
    const others = [
      application({ project_id: projectId, trace_id: traceIdOf(900), kind: "tool" }),
      call({ project_id: projectId, trace_id: traceIdOf(901), kind: "token_count" }),
    ];
    await system.insert([...calls, ...others]);
    const from = new Date(testNowMs - 24 * hour * 1000).toISOString();
    const to = new Date(testNowMs).toISOString();
    for (const filter of ["", "latency:>0"]) {
      // Once from the rollup by minute, once from the rows: the same figures.
      const { total, previous, series, models } = await overview({ projectId, from, to, filter });
      expect(total).toMatchObject({
        calls: 120,
        errors: 12,
        unpricedCalls: 30,
        costUsd: 45,
        inputTokens: 1200,
      });
      expect(previous).toMatchObject({ calls: 120, errors: 12 });
      expect(total.latencyMs.p50).toBeGreaterThanOrEqual(500);
      expect(total.latencyMs.p50).toBeLessThanOrEqual(600);
      expect(total.latencyMs.p95).toBe(1000);
      expect(total.ttftMs).toEqual({ p50: 50, p95: 50 });
      const sum = (entries: Overview["series"]) =>
        entries.reduce((calls, { figures }) => calls + figures.calls, 0);
      expect(sum(series)).toBe(120);
      expect(models.reduce((calls, model) => calls + model.total.calls, 0)).toBe(120);
      for (const model of models) {
        expect(sum(model.series)).toBe(model.total.calls);
        expect(model.series.map(({ at }) => at)).toEqual(series.map(({ at }) => at));
      }
    }
  });

  test("sums the models beyond the eight busiest as other", async () => {
    const projectId = "many-models";
    const calls = Array.from({ length: 12 }, (_, model) =>
      Array.from({ length: 12 - model }, (_, index) =>
        call({
          project_id: projectId,
          trace_id: traceIdOf(model * 100 + index + 1),
          model_asked: `openai/m${model}`,
          secondsAgo: 60 + index * 600,
        }),
      ),
    ).flat();
    await system.insert(calls);
    const { models } = await overview({ projectId });
    expect(models.map(({ provider, model, total }) => [provider, model, total.calls])).toEqual([
      ...Array.from({ length: 8 }, (_, model) => ["openai", `m${model}`, 12 - model]),
      ["", "other", 4 + 3 + 2 + 1],
    ]);
  });

  test("counts a call once that the application and the gateway both recorded", async () => {
    const projectId = "once";
    const recorded = {
      kind: "generation",
      model_asked: "gpt-5",
      input_tokens: 11,
      cost_usd: 0.5,
      user_id: "ada",
    } as const;
    const shared = { project_id: projectId, trace_id: traceIdOf(1) };
    await system.insert([
      application({ ...shared, span_id: spanIdOf(1), kind: "workflow" }),
      application({ ...shared, span_id: spanIdOf(2), parent_span_id: spanIdOf(1), ...recorded }),
      application({ ...shared, span_id: spanIdOf(3), parent_span_id: spanIdOf(2), name: "POST" }),
      call({ ...shared, span_id: spanIdOf(4), parent_span_id: spanIdOf(3) }),
      // A root, and one whose call nobody else recorded, under an id that the other trace has too.
      application({ ...shared, trace_id: traceIdOf(2), span_id: spanIdOf(9), ...recorded }),
      application({
        ...shared,
        trace_id: traceIdOf(3),
        span_id: spanIdOf(2),
        parent_span_id: spanIdOf(1),
        ...recorded,
      }),
    ]);
    const { total, models } = await overview({ projectId });
    expect(total).toMatchObject({ calls: 3, inputTokens: 10 + 11 + 11, costUsd: 1.25 });
    expect(models.map(({ provider, total }) => [provider, total.calls])).toEqual([
      ["", 2],
      ["openai", 1],
    ]);
    // Asked for what only the application recorded, its record is the one that counts.
    expect((await overview({ projectId, filter: "user:ada" })).total).toMatchObject({
      calls: 3,
      inputTokens: 33,
    });
    expect((await overview({ projectId, filter: "source:gateway" })).total.calls).toBe(1);
  });

  test("counts as a walk span by span does, however the spans hang together", async () => {
    const projectId = "tangled";
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const traces = Array.from({ length: 60 }, (_, trace) =>
      Array.from({ length: 1 + random(60) }, (_, index) => {
        // Mostly chains, longer than is looked up; also branches, circles, and parents that never arrived.
        const parent = [index, index, index, index, index, random(80), random(index + 1)][random(7)] ?? 0;
        const gateway = random(5) === 0;
        return call({
          project_id: projectId,
          trace_id: traceIdOf(trace + 1),
          span_id: spanIdOf(index + 1),
          parent_span_id: parent === 0 ? "" : spanIdOf(parent),
          source: gateway ? "gateway" : "otlp",
          kind: (["generation", "embedding", "span", "tool"] as const)[random(4)] ?? "span",
          input_tokens: 1 + random(1_000_000),
        });
      }),
    );
    const counted = traces.flatMap((records) => {
      const ids = countedSpanIds(
        records.map(({ span_id, parent_span_id = "", source, kind }) => ({
          spanId: span_id,
          parentSpanId: parent_span_id,
          gateway: source === "gateway",
          call: kind === "generation" || kind === "embedding",
        })),
      );
      return records.filter(({ span_id }) => ids.has(span_id));
    });
    const calls = traces.flat().filter(({ kind }) => kind === "generation" || kind === "embedding");
    expect(counted.length).toBeLessThan(calls.length - 100);
    // A span that is no call may have been sent twice; the walk goes through it all the same.
    const sentTwice = traces.flat().filter(({ kind }, index) => kind === "span" && index % 3 === 0);
    await system.insert([...traces.flat(), ...sentTwice]);
    expect((await overview({ projectId })).total).toMatchObject({
      calls: counted.length,
      inputTokens: counted.reduce((sum, { input_tokens = 0 }) => sum + input_tokens, 0),
    });
  });

  test("has room for an agent of 10,000 calls in one trace", async () => {
    const projectId = "large-agent";
    const root = { project_id: projectId, trace_id: traceIdOf(1), span_id: spanIdOf(1) };
    // The agent, and for each call the application's record, its request, and the gateway's record.
    const steps = Array.from({ length: 10_000 }, (_, step) => {
      const [record, request, served] = [
        spanIdOf(3 * step + 2),
        spanIdOf(3 * step + 3),
        spanIdOf(3 * step + 4),
      ];
      return [
        application({ ...root, span_id: record, parent_span_id: root.span_id, kind: "generation" }),
        application({ ...root, span_id: request, parent_span_id: record }),
        call({ ...root, span_id: served, parent_span_id: request }),
      ];
    });
    await system.insert([application({ ...root, kind: "agent" }), ...steps.flat()]);
    expect((await overview({ projectId })).total).toMatchObject({ calls: 10_000, inputTokens: 100_000 });
  });

  test("keeps to its project", async () => {
    await system.insert([call({ project_id: "mine" }), call({ project_id: "theirs" })]);
    expect((await overview({ projectId: "mine" })).total.calls).toBe(1);
  });

  test("answers what the rollup knows from the rollup", async () => {
    await system.insert(
      Array.from({ length: 20_000 }, (_, index) =>
        call({ project_id: "rollup", trace_id: traceIdOf(index), secondsAgo: 60 + index / 10 }),
      ),
    );
    const captured: { sql: string; params: Record<string, unknown> | undefined }[] = [];
    const { query } = system.clickhouse;
    const spy: typeof query = (statement) => {
      captured.push({ sql: statement.sql, params: statement.params });
      return query(statement);
    };
    const { readOverview } = await import("./service.ts");
    const reader = { clickhouse: { query: spy }, signal: new AbortController().signal };
    const range = { fromMs: testNowMs - 3 * hour * 1000, toMs: testNowMs };
    await readOverview(reader, { projectId: "rollup", range, clauses: [], nowMs: testNowMs });
    expect(captured).toHaveLength(2);
    for (const { sql, params } of captured) {
      const plan = await query({
        sql: `EXPLAIN ${sql}`,
        ...(params === undefined ? {} : { params }),
        settings: { prefer_column_name_to_alias: 1 },
        row: z.object({ explain: z.string() }),
      });
      expect(plan.map((row) => row.explain).join("\n")).toContain("overview_by_minute");
    }
  });

  test.each([
    "from=2020-01-01T00:00:00Z",
    "from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z",
    "filter=modle:x",
    "limit=5",
  ])("%s is refused", async (query) => {
    expect((await system.fetch(`/overview?${query}`)).status).toBe(400);
  });
});
