import { expect, it } from "vitest";
import { chartHues, modelColour, modelHue } from "./model-colour.ts";

it("gives a model one hue, however its name is written", () => {
  expect(modelHue("openai/gpt-5")).toBe(modelHue("gpt-5"));
  expect(modelHue("sim/chat?ttft=200&seed=7")).toBe(modelHue("chat"));
  expect(modelHue("gpt-5-mini-2025-08-07")).toBe(modelHue("gpt-5-mini"));
  expect(modelHue("claude-sonnet-4-5-20250929")).toBe(modelHue("claude-sonnet-4-5"));
  expect(modelColour("")).toBe("var(--chart-rest)");
});

it("spreads models over all hues", () => {
  const hues = new Set(Array.from({ length: 200 }, (_, index) => modelHue(`model-${index}`)));
  expect(hues.size).toBe(chartHues);
});
