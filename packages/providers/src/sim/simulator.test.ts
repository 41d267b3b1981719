import { describe, expect, test } from "vitest";
import type { JsonObject, ResponseFacts, WireProtocol } from "../contract.ts";
import { arrayOf, isJsonObject, objectOf } from "../json.ts";
import { createResponseTap } from "../tap/response-tap.ts";
import type { SimulatorResponse } from "./contract.ts";
import { createSimulator } from "./simulator.ts";

/** A clock that only moves when somebody sleeps, and oversleeps like a real timer. */
function fakeTime(lateMs = 0) {
  let nowMs = 1_000_000;
  return {
    clock: { nowMs: () => nowMs },
    sleep: async (ms: number, signal: AbortSignal | undefined) => {
      if (signal?.aborted !== true) nowMs += ms + lateMs;
    },
  };
}

const protocols = ["openai", "anthropic"] as const;
const user = (content: unknown): JsonObject => ({
  model: "sim/chat",
  max_tokens: 4096,
  messages: [{ role: "user", content }],
});

async function call(
  protocol: WireProtocol,
  model: string,
  body: JsonObject,
): Promise<{
  facts: ResponseFacts;
  response: SimulatorResponse;
  text: string;
  times: number[];
  thrown: unknown;
}> {
  const time = fakeTime();
  const startedAtMs = time.clock.nowMs();
  const response = await createSimulator(time).respond({ protocol, operation: "chat", model, body });
  const tap = createResponseTap({ protocol, operation: "chat", stream: response.stream !== undefined });
  const times: number[] = [];
  let text = "";
  let thrown: unknown = null;
  try {
    for await (const chunk of response.stream ?? [response.body]) {
      times.push(time.clock.nowMs() - startedAtMs);
      text += new TextDecoder().decode(chunk);
      tap.push(chunk, time.clock.nowMs() - startedAtMs);
    }
  } catch (error) {
    thrown = error;
  }
  return { facts: tap.finish(), response, text, times, thrown };
}

describe.each(protocols)("the simulator as %s", (protocol) => {
  test("says the same whether it streams or not, and that it is a simulator", async () => {
    const model = "chat?ttft=200&tokens=30&rate=60&seed=7&reasoning=5";
    const whole = await call(protocol, model, user("Hello"));
    const streamed = await call(protocol, model, {
      ...user("Hello"),
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(streamed.facts.output).toEqual(whole.facts.output);
    expect(streamed.facts.usage?.tokens).toEqual(whole.facts.usage?.tokens);
    expect(whole.facts.usage).toMatchObject({ tokens: { output: 30, reasoning: 5 }, status: "reported" });
    for (const { facts } of [whole, streamed]) {
      expect(facts.complete).toBe(true);
      expect(facts.outputPreview).toContain("simulator and not a model");
      expect(facts.responseId).toMatch(protocol === "openai" ? /^chatcmpl-sim-/ : /^msg_sim_/);
      expect(facts.providerFingerprint).toBe(protocol === "openai" ? "weir-sim" : "");
    }
  });

  test("paces tokens against the clock, without drift", async () => {
    const time = fakeTime(3);
    const startedAtMs = time.clock.nowMs();
    const response = await createSimulator(time).respond({
      protocol,
      operation: "chat",
      model: "chat?ttft=200&tokens=100&rate=50",
      body: { ...user("Hello"), stream: true },
    });
    const tap = createResponseTap({ protocol, operation: "chat", stream: true });
    for await (const chunk of response.stream ?? []) tap.push(chunk, time.clock.nowMs() - startedAtMs);
    const facts = tap.finish();
    // Every pause overslept by 3 ms; the last of 100 tokens is late by that once, and not a hundred times.
    expect(facts.firstContentAtMs).toBeCloseTo(203, 3);
    expect(facts.lastContentAtMs).toBeCloseTo(200 + 99 * 20 + 3, 3);
  });

  test("echoes the last user message, whatever characters it has", async () => {
    const text = "Grüße 🧡 aus 東京, and a longer tail of text.";
    const { facts } = await call(protocol, "echo", { ...user([{ type: "text", text }]), stream: true });
    expect(facts.output[0]?.parts).toEqual([{ type: "text", content: text }]);
    expect(facts.usage?.tokens.output ?? Math.ceil([...text].length / 4)).toBe(
      Math.ceil([...text].length / 4),
    );
  });

  test("stops at max_tokens with the protocol's word for it", async () => {
    const { facts } = await call(protocol, "chat?tokens=50", { ...user("Hello"), max_tokens: 8 });
    expect(facts.usage?.outputTokens).toBe(8);
    expect(facts.finishReasons).toEqual([protocol === "openai" ? "length" : "max_tokens"]);
  });

  test("stops at the caller's stop text", async () => {
    const stop = protocol === "openai" ? { stop: "and" } : { stop_sequences: ["and"] };
    const { facts } = await call(protocol, "echo", { ...user("sand and gravel"), ...stop });
    expect(facts.output[0]?.parts).toEqual([{ type: "text", content: "s" }]);
    expect(facts.finishReasons).toEqual([protocol === "openai" ? "stop" : "stop_sequence"]);
  });

  const schema = {
    type: "object",
    properties: { city: { type: "string" }, days: { type: "integer" } },
    required: ["city", "days"],
  };
  const tools = (["weather", "tides"] as const).map((name) =>
    protocol === "openai"
      ? { type: "function", function: { name, parameters: schema } }
      : { name, input_schema: schema },
  );

  test.each([true, false])(
    "calls tools in parallel when the message asks for it (stream: %s)",
    async (stream) => {
      const { facts } = await call(protocol, "chat", { ...user("Please sim:tools now"), tools, stream });
      const calls = facts.output[0]?.parts ?? [];
      expect(calls).toHaveLength(2);
      expect(calls).toMatchObject([
        {
          type: "tool_call",
          name: "weather",
          arguments: { city: expect.any(String), days: expect.any(Number) },
        },
        { type: "tool_call", name: "tides" },
      ]);
      expect(facts.finishReasons).toEqual([protocol === "openai" ? "tool_calls" : "tool_use"]);
    },
  );

  test("calls the tool that it must, one where only one is allowed, and none after a result", async () => {
    const names = async (body: JsonObject): Promise<unknown[]> => {
      const { facts } = await call(protocol, "chat", body);
      return (facts.output[0]?.parts ?? []).flatMap((part) => (part.type === "tool_call" ? [part.name] : []));
    };
    const forced =
      protocol === "openai"
        ? { type: "function", function: { name: "tides" } }
        : { type: "tool", name: "tides" };
    const single =
      protocol === "openai"
        ? { parallel_tool_calls: false }
        : { tool_choice: { type: "auto", disable_parallel_tool_use: true } };
    const never = { tool_choice: protocol === "openai" ? "none" : { type: "none" } };
    expect(await names({ ...user("x"), tools, tool_choice: forced })).toEqual(["tides"]);
    expect(await names({ ...user("sim:tool=tides"), tools })).toEqual(["tides"]);
    expect(await names({ ...user("sim:tools"), tools, ...single })).toEqual(["weather"]);
    expect(await names({ ...user("sim:tools"), tools, ...never })).toEqual([]);
    expect(await names({ ...user("x"), tools })).toEqual([]);
    const result =
      protocol === "openai"
        ? { role: "tool", tool_call_id: "a", content: "5" }
        : { role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: "5" }] };
    const messages = [{ role: "user", content: "sim:tools" }, { role: "assistant", content: "" }, result];
    expect(await names({ model: "m", messages, tools })).toEqual([]);
  });

  test("answers with JSON that fits the schema", async () => {
    const format =
      protocol === "openai"
        ? { response_format: { type: "json_schema", json_schema: { name: "x", schema } } }
        : { output_config: { format: { type: "json_schema", schema } } };
    const { facts } = await call(protocol, "chat", { ...user("x"), ...format });
    expect(JSON.parse(facts.outputPreview)).toEqual({ city: expect.any(String), days: expect.any(Number) });
  });

  test("fails its share of the calls, in the protocol's shapes, the same way for the same seed", async () => {
    const run = async (): Promise<string[]> => {
      const simulator = createSimulator(fakeTime());
      const outcomes: string[] = [];
      for (let count = 0; count < 400; count += 1) {
        const response = await simulator.respond({
          protocol,
          operation: "chat",
          model: "chat?tokens=4&error=0.3&seed=5",
          body: user("x"),
        });
        const body: unknown = JSON.parse(new TextDecoder().decode(response.body));
        const message = String(objectOf(objectOf(body).error).message);
        expect(response.status === 200 || message.includes("Simulated failure")).toBe(true);
        outcomes.push(String(response.status));
      }
      return outcomes;
    };
    const outcomes = await run();
    const failures = outcomes.filter((status) => status !== "200");
    expect(failures.length).toBeGreaterThan(80);
    expect(failures.length).toBeLessThan(160);
    expect(new Set(failures)).toEqual(new Set(["500", "429", protocol === "openai" ? "503" : "529"]));
    expect(await run()).toEqual(outcomes);
  });

  test("breaks a stream with an error event, or like a lost connection", async () => {
    const event = await call(protocol, "chat?tokens=20&error=1&failure=event", {
      ...user("x"),
      stream: true,
    });
    expect(event.facts).toMatchObject({
      complete: false,
      error: { message: expect.stringContaining("Simulated failure") },
    });
    expect(event.thrown).toBeNull();
    const cut = await call(protocol, "chat?tokens=20&error=1&failure=cut", { ...user("x"), stream: true });
    expect(cut.facts).toMatchObject({ complete: false, error: null });
    expect(cut.facts.outputPreview).not.toBe("");
    expect(cut.thrown).toBeInstanceOf(Error);
  });

  test.each([
    ["chat?tokenz=4", 400, /no parameter "tokenz".*ttft, tokens, rate, reasoning, error, seed, failure/],
    ["echo?tokens=4", 400, /no parameter "tokens"/],
    ["chat?rate=fast", 400, /rate must be a number from 0 to 1000000/],
    ["chat?error=2", 400, /error must be a number from 0 to 1/],
    ["chat?tokens=1.5", 400, /tokens must be a whole number/],
    ["chat?ttft=1&ttft=2", 400, /ttft twice/],
    ["chat?failure=fire", 400, /failure must be any, http_500/],
    ["gpt-4", 404, /has no model "gpt-4".*sim\/chat and sim\/echo/],
  ])("refuses %s and says how to mend it", async (model, status, message) => {
    const { facts, response } = await call(protocol, model, user("x"));
    expect(response.status).toBe(status);
    expect(facts.error?.message).toMatch(message);
  });

  test("ends at once when the caller goes away", async () => {
    const abort = new AbortController();
    const simulator = createSimulator();
    const model = "chat?ttft=60000";
    const whole = simulator.respond({
      protocol,
      operation: "chat",
      model,
      body: user("x"),
      signal: abort.signal,
    });
    const streamed = await simulator.respond({
      protocol,
      operation: "chat",
      model,
      body: { ...user("x"), stream: true },
      signal: abort.signal,
    });
    const drained = (async () => {
      for await (const chunk of streamed.stream ?? []) expect(chunk).toBeDefined();
    })();
    abort.abort(new Error("gone"));
    await expect(whole).rejects.toThrow("gone");
    await expect(drained).rejects.toThrow("gone");
  });

  test("counts tokens without waiting", async () => {
    const response = await createSimulator(fakeTime()).respond({
      protocol,
      operation: "count_tokens",
      model: "chat?error=1",
      body: { system: "12345678", messages: [{ role: "user", content: "1234" }] },
    });
    expect(JSON.parse(new TextDecoder().decode(response.body))).toEqual({ input_tokens: 3 });
  });
});

describe("simulated embeddings", () => {
  const embed = async (body: JsonObject): Promise<{ status: number; json: JsonObject }> => {
    const response = await createSimulator(fakeTime()).respond({
      protocol: "openai",
      operation: "embeddings",
      model: "echo",
      body,
    });
    const json: unknown = JSON.parse(new TextDecoder().decode(response.body));
    return { status: response.status, json: isJsonObject(json) ? json : {} };
  };
  const vectors = (json: JsonObject): number[][] =>
    arrayOf(json.data).map((item) => arrayOf(objectOf(item).embedding).map(Number));
  const dot = (a: number[] = [], b: number[] = []): number =>
    a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

  test("are unit vectors, the same for the same text, nearer for texts that share words", async () => {
    const input = ["the river rises at night", "the river rises by day", "invoice number seven", ""];
    const { json } = await embed({ model: "sim/echo", input, dimensions: 64 });
    const [first, near, far, empty] = vectors(json);
    for (const vector of [first, near, far, empty]) expect(dot(vector, vector)).toBeCloseTo(1, 5);
    expect(first).toHaveLength(64);
    expect(dot(first, near)).toBeGreaterThan(dot(first, far) + 0.2);
    expect(vectors((await embed({ input, dimensions: 64 })).json)[0]).toEqual(first);
    expect(json).toMatchObject({ model: "sim/echo", usage: { prompt_tokens: 18, total_tokens: 18 } });
  });

  test("come as base64 where the caller asks for it", async () => {
    const plain = vectors((await embed({ input: "x y z" })).json)[0];
    const item = objectOf(arrayOf((await embed({ input: "x y z", encoding_format: "base64" })).json.data)[0]);
    const bytes = Buffer.from(String(item.embedding), "base64");
    const floats = [...new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)];
    expect(floats).toEqual(plain);
  });

  test.each([[{ input: [] }], [{ input: [{}] }], [{ input: "x", dimensions: 0 }], [{}]])(
    "refuse %j",
    async (body) => {
      const { status, json } = await embed(body);
      expect(status).toBe(400);
      expect(objectOf(json.error).message).toMatch(/must be/);
    },
  );
});
