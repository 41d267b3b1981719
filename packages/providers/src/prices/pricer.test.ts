import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { calcPrice, waitForUpdate } from "@pydantic/genai-prices";
import { costProofSchema, tokenBuckets } from "@weir/schema";
import type { TokenCounts } from "@weir/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { UsageReport } from "../contract.ts";
import { usageFromAnthropic } from "../usage/anthropic.ts";
import { usageFromOpenAi } from "../usage/openai.ts";
import { reportOf } from "../usage/usage.ts";
import { knownModels, priceVersion } from "./price-list.ts";
import { createPricer } from "./pricer.ts";

const price = createPricer();
const atMs = Date.UTC(2026, 10, 21, 12, 0, 0);

function listUsage(usage: UsageReport): Record<string, number> {
  const of = (bucket: keyof TokenCounts): number => usage.tokens[bucket] ?? 0;
  return {
    input_tokens: usage.inputTokens,
    cache_read_tokens: of("cache_read"),
    cache_write_tokens: of("cache_write_5m") + of("cache_write_1h"),
    cache_write_1h_tokens: of("cache_write_1h"),
    input_audio_tokens: of("input_audio"),
    input_image_tokens: of("input_image"),
    // The buckets are disjoint, so nothing is both cached and audio, or both cached and an image.
    cache_audio_read_tokens: 0,
    cache_image_read_tokens: 0,
    output_tokens: usage.outputTokens,
    output_reasoning_tokens: of("reasoning"),
    output_audio_tokens: of("output_audio"),
    output_image_tokens: of("output_image"),
  };
}

describe("createPricer", () => {
  test("agrees with the price list's own calculation for every model it has", async () => {
    const providers = (await waitForUpdate()) ?? [];
    const models = providers.flatMap((provider) => provider.models.map((model) => ({ provider, model })));
    expect(models.length).toBeGreaterThan(1000);
    const counts = fc.record(
      Object.fromEntries(tokenBuckets.map((bucket) => [bucket, fc.integer({ min: 1, max: 200_000 })])),
      { requiredKeys: [] },
    );
    const [first, second] = fc.sample(counts, { numRuns: 2, seed: 7 });
    for (const { provider, model } of models) {
      for (const tokens of [first, second, { input: 1000, cache_read: 10, output: 10 }]) {
        const usage = reportOf({ raw: null, tokens: tokens ?? {}, status: "reported" });
        const expected = calcPrice(listUsage(usage), model.id, {
          providerId: provider.id,
          timestamp: new Date(atMs),
        });
        const proof = price({ provider: provider.id, model: model.id, usage, atMs });
        const sum = [...proof.lines, ...(proof.fees ?? [])].reduce((total, line) => total + line.usd, 0);
        const label = `${provider.id}/${model.id} ${JSON.stringify(tokens)}`;
        expect(proof.status === "unpriced", label).toBe(expected === null);
        expect(sum, label).toBeCloseTo(expected?.total_price ?? 0, 8);
        expect(proof.totalUsd ?? 0, label).toBeCloseTo(sum, 10);
      }
    }
  }, 60_000);

  test("shows a line per bucket with its price", () => {
    const usage = usageFromOpenAi({
      prompt_tokens: 1000,
      completion_tokens: 100,
      total_tokens: 1100,
      prompt_tokens_details: { cached_tokens: 400 },
    });
    const proof = price({ provider: "openai", model: "gpt-4o-mini", usage, atMs });
    expect(proof).toMatchObject({
      status: "priced",
      priceModel: "openai/gpt-4o-mini",
      lines: [
        { bucket: "input", tokens: 600, usdPerMillion: 0.15 },
        { bucket: "cache_read", tokens: 400, usdPerMillion: 0.075 },
        { bucket: "output", tokens: 100, usdPerMillion: 0.6 },
      ],
    });
    expect(proof.totalUsd).toBeCloseTo(0.00018, 12);
    expect(costProofSchema.parse(proof)).toEqual(proof);
  });

  test("prices cache writes by their lifetime, and cached tokens once", () => {
    const usage = usageFromAnthropic({
      input_tokens: 100,
      cache_creation_input_tokens: 3000,
      cache_creation: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 2000 },
      cache_read_input_tokens: 5000,
      output_tokens: 10,
    });
    const proof = price({ provider: "anthropic", model: "claude-haiku-4-5-20251001", usage, atMs });
    expect(proof.lines.map(({ bucket, usdPerMillion }) => [bucket, usdPerMillion])).toEqual([
      ["input", 1],
      ["cache_read", 0.1],
      ["cache_write_5m", 1.25],
      ["cache_write_1h", 2],
      ["output", 5],
    ]);
    expect(proof.totalUsd).toBeCloseTo((100 + 500 + 1250 + 4000 + 50) / 1e6, 12);
  });

  test("takes the price of the tier that the whole input reaches, and says so", () => {
    const usage = reportOf({ raw: null, tokens: { input: 250_000, output: 1000 }, status: "reported" });
    const proof = price({ provider: "anthropic", model: "claude-sonnet-4-5", usage, atMs });
    expect(proof.lines.map((line) => line.usdPerMillion)).toEqual([6, 22.5]);
    expect(proof.note).toContain("200000");
  });

  test("counts the searches that Anthropic ran for the call", () => {
    const usage = usageFromAnthropic({
      input_tokens: 1,
      output_tokens: 1,
      server_tool_use: { web_search_requests: 2 },
    });
    const proof = price({ provider: "anthropic", model: "claude-sonnet-4-5", usage, atMs });
    expect(proof.fees).toEqual([{ name: "web_searches", count: 2, usdPerThousand: 10, usd: 0.02 }]);
    expect(proof.totalUsd).toBeCloseTo(0.02 + 18 / 1e6, 12);
  });

  test("prices by the hour of the call where the price depends on it", () => {
    const usage = reportOf({ raw: null, tokens: { output: 1_000_000 }, status: "reported" });
    const at = (hour: number): number | null =>
      price({ provider: "deepseek", model: "deepseek-v4-pro", usage, atMs: Date.UTC(2026, 10, 21, hour) })
        .totalUsd;
    const expected = (hour: number): number | undefined =>
      calcPrice({ output_tokens: 1_000_000 }, "deepseek-v4-pro", {
        providerId: "deepseek",
        timestamp: new Date(Date.UTC(2026, 10, 21, hour)),
      })?.total_price;
    expect([at(2), at(12), at(7)]).toEqual([expected(2), expected(12), expected(7)]);
    expect(at(2)).not.toBe(at(12));
  });

  test("gives no cost where there is no price or no usage, and says why", () => {
    const usage = reportOf({ raw: null, tokens: { input: 1 }, status: "reported" });
    expect(price({ provider: "ollama", model: "llama3", usage, atMs })).toMatchObject({
      status: "unpriced",
      totalUsd: null,
      lines: [],
    });
    const missing = price({ provider: "openai", model: "gpt-4o", usage: usageFromOpenAi(null), atMs });
    expect(missing).toMatchObject({ status: "unpriced", totalUsd: null });
    expect(missing.note).toContain("no usage");
  });

  test("is free for the simulator, and carries the installed list's version", async () => {
    const usage = reportOf({ raw: null, tokens: { input: 5, output: 7 }, status: "reported" });
    expect(price({ provider: "sim", model: "chat?tokens=7", usage, atMs })).toMatchObject({
      status: "free",
      totalUsd: 0,
      priceModel: "sim/chat",
    });
    const entry = createRequire(import.meta.url).resolve("@pydantic/genai-prices");
    const manifest: unknown = JSON.parse(await readFile(join(entry, "../../package.json"), "utf8"));
    expect(manifest).toMatchObject({ version: priceVersion.replace("genai-prices@", "") });
  });
});

test("knownModels lists a provider's models, and none for a stranger", () => {
  expect(knownModels("openai")).toContain("gpt-4o-mini");
  expect(knownModels("sim")).toEqual(["chat", "echo"]);
  expect(knownModels("no-such-provider")).toEqual([]);
});
