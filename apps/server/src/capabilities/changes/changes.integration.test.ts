import { changesSchema } from "@weir/schema";
import type { Changes } from "@weir/schema";
import { afterAll, beforeAll, expect, test } from "vitest";
import { application, call, startTestSystem, testNowMs, traceIdOf } from "../traces/test-system.ts";
import type { TestSystem } from "../traces/test-system.ts";

const hour = 3600;
const day = 24 * hour;
const at = (secondsAgo: number): string => new Date(testNowMs - secondsAgo * 1000).toISOString();

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
  const records = [
    // Within a day: one model answered anew, another called first, a third that goes on as before.
    call({ secondsAgo: 3 * day, model_answered: "gpt-5-2026-05-01", price_version: "prices@1" }),
    call({ secondsAgo: 2 * hour, model_answered: "gpt-5-2026-05-01", price_version: "prices@1" }),
    call({ secondsAgo: hour, model_answered: "gpt-5-2026-11-01", price_version: "prices@2", user_id: "ada" }),
    call({ secondsAgo: 0.9 * hour, model_answered: "gpt-5-2026-05-01" }),
    call({ secondsAgo: 0.5 * hour, model_asked: "openai/o4", model_answered: "o4" }),
    call({ secondsAgo: 4 * day, model_asked: "old", model_answered: "old" }),
    call({ secondsAgo: 60, model_asked: "old", model_answered: "old" }),
    // What failed was answered by nobody, and what is no call does not count.
    call({ secondsAgo: 60, model_asked: "missing", model_answered: "", status: "error", cost_usd: null }),
    application({ secondsAgo: 60, kind: "tool", model_asked: "tool", model_answered: "tool" }),
    // Of another project, and before any comparison.
    call({ project_id: "project-b", secondsAgo: 2 * day, model_answered: "gpt-5-a" }),
    call({ project_id: "project-b", secondsAgo: 2 * day, model_answered: "gpt-5-b" }),
    call({ project_id: "project-b", secondsAgo: 20 * day, model_answered: "gpt-5-c" }),
  ];
  await system.insert(records.map((record, index) => ({ ...record, trace_id: traceIdOf(index + 1) })));
});
afterAll(async () => {
  await system.stop();
});

async function changes(query: Record<string, string>): Promise<Changes> {
  const response = await system.fetch(`/changes?${new URLSearchParams(query)}`);
  expect(response.status).toBe(200);
  return changesSchema.parse(await response.json());
}

const answeredAnew = {
  at: at(hour),
  kind: "model_answered",
  provider: "openai",
  model: "gpt-5",
  before: "gpt-5-2026-05-01",
  after: "gpt-5-2026-11-01",
};
const calledFirst = {
  at: at(0.5 * hour),
  kind: "model_first_called",
  provider: "openai",
  model: "o4",
  before: "",
  after: "o4",
};
const pricedAnew = {
  at: at(hour),
  kind: "price_version",
  provider: "",
  model: "",
  before: "prices@1",
  after: "prices@2",
};

test("another model that answers, a model that is new, and new prices are told, newest first", async () => {
  expect(await changes({})).toEqual({
    data: [calledFirst, pricedAnew, answeredAnew],
    comparedSince: at(8 * day),
    omitted: 0,
  });
});

test("only the calls that a filter lets through are compared", async () => {
  expect((await changes({ filter: "model:gpt-5" })).data).toEqual([pricedAnew, answeredAnew]);
  // Of a field that only the rows know: this user was never answered by anything else.
  expect((await changes({ filter: "user:ada" })).data).toEqual([]);
});

test("a range that begins after a change does not have it", async () => {
  expect((await changes({ from: at(0.9 * hour) })).data).toEqual([calledFirst]);
});

test("two models that answer from the first minute on are no change, nor is what nobody compares with", async () => {
  expect((await changes({ projectId: "project-b", from: at(3 * day) })).data).toEqual([]);
  expect((await changes({ projectId: "project-b", from: at(15 * day) })).data).toMatchObject([
    { kind: "model_answered", before: "gpt-5-c", after: "gpt-5-a" },
    { kind: "model_answered", before: "gpt-5-c", after: "gpt-5-b" },
  ]);
  expect((await changes({ projectId: "empty" })).data).toEqual([]);
});

test("of more than a hundred the newest are told, and how many are left out", async () => {
  const projectId = "many";
  await system.insert(
    Array.from({ length: 104 }, (_, index) =>
      call({
        project_id: projectId,
        trace_id: traceIdOf(1000 + index),
        secondsAgo: 60 * (index + 1),
        model_answered: `m-${index}`,
      }),
    ),
  );
  const { data, omitted } = await changes({ projectId });
  expect([data.length, omitted]).toEqual([100, 3]);
  expect(data[0]).toMatchObject({ before: "m-1", after: "m-0" });
});
