import { filterFields, formatFilter, pageSchema, problemSchema, traceSummarySchema } from "@weir/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { filterCondition } from "./queries/filter-condition.ts";
import { application, call, spanIdOf, startTestSystem, traceIdOf } from "./test-system.ts";
import type { TestSystem } from "./test-system.ts";

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
  await system.insert([
    call({
      ...at(1),
      user_id: "ada",
      session_id: "s-1",
      key_id: "key_1",
      environment: "production",
      release: "2026.11.1",
      tags: ["beta", "eu-west"],
      metadata: { region: "eu", "odd key": "it's" },
      finish_reasons: ["stop"],
      streamed: true,
      ttft_ms: 250,
      duration_ms: 2500,
      raw_request: JSON.stringify({ messages: [{ role: "user", content: "Where is\nmy Refund, please?" }] }),
      output: JSON.stringify([
        { role: "assistant", parts: [{ type: "text", content: 'Say "hello" to C:\\temp' }] },
      ]),
    }),
    call({
      ...at(2),
      protocol: "anthropic",
      provider: "anthropic",
      model_asked: "anthropic/claude-5",
      model_answered: "",
      status: "error",
      http_status: 529,
      error_code: "overloaded",
      error_message: "The provider is overloaded, try later",
      input_tokens: 0,
      output_tokens: 0,
      cost_usd: null,
      duration_ms: 90,
      raw_request: JSON.stringify({ messages: [{ role: "user", content: "返金はどこですか" }] }),
    }),
    application({
      ...at(3),
      kind: "tool",
      name: "look up order",
      service_name: "shop",
      status: "cancelled",
      environment: "staging",
      metadata: { region: "us" },
      input: JSON.stringify([{ role: "user", parts: [{ type: "text", content: "refunds of order 77" }] }]),
    }),
  ]);
});
afterAll(async () => {
  await system.stop();
});

function at(number: number) {
  return { trace_id: traceIdOf(number), span_id: spanIdOf(number), secondsAgo: number };
}

/** The numbers of the traces that a filter finds. */
async function found(filter: string, projectId = "project-a"): Promise<number[]> {
  const response = await system.fetch(`/traces?${new URLSearchParams({ filter, projectId })}`);
  const body = await response.json();
  if (response.status !== 200) throw new Error(problemSchema.parse(body).detail);
  const { data } = pageSchema(traceSummarySchema).parse(body);
  return data.map((trace) => Number.parseInt(trace.traceId, 16)).toSorted();
}

describe("every field finds what it says", () => {
  test.each<[string, number[]]>([
    ["", [1, 2, 3]],
    ["model:gpt-5", [1]],
    ["model:gpt-5-2026-08-07", [1]],
    ["model:claude-5", [2]],
    ["model:anthropic/claude-5", [2]],
    ["model:(gpt* OR claude*)", [1, 2]],
    ["-model:gpt*", [2, 3]],
    ['model:""', [3]],
    ["model:*", [1, 2]],
    ["provider:anthropic", [2]],
    ["status:error", [2]],
    ["status:(error OR cancelled)", [2, 3]],
    ["-status:ok", [2, 3]],
    ["kind:tool", [3]],
    ['name:"look up order"', [3]],
    ["name:look*", [3]],
    ["user:ada", [1]],
    ["user:*", [1]],
    ['user:""', [2, 3]],
    ["session:s-1", [1]],
    ["key:key_1", [1]],
    ["tag:beta", [1]],
    ["tag:eu*", [1]],
    ["tag:eu", []],
    ["-tag:beta", [2, 3]],
    ["tag:*", [1]],
    ["environment:(production OR staging)", [1, 3]],
    ["release:2026*", [1]],
    ["service:shop", [3]],
    ["source:otlp", [3]],
    ["protocol:anthropic", [2]],
    ["streamed:true", [1]],
    ["streamed:false", [2, 3]],
    ["error:overloaded", [2]],
    ["error:*", [2]],
    ["http:529", [2]],
    ["http:>=500", [2]],
    ["http:<500", [1]],
    ["-http:<500", [2, 3]],
    ["http:<=600", [1, 2]],
    ["http:0", []],
    ['http:""', [3]],
    ["http:*", [1, 2]],
    ["latency:>2s", [1]],
    ["latency:<=800ms latency:>100", [3]],
    ["ttft:>200ms", [1]],
    ["-ttft:>200ms", [2, 3]],
    ['ttft:""', [2, 3]],
    ["cost:>$0.2", [1]],
    ["cost:0.25", [1]],
    ["-cost:<1", [2, 3]],
    ["cost:*", [1]],
    ["tokens:>14", [1]],
    ["tokens:15", [1]],
    ["input_tokens:(10 OR 0) output_tokens:5", [1]],
    ["output_tokens:<1", [2, 3]],
    ["finish:stop", [1]],
    [`trace:${traceIdOf(2)}`, [2]],
    ["trace:000000000*", [1, 2, 3]],
    ["metadata.region:eu", [1]],
    ["metadata.region:(eu OR us)", [1, 3]],
    ["metadata.region:*", [1, 3]],
    ['metadata."odd key":"it\'s"', [1]],
    ["refund", [1]],
    ["REFUNDS", [3]],
    ["my", [1]],
    ['"is my refund"', [1]],
    ['"my is"', []],
    ["refund, please?", [1]],
    ["-refund", [2, 3]],
    ['"say \\"hello\\" to"', [1]],
    ['"c:\\\\temp"', [1]],
    ["overloaded", [2]],
    ["返金", [2]],
    ['"?"', [1]],
    ["status:error overloaded -user:ada http:>500", [2]],
  ])("%s", async (filter, traces) => {
    expect(await found(filter)).toEqual(traces);
  });

  test("no field of the catalogue is without a column", async () => {
    for (const { name, type, values } of filterFields) {
      const field = name === "metadata." ? "metadata.key" : name;
      const text = values[0] ?? (type === "text" ? "x" : "1");
      const clause = { type: "field", field, operator: "is", negated: false } as const;
      const exact = formatFilter([{ ...clause, values: [{ text, prefix: false }] }]);
      const present = formatFilter([{ ...clause, values: [{ text: "", prefix: true }] }]);
      await expect(found(exact)).resolves.toBeInstanceOf(Array);
      await expect(found(present)).resolves.toBeInstanceOf(Array);
    }
  });

  test("values that look like SQL are only values", async () => {
    for (const hostile of [
      "' OR 1=1 --",
      "\\' OR '1",
      "{projectId:String}",
      "%_\\",
      "\u0000",
      "'); DROP TABLE spans; --",
    ]) {
      const values = [{ text: hostile, prefix: false }];
      const fields = ["user", "tag", "model", "metadata.' OR '1"];
      for (const field of fields) {
        const filter = formatFilter([{ type: "field", field, operator: "is", negated: false, values }]);
        expect(await found(filter)).toEqual([]);
      }
      expect(await found(formatFilter([{ type: "text", text: hostile, negated: false }]))).toEqual([]);
    }
    expect(await found("")).toEqual([1, 2, 3]);
  });
});

describe("a text is found however the caller's library wrote its JSON", () => {
  const projectId = "project-spellings";
  const contents = [
    // Python, .NET, PHP, Go and JavaScript, in this order.
    String.raw`\u00dcberfall im caf\u00e9\nna\u00efve \ud83d\ude00, \u518d\u89c1Python http://x/y a<b`,
    String.raw`\u00DCberfall: zebra\u0027s \u0022a\u003Cb\u0022, a\u003Cb \u002B1 \uD83D\uDE00 http://x/y`,
    String.raw`\u00dcberfall http:\/\/x\/y \u518d\u89c1 and\/or caf\u00e9s`,
    String.raw`Überfall \"a\u003cb\" zebra's café 再见`,
    String.raw`Überfall \"a<b\" zebra's 😀 http://x/y plain`,
  ];

  beforeAll(async () => {
    const records = contents.map((content, index) =>
      call({
        ...at(index + 1),
        project_id: projectId,
        raw_request: `{"messages": [{"role": "user", "content": "${content}"}]}`,
      }),
    );
    // None of them has the words that are looked for.
    const others = Array.from({ length: 20_000 }, (_, index) =>
      call({ ...at(index + 100), project_id: "project-others", raw_request: `{"content": "word ${index}"}` }),
    );
    await system.insert([...records, ...others]);
  });

  const clause = (text: string, negated = false) => ({ type: "text", text, negated }) as const;

  test.each<[string, number[]]>([
    ["Überfall", [1, 2, 3, 4, 5]],
    ["ÜberFALL", [1, 2, 3, 4, 5]],
    ["berfall", []],
    ["café", [1, 4]],
    ["cafés", [3]],
    ["im café naïve", [1]],
    ["再见", [1, 3, 4]],
    ["见", [1, 3, 4]],
    ["见再", []],
    ["😀", [1, 2, 5]],
    ["naïve 😀", [1]],
    ["zebra's", [2, 4, 5]],
    ["a<b", [1, 2, 4, 5]],
    ['"a<b"', [2, 4, 5]],
    ["+1", [2]],
    ["http://x/y", [1, 2, 3, 5]],
    ["Überfall http://x/y", [3]],
    ["and/or", [3]],
    ["😀 http://x/y", [2, 5]],
    ["plain", [5]],
  ])("%s", async (text, traces) => {
    expect(await found(formatFilter([clause(text)]), projectId)).toEqual(traces);
    const rest = [1, 2, 3, 4, 5].filter((number) => !traces.includes(number));
    expect(await found(formatFilter([clause(text, true)]), projectId)).toEqual(rest);
  });

  test("with the index leaving out what cannot match", async () => {
    for (const words of ["Überfall", "café", "zebra's", "a<b", "http://x/y", "😀 x"]) {
      const { sql, params } = filterCondition([clause(words)]);
      const plan = await system.clickhouse.query({
        sql: `EXPLAIN indexes = 1 SELECT span_id FROM spans WHERE ${sql}`,
        params,
        row: z.object({ explain: z.string() }),
      });
      const text = plan.map(({ explain }) => explain).join("\n");
      const [, read, all] = /Name: words\n[\s\S]*?Granules: (\d+)\/(\d+)/.exec(text) ?? [];
      expect(Number(read), words).toBeGreaterThan(0);
      expect(Number(read), words).toBeLessThan(Number(all) / 2);
    }
  });

  test("without reading the texts for a word", () => {
    const readsTexts = (text: string) => filterCondition([clause(text)]).sql.includes("position(search_text");
    expect(["refund", "Überfall", "переговоры"].filter(readsTexts)).toEqual([]);
    expect(["a word", "co-op", "再见", "?"].filter((text) => !readsTexts(text))).toEqual([]);
  });
});

describe("a text is found by Unicode's words", () => {
  const projectId = "project-unicode";
  const contents = [
    "before word—next “quoted” great😀 job ❤️, l’été",
    "ÜBERRASCHUNG in der STRAẞE, ПЕРЕГОВОРЫ о Ταϋγετος",
    "大規模言語モデルの評価（ｶﾞｲﾄﾞ）ＡＢＣ　สวัสดีครับ",
    "cafe\u0301 ﬁnally co\u00adop zero\u200bwidth half \ud83d surrogate",
    String.raw`C:\new\table and "C:\users" or \ alone, "a<b" q"r`,
  ];

  beforeAll(async () => {
    const records = contents.map((content, index) =>
      application({
        ...at(index + 1),
        project_id: projectId,
        input: JSON.stringify([{ role: "user", parts: [{ type: "text", content }] }]),
      }),
    );
    const asError = application({ ...at(6), project_id: projectId, error_message: contents[4] ?? "" });
    await system.insert([...records, asError]);
  });

  test.each<[string, number[]]>([
    ["next", [1]],
    ["word—next", [1]],
    ["word next", []],
    ["quoted", [1]],
    ["great", [1]],
    ["😀", [1]],
    ["great😀 job", [1]],
    ["❤", [1]],
    ["été", [1]],
    ["überraschung", [2]],
    ["strasse", [2]],
    ["Straße", [2]],
    ["berraschung", []],
    ["переговоры", [2]],
    ["перегово", []],
    ["ΤΑΫΓΕΤΟΣ", [2]],
    ["言語モデル", [3]],
    ["モデル評価", []],
    ["ガイド", [3]],
    ["abc", [3]],
    ["สวัสดี", [3]],
    ["café", [4]],
    ["finally", [4]],
    ["coop", [4]],
    ["zerowidth", [4]],
    ["half surrogate", []],
    ["surrogate", [4]],
    ["new", [5, 6]],
    [String.raw`c:\new\table`, [5, 6]],
    ["users", [5, 6]],
    ['"a<b"', [5, 6]],
    ['q"r', [5, 6]],
    ['table"', []],
    ["\\", []],
  ])("%s", async (text, traces) => {
    expect(await found(formatFilter([{ type: "text", text, negated: false }]), projectId)).toEqual(traces);
  });
});
