import { createOtlpIngest } from "@weir/otlp";
import { createPricer, createResponseTap, createSimulator, usageFromOpenAi } from "@weir/providers";
import { encodeTraces } from "./otlp-payload.ts";

/**
 * What reading costs beside forwarding, in microseconds: a stream's chunk, a JSON answer, a price, a simulated
 * call, an OTLP span. Each figure is the best of five rounds, as other work on the machine only ever adds.
 * `node bench/taps.ts`
 */
const rounds = 5;
const roundMs = 300;

async function measure(name: string, unitsPerRun: number, run: () => unknown): Promise<void> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    let runs = 0;
    while (performance.now() - startedAt < roundMs) {
      await run();
      runs += 1;
    }
    best = Math.min(best, (performance.now() - startedAt) / (runs * unitsPerRun));
  }
  process.stdout.write(`${name.padEnd(48)} ${(best * 1000).toFixed(2)} µs\n`);
}

const usage = {
  prompt_tokens: 1000,
  completion_tokens: 300,
  total_tokens: 1300,
  prompt_tokens_details: { cached_tokens: 400, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
};

function chunkOf(fields: object): Buffer {
  const head = { id: "chatcmpl-bench", object: "chat.completion.chunk", created: 1, model: "gpt-4o-mini" };
  return Buffer.from(`data: ${JSON.stringify({ ...head, system_fingerprint: "fp_bench", ...fields })}\n\n`);
}

const delta = chunkOf({
  choices: [{ index: 0, delta: { content: " river" }, finish_reason: null }],
  usage: null,
});
const chunks = [
  ...Array<Buffer>(300).fill(delta),
  chunkOf({ choices: [], usage }),
  Buffer.from("data: [DONE]\n\n"),
];
await measure("a chunk of a streamed chat completion", chunks.length, () => {
  const tap = createResponseTap({ protocol: "openai", operation: "chat", stream: true });
  for (const chunk of chunks) tap.push(chunk, 0);
  return tap.finish();
});

const body = Buffer.from(
  JSON.stringify({
    id: "chatcmpl-bench",
    model: "gpt-4o-mini",
    choices: [
      { index: 0, message: { role: "assistant", content: "river ".repeat(110) }, finish_reason: "stop" },
    ],
    usage,
  }),
);
await measure(`a whole JSON answer of ${body.length} bytes`, 1, () => {
  const tap = createResponseTap({ protocol: "openai", operation: "chat", stream: false });
  tap.push(body, 0);
  return tap.finish();
});

const price = createPricer();
const report = usageFromOpenAi(usage);
await measure("a price with its proof (100 of them)", 100, () => {
  for (let count = 0; count < 100; count += 1) {
    price({ provider: "openai", model: "gpt-4o-mini", usage: report, atMs: 0 });
  }
});

const simulator = createSimulator();
const request = { messages: [{ role: "user", content: "Hello, weir" }] };
await measure("a call of sim/echo", 1, () =>
  simulator.respond({ protocol: "openai", operation: "chat", model: "echo", body: request }),
);

const spans = encodeTraces(200).bytes;
const otlp = createOtlpIngest({ pricer: price });
await measure("an OTLP span of 12 attributes, decoded and mapped", 200, () =>
  otlp.ingest({
    contentType: "application/x-protobuf",
    body: spans,
    projectId: "p",
    keyId: "k",
    nowMs: Date.now(),
  }),
);
