import type { Quickstart } from "@weir/schema";

/** One way to make a first call, ready to be pasted. */
export interface Snippet {
  id: "curl" | "openai" | "anthropic";
  /** A command to run before; empty when nothing is needed. */
  install: string;
  code: string;
  model: string;
  simulated: boolean;
}

/** The first model of a protocol that would answer now; the simulator's echo when there is none. */
function pick(
  quickstart: Quickstart,
  protocol: "openai" | "anthropic",
): { model: string; simulated: boolean } {
  const real = quickstart.models.find((each) => each.protocol === protocol);
  if (real !== undefined) return { model: real.model, simulated: false };
  const simulated = quickstart.models.find((each) => each.protocol === "sim");
  return { model: simulated?.model ?? "sim/echo", simulated: true };
}

/** Three first calls with this project's own key and address. */
export function snippets(quickstart: Quickstart): Snippet[] {
  const { baseUrl } = quickstart;
  const key = quickstart.key ?? "$WEIR_KEY";
  const openai = pick(quickstart, "openai");
  const anthropic = pick(quickstart, "anthropic");
  const codeKey = quickstart.key === null ? "process.env.WEIR_KEY" : JSON.stringify(quickstart.key);
  return [
    {
      id: "curl",
      install: "",
      ...openai,
      code: [
        `curl ${baseUrl}/v1/chat/completions \\`,
        `  -H "Authorization: Bearer ${key}" \\`,
        `  -H "Content-Type: application/json" \\`,
        `  -d '{"model": "${openai.model}", "messages": [{"role": "user", "content": "Hello, Weir"}]}'`,
      ].join("\n"),
    },
    {
      id: "openai",
      install: "npm install openai",
      ...openai,
      code: [
        `import OpenAI from "openai";`,
        "",
        `const openai = new OpenAI({ baseURL: "${baseUrl}/v1", apiKey: ${codeKey} });`,
        `const answer = await openai.chat.completions.create({`,
        `  model: "${openai.model}",`,
        `  messages: [{ role: "user", content: "Hello, Weir" }],`,
        `});`,
        `console.log(answer.choices[0].message.content);`,
      ].join("\n"),
    },
    {
      id: "anthropic",
      install: "npm install @anthropic-ai/sdk",
      ...anthropic,
      code: [
        `import Anthropic from "@anthropic-ai/sdk";`,
        "",
        `const anthropic = new Anthropic({ baseURL: "${baseUrl}", apiKey: ${codeKey} });`,
        `const answer = await anthropic.messages.create({`,
        `  model: "${anthropic.model}",`,
        `  max_tokens: 256,`,
        `  messages: [{ role: "user", content: "Hello, Weir" }],`,
        `});`,
        `console.log(answer.content);`,
      ].join("\n"),
    },
  ];
}
