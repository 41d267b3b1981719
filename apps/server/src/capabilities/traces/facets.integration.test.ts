import {
  editFilter,
  facetsSchema,
  pageSchema,
  problemSchema,
  removeClause,
  setClause,
  traceSummarySchema,
} from "@weir/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { traceLimits } from "./limits.ts";
import { facetFields } from "./queries/facet-queries.ts";
import { application, call, spanIdOf, startTestSystem, traceIdOf } from "./test-system.ts";
import type { TestSystem } from "./test-system.ts";

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(async () => {
  await system.stop();
});

async function answerOf<Body>(path: string, schema: { parse: (body: unknown) => Body }): Promise<Body> {
  const response = await system.fetch(path);
  const body: unknown = await response.json();
  if (response.status !== 200) throw new Error(JSON.stringify(body));
  return schema.parse(body);
}

async function facetValues(query: Record<string, string>) {
  const { data } = await answerOf(`/facets?${new URLSearchParams(query)}`, facetsSchema);
  return data;
}

/** Each field's values as `value count`, in the order in which they come. */
async function facets(query: Record<string, string>) {
  const data = await facetValues(query);
  return Object.fromEntries(
    data.map(({ field, values }) => [field, values.map(({ value, count }) => `${value} ${count}`)]),
  );
}

async function listed(query: Record<string, string>): Promise<number> {
  const { data, nextCursor } = await answerOf(
    `/traces?${new URLSearchParams({ limit: "200", ...query })}`,
    pageSchema(traceSummarySchema),
  );
  expect(nextCursor).toBeNull();
  return data.length;
}

describe("a count is the number of traces that the list shows", () => {
  const projectId = "counted";
  beforeAll(async () => {
    await system.insert([...agents(), ...calls()].map((record) => ({ ...record, project_id: projectId })));
  });

  /** Traces of many spans: tools, an errored child, calls of two models, tags and users on some spans only. */
  function agents() {
    return Array.from({ length: 6 }, (_, number) => {
      const trace = { trace_id: traceIdOf(100 + number), environment: number % 2 === 0 ? "production" : "" };
      return [
        application({ ...trace, span_id: spanIdOf(1), kind: "agent", name: "answer", service_name: "shop" }),
        ...Array.from({ length: 5 }, (_each, at) =>
          application({
            ...trace,
            span_id: spanIdOf(10 + at),
            kind: "tool",
            name: `tool ${at % 2}`,
            tags: ["eu"],
          }),
        ),
        call({ ...trace, span_id: spanIdOf(20), parent_span_id: spanIdOf(1), tags: ["beta", "beta"] }),
        call({
          ...trace,
          span_id: spanIdOf(21),
          parent_span_id: spanIdOf(1),
          provider: "anthropic",
          model_asked: "anthropic/claude-5",
          model_answered: number % 3 === 0 ? "gpt-5" : "claude-5-20261001",
          finish_reasons: ["stop", "length"],
          user_id: "ada",
          ...(number % 3 === 1
            ? { status: "error" as const, http_status: 529, error_code: "overloaded", model_answered: "" }
            : {}),
        }),
      ];
    }).flat();
  }

  /** Single calls: of an alias that another model answered, of the simulator with settings, without a model. */
  function calls() {
    return Array.from({ length: 9 }, (_, number) =>
      call({
        trace_id: traceIdOf(200 + number),
        tags: number % 2 === 0 ? ["beta"] : [],
        user_id: number % 4 === 0 ? "ada" : "",
        session_id: `s-${number % 2}`,
        streamed: number % 3 === 0,
        status: number === 8 ? "cancelled" : "ok",
        http_status: number === 8 ? 499 : 200,
        ...(number < 3 ? { model_asked: "chat", model_answered: "gpt-5" } : {}),
        ...(number === 3 ? { provider: "sim", model_asked: "sim/echo?ttft=5", model_answered: "echo" } : {}),
        ...(number === 4 ? { model_asked: "", model_answered: "" } : {}),
      }),
    );
  }

  test.each([
    "",
    "status:error",
    "status:(error OR ok) provider:anthropic",
    "-status:error",
    "model:gpt-5",
    "model:anthropic/claude-5 -tag:beta",
    "model:gpt* tag:beta",
    'model:""',
    "http:>=200 http:<500",
    "http:>=500 http:200",
    "tag:beta tag:eu",
    'tag:"" environment:*',
    "user:nobody",
    "kind:tool",
    "latency:>100ms -user:ada source:gateway",
  ])("beside %s", async (filter) => {
    const data = await facetValues({ projectId, fields: facetFields.join(","), filter });
    for (const { field, values } of data) {
      const shown: string[] = [];
      for (const { value } of values) {
        // What ticking the value as the field's only one makes of the filter.
        const ticked = editFilter(filter, (clauses) =>
          setClause(removeClause(clauses, { field }), {
            type: "field",
            field,
            operator: "is",
            negated: false,
            values: [{ text: value, prefix: false }],
          }),
        );
        shown.push(`${value} ${await listed({ projectId, filter: ticked })}`);
      }
      expect(
        values.map(({ value, count }) => `${value} ${count}`),
        `${field} beside ${filter}`,
      ).toEqual(shown);
      expect(values.map(({ count }) => count)).toEqual(
        values.map(({ count }) => count).toSorted((left, right) => right - left),
      );
    }
  });

  test("a trace counts once, however many of its spans have the value and however often", async () => {
    expect(await facets({ projectId, fields: "kind,tag,model,status" })).toEqual({
      kind: ["generation 15", "agent 6", "tool 6"],
      tag: ["beta 11", "eu 6"],
      // Three calls of `chat` and two of Claude were answered by gpt-5: `model:gpt-5` finds them too.
      model: ["gpt-5 13", "claude-5 6", "chat 3", "echo 1"],
      status: ["ok 14", "error 2", "cancelled 1"],
    });
  });
});

describe("facets", () => {
  beforeAll(async () => {
    await system.insert([
      call({ trace_id: traceIdOf(1), user_id: "ada", tags: ["beta", "eu-west"], finish_reasons: ["stop"] }),
      call({ trace_id: traceIdOf(2), status: "error", http_status: 529, model_asked: "claude-5" }),
      application({ trace_id: traceIdOf(3), kind: "tool", status: "cancelled" }),
    ]);
  });

  test("count the values of each field, leaving out what has none", async () => {
    expect(await facets({ fields: "model,status,tag,user,http,streamed,finish" })).toEqual({
      model: ["claude-5 1", "gpt-5 1"],
      status: ["cancelled 1", "error 1", "ok 1"],
      tag: ["beta 1", "eu-west 1"],
      user: ["ada 1"],
      http: ["200 1", "529 1"],
      streamed: ["false 3"],
      finish: ["stop 1"],
    });
  });

  test("leave their own field's choice open and follow all others", async () => {
    expect(await facets({ fields: "status,source", filter: "status:error" })).toEqual({
      status: ["cancelled 1", "error 1", "ok 1"],
      source: ["gateway 1"],
    });
  });

  test("list what the filter asks for beside the most frequent", async () => {
    const users = Array.from({ length: traceLimits.facetValuesMax + 5 }, (_, number) => number);
    await system.insert(
      users.map((number) =>
        call({ project_id: "crowd", trace_id: traceIdOf(number), user_id: `user-${100 + number}` }),
      ),
    );
    const last = `user-${100 + users.length - 1}`;
    const plain = await facets({ projectId: "crowd", fields: "user" });
    expect(plain["user"]).toHaveLength(traceLimits.facetValuesMax);
    expect(plain["user"]).not.toContain(`${last} 1`);
    const asked = await facets({ projectId: "crowd", fields: "user", filter: `user:${last}` });
    expect(asked["user"]).toHaveLength(traceLimits.facetValuesMax + 1);
    expect(asked["user"]).toContain(`${last} 1`);
  });

  test("look at the last 24 hours unless told", async () => {
    await system.insert([call({ project_id: "old", secondsAgo: 25 * 3600 })]);
    expect(await facets({ projectId: "old", fields: "status" })).toEqual({ status: [] });
    const from = "2026-11-01T00:00:00Z";
    expect(await facets({ projectId: "old", fields: "status", from })).toEqual({ status: ["ok 1"] });
  });

  test("estimate only large counts among very many spans, and say so", async () => {
    const spans = traceLimits.facetSpansExactMax + 1;
    // Two traces of every three are production's; the first 1,200 are of a release of their own.
    await system.clickhouse.execute({
      sql: `
INSERT INTO spans (project_id, trace_id, span_id, started_at, environment, release, model_asked)
SELECT 'many', lower(hex(MD5(toString(number)))), '0000000000000001', toDateTime64('2026-11-21 11:00:00', 6, 'UTC'),
  if(number % 3 = 0, 'staging', 'production'), if(number < 1200, 'canary', ''), 'gpt-5'
FROM numbers({spans:UInt64})`,
      params: { spans },
    });
    const data = await facetValues({ projectId: "many", fields: "environment,release,model" });
    expect(
      data.map(({ field, values }) => [field, values.map((each) => [each.value, each.estimated])]),
    ).toEqual([
      [
        "environment",
        [
          ["production", true],
          ["staging", true],
        ],
      ],
      ["release", [["canary", false]]],
      ["model", [["gpt-5", true]]],
    ]);
    const [environment, release, model] = data.map(({ values }) => values[0]?.count ?? 0);
    expect(release).toBe(1200);
    expect(Math.abs((environment ?? 0) / ((spans * 2) / 3) - 1)).toBeLessThan(0.01);
    expect(Math.abs((model ?? 0) / spans - 1)).toBeLessThan(0.01);
    const narrow = await facetValues({ projectId: "many", fields: "model", filter: "environment:staging" });
    expect(narrow[0]?.values).toEqual([{ value: "gpt-5", count: Math.ceil(spans / 3), estimated: false }]);
  });

  test("refuse a field that has none, with the nearest", async () => {
    const response = await system.fetch("/facets?fields=modle,latency");
    expect(response.status).toBe(400);
    const problem = problemSchema.parse(await response.json());
    expect(problem.errors?.map(({ message }) => message)).toEqual([
      "names `modle`, which is no field; nearest: model",
      "names `latency`, whose values are not listed",
    ]);
  });
});
