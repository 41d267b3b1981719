import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import type { JsonObject, WireProtocol } from "../contract.ts";
import { arrayOf, isJsonObject, objectOf, parseJson, textOf } from "../json.ts";
import { readProviderError } from "./protocol-errors.ts";
import {
  anthropicClient,
  cutEvery,
  nowMs,
  openAiClient,
  otherProtocol,
  payloadsOf,
  replay,
  toSse,
} from "./replay.ts";
import { translateRequest, translateResponse } from "./translate.ts";

// Recorded answers of real providers; see ../shared/data/README.md for their origin.
const folder = fileURLToPath(new URL("../../../../../shared/data/providers/", import.meta.url));
const present = existsSync(folder);
const absent = "../shared/data/providers is absent; the recordings of real providers were not translated";

/** Below this size a stream is also cut at every byte. */
const everyByteMax = 4000;
/** A provider that began a second message in one stream: it can only end as an error. */
const broken = new Set(["anthropic/spliced-message-start.chunks.txt"]);

interface Recording {
  name: string;
  protocol: WireProtocol;
  text: string;
}

const sources: readonly (readonly [string, WireProtocol])[] = [
  ["anthropic", "anthropic"],
  ["openai/chat", "openai"],
  ["openai-compatible/chat", "openai"],
  ["deepseek/chat", "openai"],
  ["groq", "openai"],
  ["mistral", "openai"],
  ["perplexity", "openai"],
  ["xai", "openai"],
];

function recordingsEnding(suffix: string): Recording[] {
  if (!present) return [];
  return sources.flatMap(([path, protocol]) =>
    readdirSync(`${folder}ai-sdk/${path}`)
      .filter((file) => file.endsWith(suffix) && !file.includes("transcription"))
      .map((file) => {
        const name = `${path}/${file}`;
        return { name, protocol, text: readFileSync(`${folder}ai-sdk/${name}`, "utf8") };
      }),
  );
}

interface Cassette {
  name: string;
  request: JsonObject;
  response: string;
}

function cassettes(): Cassette[] {
  if (!present) return [];
  return readdirSync(`${folder}envoy-cassettes`)
    .filter((file) => file.startsWith("chat-"))
    .flatMap((file) => {
      const document = parseAllDocuments(readFileSync(`${folder}envoy-cassettes/${file}`, "utf8"))[0];
      return arrayOf(objectOf(document?.toJS())["interactions"]).map((interaction, index) => ({
        name: `${file} ${index}`,
        request: objectOf(parseJson(textOf(objectOf(objectOf(interaction)["request"])["body"]))),
        response: textOf(objectOf(objectOf(interaction)["response"])["body"]),
      }));
    });
}

interface Answer {
  text: string;
  reasoning: string;
  calls: unknown[];
}

const request = { model: "m", messages: [{ role: "user" as const, content: "hello" }] };

/** What a real client of the caller's protocol makes of a translated answer, streamed or whole. */
async function hear(options: { protocol: WireProtocol; body: string; stream: boolean }): Promise<Answer> {
  const { protocol, body, stream } = options;
  return protocol === "openai" ? hearOpenAi(body, stream) : hearAnthropic(body, stream);
}

async function hearOpenAi(body: string, stream: boolean): Promise<Answer> {
  const { completions } = openAiClient(body).chat;
  const completion = await (stream
    ? completions.stream(request).finalChatCompletion()
    : completions.create(request));
  const message: JsonObject = { ...completion.choices[0]?.message };
  return {
    text: textOf(message["content"]),
    reasoning: textOf(message["reasoning_content"]),
    calls: arrayOf(message["tool_calls"]).map((call) => {
      const definition = objectOf(objectOf(call)["function"]);
      return [objectOf(call)["id"], definition["name"], JSON.parse(textOf(definition["arguments"]))];
    }),
  };
}

async function hearAnthropic(body: string, stream: boolean): Promise<Answer> {
  const { messages } = anthropicClient(body);
  const params = { ...request, max_tokens: 10 };
  const message = await (stream ? messages.stream(params).finalMessage() : messages.create(params));
  const answer: Answer = { text: "", reasoning: "", calls: [] };
  for (const block of message.content) {
    if (block.type === "text") answer.text += block.text;
    if (block.type === "thinking") answer.reasoning += block.thinking;
    if (block.type === "tool_use") answer.calls.push([block.id, block.name, block.input]);
  }
  return answer;
}

/** What the provider said, read without the code under test. */
function said(protocol: WireProtocol, payloads: readonly JsonObject[]): Answer {
  return protocol === "openai" ? saidByOpenAi(payloads) : saidByAnthropic(payloads);
}

function saidByAnthropic(payloads: readonly JsonObject[]): Answer {
  const answer: Answer = { text: "", reasoning: "", calls: [] };
  const blocks = new Map<unknown, { block: JsonObject; json: string }>();
  for (const payload of payloads) {
    const delta = objectOf(payload["delta"]);
    const open = blocks.get(payload["index"]);
    if (payload["type"] === "content_block_start") {
      blocks.set(payload["index"], { block: objectOf(payload["content_block"]), json: "" });
    } else if (open !== undefined && delta["type"] === "input_json_delta")
      open.json += textOf(delta["partial_json"]);
    else if (payload["type"] === "content_block_stop" && open?.block["type"] === "tool_use") {
      const input = open.json === "" ? open.block["input"] : JSON.parse(open.json);
      answer.calls.push([open.block["id"], open.block["name"], input]);
    }
    answer.text += textOf(delta["text"]);
    answer.reasoning += textOf(delta["thinking"]);
  }
  return answer;
}

function saidByOpenAi(payloads: readonly JsonObject[]): Answer {
  const answer: Answer = { text: "", reasoning: "", calls: [] };
  const calls: { id: unknown; name: unknown; json: string }[] = [];
  for (const payload of payloads) {
    const choice = objectOf(arrayOf(payload["choices"])[0]);
    const delta = objectOf(choice["delta"] ?? choice["message"]);
    answer.reasoning += textOf(delta["reasoning_content"]) || textOf(delta["reasoning"]);
    answer.text += textOf(delta["content"]);
    for (const part of arrayOf(delta["content"]).map(objectOf)) {
      answer.text += textOf(part["text"]);
      answer.reasoning += arrayOf(part["thinking"])
        .map((piece) => textOf(objectOf(piece)["text"]))
        .join("");
    }
    for (const call of arrayOf(delta["tool_calls"]).map(objectOf)) {
      const definition = objectOf(call["function"]);
      if (call["id"] !== undefined) calls.push({ id: call["id"], name: definition["name"], json: "" });
      const last = calls.at(-1);
      if (last !== undefined) last.json += textOf(definition["arguments"]);
    }
  }
  answer.calls = calls.map((call) => [call.id, call.name, JSON.parse(call.json)]);
  return answer;
}

/** Some recordings hold the answers of several calls; a stream is one of them. */
function payloadLines(text: string): string[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const end = lines.findIndex((line) => line.includes('"type":"message_stop"'));
  return end === -1 ? lines : lines.slice(0, end + 1);
}

const streams = recordingsEnding(".chunks.txt");
const wholes = recordingsEnding(".json");

test("the recordings are there in number", ({ skip }) => {
  skip(!present, absent);
  expect(streams.length).toBeGreaterThan(25);
  expect(wholes.length).toBeGreaterThan(25);
  expect(cassettes().length).toBeGreaterThan(10);
});

describe.runIf(present)("recorded streams", () => {
  test.each(streams)("$name comes out the same however it is cut", ({ protocol, text }) => {
    const bytes = toSse(protocol, payloadLines(text));
    const whole = replay({ from: protocol, chunks: [bytes] });
    const events = bytes
      .toString()
      .split(/(?<=\n\n)/)
      .map((event) => Buffer.from(event));
    expect(replay({ from: protocol, chunks: events })).toEqual(whole);
    const lengths = bytes.length <= everyByteMax ? [1, 2, 3, 5, 7, 64] : [997];
    for (const length of lengths)
      expect(replay({ from: protocol, chunks: cutEvery(bytes, length) })).toEqual(whole);
    const firsts = bytes.length <= everyByteMax ? bytes.length : 0;
    for (let at = 1; at < firsts; at += 1) {
      const { text: cut } = replay({ from: protocol, chunks: [bytes.subarray(0, at), bytes.subarray(at)] });
      expect(cut === whole.text, `cut at byte ${at}`).toBe(true);
    }
  });

  test.each(streams.filter(({ name }) => !broken.has(name)))(
    "$name is heard by the other protocol's client as it was said",
    async ({ protocol, text }) => {
      const lines = payloadLines(text);
      const translated = replay({ from: protocol, chunks: [toSse(protocol, lines)] });
      const heard = await hear({ protocol: otherProtocol(protocol), body: translated.text, stream: true });
      const expected = said(
        protocol,
        lines.map((line) => objectOf(JSON.parse(line))),
      );
      // OpenAI's client keeps no reasoning of streams, so that it is checked in the payloads.
      expect({ ...heard, reasoning: "" }).toEqual({ ...expected, reasoning: "" });
      expect(reasoningOf(otherProtocol(protocol), translated.text)).toBe(expected.reasoning);
    },
  );

  // A refusal says nothing; the explanation that OpenAI shows beside it comes back as text.
  test.each(streams.filter(({ name }) => !name.includes("refusal")))(
    "$name, translated there and back, is still heard as it was said",
    async ({ name, protocol, text }) => {
      const lines = payloadLines(text);
      const there = replay({ from: protocol, chunks: [toSse(protocol, lines)] });
      const back = replay({ from: otherProtocol(protocol), to: protocol, chunks: [Buffer.from(there.text)] });
      const hearing = hear({ protocol, body: back.text, stream: true });
      const heard = await hearing.catch(() => "an error");
      const expected = broken.has(name)
        ? "an error"
        : said(
            protocol,
            lines.map((line) => objectOf(JSON.parse(line))),
          );
      expect(withoutReasoning(heard)).toEqual(withoutReasoning(expected));
    },
  );
});

function withoutReasoning(answer: Answer | string): unknown {
  return typeof answer === "string" ? answer : { ...answer, reasoning: "" };
}

function reasoningOf(protocol: WireProtocol, text: string): string {
  return said(protocol, payloadsOf(text)).reasoning;
}

describe.runIf(present)("recorded answers", () => {
  test.each(wholes.filter(({ name }) => !name.includes("refusal")))(
    "$name is heard as it was said, and there and back loses nothing more",
    async ({ protocol, text }) => {
      const body = objectOf(JSON.parse(text));
      const to = otherProtocol(protocol);
      const there = translateResponse({ from: protocol, to, body, model: "asked", nowMs });
      const heard = await hear({ protocol: to, body: JSON.stringify(there.body), stream: false });
      const expected = protocol === "openai" ? saidByOpenAi([body]) : saidWhole(body);
      expect(heard).toEqual(expected);
      const back = translateResponse({ from: to, to: protocol, body: there.body, model: "asked", nowMs });
      const again = translateResponse({ from: protocol, to, body: back.body, model: "asked", nowMs });
      expect(again.body["usage"]).toEqual(there.body["usage"]);
      expect(await hear({ protocol, body: JSON.stringify(back.body), stream: false })).toEqual(expected);
    },
  );
});

function saidWhole(body: JsonObject): Answer {
  const blocks = arrayOf(body["content"]).map(objectOf);
  const join = (type: string, field: string): string =>
    blocks.map((block) => (block["type"] === type ? textOf(block[field]) : "")).join("");
  return {
    text: join("text", "text"),
    reasoning: join("thinking", "thinking"),
    calls: blocks
      .filter((block) => block["type"] === "tool_use")
      .map((block) => [block["id"], block["name"], block["input"]]),
  };
}

describe.runIf(present)("recorded OpenAI calls", () => {
  test.each(cassettes())("$name", async ({ request: body, response }) => {
    const outcome = requestOutcome(body);
    expect(outcome).toMatch(/^(translated|unsupported_content|invalid_request)$/);
    const parsed = parseJson(response);
    const failed = isJsonObject(parsed) && parsed["error"] !== undefined;
    const error = failed ? readProviderError({ protocol: "openai", status: 400, body: response }) : null;
    expect(error === null || error.message.length > 10).toBe(true);
    const translated = failed ? "" : translateAnswer(parsed, response);
    expect(translated === "" || translated.includes("end_turn") || translated.includes("tool_use")).toBe(
      true,
    );
  });
});

function requestOutcome(body: JsonObject): string {
  try {
    const { body: written } = translateRequest({ from: "openai", to: "anthropic", body, strict: false });
    return arrayOf(written["messages"]).length > 0 ? "translated" : "no messages";
  } catch (error) {
    return textOf(objectOf(error)["code"]);
  }
}

function translateAnswer(parsed: unknown, response: string): string {
  if (!isJsonObject(parsed)) return replay({ from: "openai", chunks: [Buffer.from(response)] }).text;
  return JSON.stringify(
    translateResponse({ from: "openai", to: "anthropic", body: parsed, model: "m", nowMs }).body,
  );
}
