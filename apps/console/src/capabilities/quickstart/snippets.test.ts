import { expect, it } from "vitest";
import { snippets } from "./snippets.ts";

const baseUrl = "http://127.0.0.1:9347";

it("writes calls that work as they are pasted: the real address, key and a model that answers", () => {
  const [curl, openai, anthropic] = snippets({
    baseUrl,
    key: "weir_abc",
    models: [
      { model: "openai/gpt-5-mini", protocol: "openai" },
      { model: "sim/echo", protocol: "sim" },
    ],
  });
  expect(curl?.code).toContain("curl http://127.0.0.1:9347/v1/chat/completions");
  expect(curl?.code).toContain("Bearer weir_abc");
  expect(openai?.code).toContain('baseURL: "http://127.0.0.1:9347/v1"');
  expect(openai).toMatchObject({ model: "openai/gpt-5-mini", simulated: false });
  // The Anthropic SDK adds /v1 itself.
  expect(anthropic?.code).toContain('baseURL: "http://127.0.0.1:9347",');
  expect(anthropic).toMatchObject({ model: "sim/echo", simulated: true });
});

it("shows no key where there is none to show", () => {
  const [curl, openai] = snippets({ baseUrl, key: null, models: [] });
  expect(curl?.code).toContain("Bearer $WEIR_KEY");
  expect(openai?.code).toContain("apiKey: process.env.WEIR_KEY");
});
