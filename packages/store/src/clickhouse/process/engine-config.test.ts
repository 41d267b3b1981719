import { expect, it } from "vitest";
import { baselineSettings, engineConfigXml, engineLimits } from "./engine-config.ts";

const gibibyte = 1024 ** 3;

it("leaves most of a small machine alone and does not take all of a large one", () => {
  expect(engineLimits({ memoryBytes: 2 * gibibyte, cores: 2 })).toMatchObject({
    memoryMaxBytes: 640 * 1024 * 1024,
    threadsMax: 2,
    mergeThreads: 1,
  });
  expect(engineLimits({ memoryBytes: 256 * gibibyte, cores: 64 })).toMatchObject({
    memoryMaxBytes: 4 * gibibyte,
    threadsMax: 4,
    mergeThreads: 2,
  });
});

it("has as many merges under way on one thread as on two", () => {
  for (const cores of [2, 8]) {
    const xml = engineConfigXml(engineLimits({ memoryBytes: 8 * gibibyte, cores }));
    const read = (name: string) => Number(new RegExp(`<${name}>(\\d+)<`).exec(xml)?.[1]);
    expect(read("background_pool_size") * read("background_merges_mutations_concurrency_ratio")).toBe(4);
  }
});

it("caps one statement below the whole and names no system log", () => {
  const limits = engineLimits({ memoryBytes: 8 * gibibyte, cores: 4 });
  expect(Number(baselineSettings(limits)["max_memory_usage"])).toBeLessThan(limits.memoryMaxBytes);
  const xml = engineConfigXml(limits);
  expect(xml).toContain(`<max_server_memory_usage>${limits.memoryMaxBytes}</max_server_memory_usage>`);
  expect(xml).not.toContain("_log>");
});
