import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { answerStream, startFakeUpstream, type FakeUpstream } from "./fake-upstream.ts";
import { snapshotOf, startGateway, usualProviders, type RunningGateway } from "./start-gateway.ts";

// Streams of real providers through the whole gateway, whole and cut: the project's own recordings, and those of
// ../shared/data where it is present.
vi.setConfig({ testTimeout: 120_000 });

const own = fileURLToPath(new URL("../../providers/fixtures/", import.meta.url));
const recorded = fileURLToPath(new URL("../../../../shared/data/providers/ai-sdk/", import.meta.url));

interface Recording {
  name: string;
  protocol: "openai" | "anthropic";
  /** As the provider sent it, one event each. */
  events: string[];
}

function readRecording(path: string, name: string): Recording[] {
  const payloads = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const first: unknown = JSON.parse(payloads[0] ?? "null");
  if (typeof first !== "object" || first === null) return [];
  if ("choices" in first) {
    return [
      { name, protocol: "openai", events: [...payloads, "[DONE]"].map((payload) => `data: ${payload}\n\n`) },
    ];
  }
  if (!("type" in first) || first.type !== "message_start") return [];
  const events = payloads.map((payload) => {
    const { type } = JSON.parse(payload) as { type: string };
    return `event: ${type}\ndata: ${payload}\n\n`;
  });
  // Some files hold the answers of several calls, one after the other; a stream is one of them.
  const last = events.findIndex((event) => event.startsWith("event: message_stop"));
  return [{ name, protocol: "anthropic", events: events.slice(0, last + 1) }];
}

function recordingsIn(folder: string): Recording[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".chunks.txt"))
    .flatMap((name) => readRecording(join(folder, name), name));
}

/** A provider began a second message in one stream: translated, it can only end as an error. */
const spliced = "spliced-message-start.chunks.txt";

const foldersOfOthers = ["anthropic", "openai/chat", "groq", "deepseek", "xai", "mistral"];
const recordings = [own, ...foldersOfOthers.map((name) => join(recorded, name))].flatMap(recordingsIn);

let upstream: FakeUpstream;
let running: RunningGateway;
beforeAll(async () => {
  upstream = await startFakeUpstream();
  running = await startGateway({ snapshot: snapshotOf(usualProviders(upstream.origin)) });
});
afterAll(async () => {
  await running.close();
  await upstream.close();
});
beforeEach(() => {
  running.recorder.records.length = 0;
});

const messages = [{ role: "user", content: "Hi" }];
const paths = { openai: "/v1/chat/completions", anthropic: "/v1/messages" };
const models = { openai: "openai/gpt-x", anthropic: "anthropic/claude-x" };

async function ask(options: {
  caller: Recording["protocol"];
  provider: Recording["protocol"];
}): Promise<string> {
  const usage =
    options.caller === "openai" ? { stream_options: { include_usage: true } } : { max_tokens: 99 };
  const body = { model: models[options.provider], messages, stream: true, ...usage };
  return (await running.post(paths[options.caller], body)).text();
}

/** The whole at once, every event alone, and cuts inside events, from a seed that the name gives. */
function cuttings(events: readonly string[]): (string | Buffer)[][] {
  const whole = Buffer.from(events.join(""));
  const cuts = [1, 5, 97].map((part) => Math.floor((whole.length * part) / 101));
  return [[whole], [...events], ...cuts.map((at) => [whole.subarray(0, at), whole.subarray(at)])];
}

describe.each(recordings)("$name", ({ protocol, events }) => {
  test("reaches a caller of its own protocol byte for byte", async () => {
    for (const pieces of cuttings(events)) {
      upstream.behave(answerStream(pieces));
      expect(await ask({ caller: protocol, provider: protocol })).toBe(events.join(""));
    }
    const [first] = running.recorder.records;
    expect(first).toMatchObject({ status: "ok", streamed: true });
    for (const record of running.recorder.records) {
      expect([record.output, record.usage_raw, record.status]).toEqual([
        first?.output,
        first?.usage_raw,
        "ok",
      ]);
    }
  });

  test("is an error to its caller when it breaks off anywhere", async () => {
    for (const length of [1, Math.ceil(events.length / 2), events.length - 1]) {
      upstream.behave(answerStream(events.slice(0, length), "cut"));
      await expect(ask({ caller: protocol, provider: protocol })).rejects.toThrow(/terminated/);
    }
    expect(running.recorder.records.map((record) => record.status)).toEqual(["error", "error", "error"]);
  });
});

const translatable = recordings.filter(({ name }) => name !== spliced);
describe.each(translatable)("$name", ({ protocol, events }) => {
  test("reaches a caller of the other protocol the same, however it is cut", async () => {
    const caller = protocol === "openai" ? "anthropic" : "openai";
    const texts = new Set<string>();
    for (const pieces of cuttings(events)) {
      upstream.behave(answerStream(pieces));
      const text = await ask({ caller, provider: protocol });
      texts.add(text.replaceAll(/"created":\d+/g, '"created":0').replaceAll(/"id":"[^"]*"/g, '"id":""'));
    }
    expect(texts.size).toBe(1);
    expect([...texts][0]).toContain(caller === "openai" ? "data: [DONE]" : "event: message_stop");
    for (const record of running.recorder.records) expect(record.status).toBe("ok");
  });
});
