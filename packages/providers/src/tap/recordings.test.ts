import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import type { ResponseFacts, WireProtocol } from "../contract.ts";
import { arrayOf, isJsonObject, objectOf, textOf } from "../json.ts";
import { createResponseTap } from "./response-tap.ts";

// Contract tests over recorded responses of real providers; see ../shared/data/README.md for their origin.
const folder = fileURLToPath(new URL("../../../../../shared/data/providers/", import.meta.url));
const present = existsSync(folder);
const absent = "../shared/data/providers is absent; the recordings of real providers were not replayed";

interface Recording {
  name: string;
  protocol: WireProtocol;
  stream: boolean;
  text: string;
}

const chatFolders: readonly (readonly [string, WireProtocol])[] = [
  ["anthropic", "anthropic"],
  ["openai/chat", "openai"],
  ["openai/completion", "openai"],
  ["openai-compatible/chat", "openai"],
  ["deepseek/chat", "openai"],
  ["groq", "openai"],
  ["mistral", "openai"],
  ["perplexity", "openai"],
  ["xai", "openai"],
];

function aiSdkRecordings(): Recording[] {
  const recordings: Recording[] = [];
  for (const [path, protocol] of chatFolders) {
    for (const file of readdirSync(`${folder}ai-sdk/${path}`)) {
      const name = `${path}/${file}`;
      if (file.endsWith(".chunks.txt"))
        recordings.push({ name, protocol, stream: true, text: sseText(name, protocol) });
      else if (file.endsWith(".json") && !file.includes("transcription")) {
        recordings.push({
          name,
          protocol,
          stream: false,
          text: readFileSync(`${folder}ai-sdk/${name}`, "utf8"),
        });
      }
    }
  }
  return recordings;
}

/** The recordings hold one payload per line; this is how the providers sent them. */
function sseText(name: string, protocol: WireProtocol): string {
  const payloads = readFileSync(`${folder}ai-sdk/${name}`, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const events = payloads.map((payload) => {
    const type = protocol === "anthropic" ? `event: ${textOf(objectOf(JSON.parse(payload)).type)}\n` : "";
    return `${type}data: ${payload}\n\n`;
  });
  return events.join("") + (protocol === "openai" ? "data: [DONE]\n\n" : "");
}

function cassetteRecordings(): Recording[] {
  const recordings: Recording[] = [];
  for (const file of readdirSync(`${folder}envoy-cassettes`)) {
    const document = parseAllDocuments(readFileSync(`${folder}envoy-cassettes/${file}`, "utf8"))[0];
    for (const interaction of arrayOf(objectOf(document?.toJS()).interactions)) {
      const { request, response } = objectOf(interaction);
      if (!textOf(objectOf(request).url).includes("/chat/completions")) continue;
      const text = textOf(objectOf(response).body);
      recordings.push({ name: file, protocol: "openai", stream: text.startsWith("data:"), text });
    }
  }
  return recordings;
}

function read(recording: Recording, chunks: readonly Uint8Array[]): ResponseFacts {
  const { protocol, stream } = recording;
  const tap = createResponseTap({ protocol, operation: "chat", stream });
  for (const chunk of chunks) tap.push(chunk, 1);
  return tap.finish();
}

function cutEvery(bytes: Uint8Array, length: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += length) chunks.push(bytes.subarray(at, at + length));
  return chunks;
}

const recordings = present ? [...aiSdkRecordings(), ...cassetteRecordings()] : [];

describe("recorded responses", () => {
  test("are there in number", ({ skip }) => {
    skip(!present, absent);
    expect(recordings.length).toBeGreaterThan(70);
  });

  test.each(recordings)("$name has an answer, usage that adds up, and an end", (recording) => {
    const facts = read(recording, [Buffer.from(recording.text)]);
    expect(facts.error === null || facts.error.message !== "").toBe(true);
    if (facts.error !== null) return;
    expect(facts).toMatchObject({ complete: true, responseId: expect.stringMatching(/./) });
    // A skill is no answer, although it is kept with them.
    const isAnswer = !recording.name.includes("skills/");
    expect(facts.modelAnswered !== "" && facts.finishReasons.length > 0).toBe(isAnswer);
    // A refusal, or a budget that reasoning used up, leaves no words; every other answer has something to show.
    const hasWords = isAnswer && !["refusal", "length"].includes(facts.finishReasons[0] ?? "");
    expect(facts.outputPreview !== "" || !hasWords).toBe(true);
    const sent = lastUsage(recording);
    expect(facts.usage?.raw).toEqual(sent);
    expect(facts.usage?.status).toBe(sent === undefined ? undefined : "reported");
  });

  test.each(recordings)("$name reads the same however it is cut", (recording) => {
    const bytes = Buffer.from(recording.text);
    const expected = read(recording, [bytes]);
    for (const length of [1, 64, 1000]) {
      expect(read(recording, cutEvery(bytes, length))).toEqual(expected);
    }
    // Every place where two network reads could meet, sampled so that long recordings stay quick.
    const step = Math.max(1, Math.floor(bytes.length / 50));
    for (let cut = 1; cut < bytes.length; cut += step) {
      expect(read(recording, [bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(expected);
    }
  });

  test("xAI's reasoning is billed as output, and its cache once", ({ skip }) => {
    skip(!present, absent);
    const usage = (name: string): unknown =>
      recordings
        .filter((item) => item.name === name)
        .map((item) => read(item, [Buffer.from(item.text)]).usage?.tokens)[0];
    expect(usage("xai/xai-tool-call.chunks.txt")).toEqual({
      input: 1,
      cache_read: 290,
      output: 26,
      reasoning: 196,
    });
    expect(usage("openai-compatible/chat/xai-text.json")).toEqual({
      input: 10,
      cache_read: 2,
      output: 2,
      reasoning: 320,
    });
  });
});

/** The provider's last word on usage, found without the code under test. */
function lastUsage(recording: Recording): unknown {
  if (!recording.stream) return objectOf(JSON.parse(recording.text)).usage;
  let last: object | undefined;
  for (const line of recording.text.split("\n")) {
    if (!line.startsWith("data: {")) continue;
    const event = objectOf(JSON.parse(line.slice(6)));
    const usage = event.usage ?? objectOf(event.message).usage;
    if (!isJsonObject(usage)) continue;
    // Anthropic's totals complete what the beginning of the message said; OpenAI's stand alone.
    last = recording.protocol === "anthropic" ? { ...last, ...usage } : usage;
  }
  return last;
}
